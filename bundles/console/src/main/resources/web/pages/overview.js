// Is it ready, what runs, and what needs attention.

import { el, replace } from '../dom.js';
import { joules, millis, number, perSecond, watts } from '../format.js';
import { t } from '../i18n.js';
import { watch } from '../live.js';
import { copyable, digest } from '../components/digest.js';
import { link } from '../components/link.js';
import { badge, loadingState } from '../components/states.js';
import { figure, keep } from '../components/figure.js';

export function page({ signal, heading }) {
  const lead = el('p', { class: 'lead', role: 'status' }, t('common.loading'));
  const attention = el('section', { 'aria-labelledby': 'attention' });
  const figures = el('div', { class: 'figures' }, loadingState(2));
  const checks = el('div', {});
  const running = el('div', {});
  const history = { load: [], latency: [], power: [] };
  let before = null;

  heading.textContent = t('page.overview');
  watch(signal, (status) => {
    const problems = attentionOf(status);
    lead.textContent = sentence(status, problems);
    replace(
      attention,
      el('h2', { id: 'attention' }, t('overview.attention')),
      problems.length === 0
        ? el('p', {}, badge('good', t('overview.nothing')))
        : el('ul', { class: 'plain' }, problems.map((problem) => el('li', {}, badge(problem.kind, problem.title), ' ', problem.text, ' ', problem.href && link(problem.href, t('overview.look'))))),
    );
    const power = powerOf(status, before);
    before = status;
    keep(history.load, status.requests?.perSecond);
    keep(history.latency, status.requests?.p50Millis);
    keep(history.power, power);
    replace(figures, figureList(status, power, history));
    replace(checks, checkList(status));
    replace(running, runningList(status));
  });
  return [
    lead,
    attention,
    el('section', { 'aria-labelledby': 'now' }, el('h2', { id: 'now' }, t('overview.now')), figures),
    el('div', { class: 'columns' },
      el('section', { 'aria-labelledby': 'checks' }, el('h2', { id: 'checks' }, t('overview.checks')), checks),
      el('section', { 'aria-labelledby': 'running' }, el('h2', { id: 'running' }, t('overview.running')), running)),
  ];
}

function sentence(status, problems) {
  const models = modelsOf(status);
  return t(status.ready ? 'overview.ready' : 'overview.notReady', { models: models.length, attention: problems.length });
}

/** Active models: the stream and the status name them alike. */
function modelsOf(status) {
  return (status.models ?? []).filter((model) => model.state === undefined || model.state === 'active');
}

function attentionOf(status) {
  const problems = (status.checks ?? [])
    .filter((check) => !check.ready || check.attention)
    .map((check) => ({ kind: check.ready ? 'warn' : 'bad', title: check.name, text: check.detail ?? '', href: '/console/health' }));
  for (const model of status.models ?? []) {
    if (model.state === 'failed') {
      problems.push({ kind: 'bad', title: `${model.id ?? model.name} ${model.version}`, text: model.reason ?? '', href: `/console/models/${model.id ?? model.name}` });
    }
  }
  const library = status.library;
  if (library?.unread > 0) {
    problems.push({ kind: 'warn', title: t('page.library'), text: t('overview.unread', { count: library.unread }), href: '/console/library' });
  }
  if (library?.state === 'indexing') {
    problems.push({ kind: 'wait', title: t('page.library'), text: t('overview.indexing', { done: library.done, total: library.total }), href: '/console/library' });
  }
  return problems;
}

/** Watts of the stream, or what the joules of two looks say. */
function powerOf(status, before) {
  if (status.energy?.watts !== undefined) {
    return status.energy.watts;
  }
  const seconds = before === null ? 0 : (status.at - before.at) / 1000;
  const used = (status.energy?.totalJoules ?? NaN) - (before?.energy?.totalJoules ?? NaN);
  return seconds > 0.5 && used >= 0 ? used / seconds : null;
}

function figureList(status, power, history) {
  const { requests, energy, log } = status;
  return el(
    'dl',
    { class: 'figures' },
    figure(t('overview.load'), requests ? perSecond(requests.perSecond) : null, requests && t('overview.inFlight', { count: requests.inFlight }), history.load),
    figure(t('overview.latency'), requests ? millis(requests.p50Millis) : null, requests && t('overview.p99', { value: millis(requests.p99Millis) }), history.latency),
    figure(t('overview.power'), power === null ? null : watts(power), energy && t('overview.method', { method: t(`energy.method.${energy.method}`) }), history.power),
    figure(t('overview.energy'), joules(energy?.joulesTotal ?? energy?.totalJoules), t('overview.sinceStart'), []),
    figure(t('overview.entries'), number(log?.size ?? 0), link('/console/log', t('overview.toLog')), []),
  );
}

function checkList(status) {
  return el('dl', { class: 'facts' }, (status.checks ?? []).map((check) => [
    el('dt', {}, badge(check.ready ? 'good' : 'bad', check.name)),
    el('dd', {}, check.detail ?? ''),
  ]));
}

function runningList(status) {
  const { version, policy, library, log } = status;
  return el(
    'dl',
    { class: 'facts' },
    version && [el('dt', {}, t('overview.version')), el('dd', {}, `Candor ${version}`)],
    modelsOf(status).map((model) => [
      el('dt', {}, t('overview.model')),
      el('dd', {}, link(`/console/models/${model.id ?? model.name}`, `${model.id ?? model.name} ${model.version}`), ' ', digest(model.digest, model.id ?? model.name)),
    ]),
    policy && [el('dt', {}, t('overview.policy')), el('dd', {}, link('/console/policies', `${policy.name} ${policy.version}`), ' ', digest(policy.digest, policy.name))],
    library && [el('dt', {}, t('overview.library')), el('dd', {}, link('/console/library', t('overview.documents', { documents: library.documents, passages: library.passages })))],
    log?.key && [el('dt', {}, t('overview.logKey')), el('dd', {}, copyable(log.key, log.key.split('+')[1], t('overview.logKey')))],
  );
}
