// Which policy decides, which ones could, what their tests say and what they would change.

import { get, post, refresh } from '../api.js';
import { el, replace } from '../dom.js';
import { list, number, time } from '../format.js';
import { language, t } from '../i18n.js';
import { live } from '../live.js';
import { refusal } from '../permissions.js';
import { action, actions } from '../components/action.js';
import { openChange } from '../components/change.js';
import { digest } from '../components/digest.js';
import { badge, emptyState, errorState, loaded, loadingState, stateBadge } from '../components/states.js';
import { table } from '../components/table.js';

const REPLAYED = 1000;

export function page({ signal, heading }) {
  heading.textContent = t('page.policies');
  const lead = el('p', { class: 'lead' }, t('policies.lead'));
  const place = el('div', {});
  const again = loaded(place, signal, () => overview(signal), (policies) => {
    const { active } = policies;
    lead.textContent = active ? t('policies.sentence', { policy: `${active.name} ${active.version}`, count: policies.data.length }) : t('policies.none');
    return [activeSection(policies, again), candidateSection(policies, again), policies.history.length > 0 && historySection(policies.history)];
  });
  return [lead, place];
}

/** Without the registry of packs: the policy that the status names. */
async function overview(signal) {
  try {
    return await get('/admin/policies', signal);
  } catch (failure) {
    const registryMissing = failure.missingRoute || failure.status === 503;
    const policy = registryMissing ? (live.status ?? (await get('/v1/status', signal))).policy : null;
    if (!policy) {
      throw failure;
    }
    return { active: { ...policy, actor: null, reason: null, time: null }, data: [], history: [] };
  }
}

function activeSection({ active, history }, again) {
  return el(
    'section',
    { 'aria-labelledby': 'active' },
    el('h2', { id: 'active' }, t('policies.active')),
    active === null
      ? el('p', {}, badge('bad', t('policies.none')))
      : el('dl', { class: 'facts' },
          el('dt', {}, t('policies.policy')), el('dd', {}, `${active.name} ${active.version} `, digest(active.digest, active.name)),
          active.time && [el('dt', {}, t('models.since')), el('dd', {}, time(active.time), el('span', { class: 'muted' }, ` ${active.actor}: ${active.reason}`))]),
    history.length > 1 &&
      actions({ class: 'buttons start' }, action('admin.policies.rollback', { click: () => rollBack(history, again) }, t('models.rollback'))),
  );
}

function candidateSection(policies, again) {
  return el(
    'section',
    { 'aria-labelledby': 'candidates' },
    el('h2', { id: 'candidates' }, t('policies.candidates')),
    table({
      caption: t('policies.caption'),
      rows: policies.data,
      filter: (row) => [row.name, row.version, row.state, row.source].join(' '),
      empty: emptyState(t('policies.empty')),
      columns: [
        { key: 'name', label: t('policies.policy'), value: (row) => `${row.name} ${row.version}`, cell: (row) => [`${row.name} ${row.version}`, described(row.card) && el('div', { class: 'muted' }, described(row.card))] },
        { key: 'state', label: t('models.state'), value: (row) => row.state, cell: (row) => [stateBadge(row.state), row.reason && el('div', { class: 'muted' }, row.reason)] },
        { key: 'source', label: t('policies.source'), value: (row) => row.source, cell: (row) => row.source },
        { key: 'digest', label: t('models.digest'), cell: (row) => digest(row.digest, row.name) },
        { key: 'actions', label: t('models.actions'), cell: (row) => actions({ class: 'buttons' },
          action('admin.policies.test', { class: 'quiet', click: () => look(row) }, t('policies.look')),
          row.state !== 'active' && action('admin.policies.activate', { click: () => activate(row, policies.active, again) }, t('models.activate'))) },
      ],
    }),
  );
}

/** A card says what its policy is for in each language, or in one for all. */
function described(card) {
  const said = card?.description;
  return typeof said === 'string' ? said : said?.[language()] ?? said?.en;
}

function historySection(history) {
  return el('section', { 'aria-labelledby': 'history' }, el('h2', { id: 'history' }, t('models.history')), table({
    caption: t('models.history'),
    name: 'history',
    sort: 'time desc',
    rows: history,
    columns: [
      { key: 'time', label: t('models.time'), value: (row) => row.time, cell: (row) => time(row.time) },
      { key: 'policy', label: t('policies.policy'), value: (row) => `${row.name} ${row.version}`, cell: (row) => [`${row.name} ${row.version} `, digest(row.digest, row.name)] },
      { key: 'actor', label: t('models.actor'), value: (row) => row.actor, cell: (row) => row.actor },
      { key: 'reason', label: t('models.reason'), cell: (row) => row.reason },
    ],
  }));
}

// ---- tests and replay --------------------------------------------------------------------------------------------

const named = (row) => ({ policy: row.name, version: row.version });

/** The pack's own tests, and what would have been decided otherwise. Nothing changes by looking. */
function effect(row) {
  const tests = el('div', {}, loadingState(1));
  const replay = el('div', {}, loadingState(2));
  const ask = async (operation, place, path, body, show) => {
    const why = refusal(operation);
    if (why !== null) {
      replace(place, emptyState(why));
      return;
    }
    try {
      replace(place, show(await post(path, body)));
    } catch (failure) {
      replace(place, errorState(failure, () => ask(operation, place, path, body, show)));
    }
  };
  ask('admin.policies.test', tests, '/admin/policies/test', named(row), testView);
  ask('admin.policies.replay', replay, '/admin/policies/replay', { ...named(row), decisions: REPLAYED }, replayView);
  return [el('h3', {}, t('policies.tests')), tests, el('h3', {}, t('policies.replay')), replay];
}

function testView(result) {
  return [
    el('p', {}, badge(result.passed ? 'good' : 'bad', t(result.passed ? 'policies.testsPassed' : 'policies.testsFailed', { run: result.run, failed: result.failures.length }))),
    result.failures.length > 0 && el('ul', {}, result.failures.map((failure) => el('li', {}, `${failure.test}: ${t('policies.expected', failure)}`))),
  ];
}

function replayView(result) {
  const changed = result.permitToDeny + result.denyToPermit + result.otherwise;
  const outcome = (each) => [stateBadge(each.decision), ' ', each.code, each.obligations.length > 0 && el('div', { class: 'muted' }, list(each.obligations.map(String), 3))];
  return [
    el('p', {}, badge(changed === 0 ? 'good' : 'warn', t(changed === 0 ? 'policies.sameAll' : 'policies.changes', { replayed: number(result.replayed), deny: result.permitToDeny, permit: result.denyToPermit, otherwise: result.otherwise })),
      result.from && el('span', { class: 'muted' }, ' ', t('policies.from'), ' ', time(result.from))),
    result.differences.length > 0 &&
      table({
        caption: t('policies.replay'),
        name: 'replay',
        rows: result.differences,
        columns: [
          { key: 'operation', label: t('policies.operation'), value: (row) => row.operation, cell: (row) => [row.operation, row.purpose && el('div', { class: 'muted' }, row.purpose)] },
          { key: 'roles', label: t('access.roles'), cell: (row) => list(row.roles, 6) },
          { key: 'before', label: t('policies.before'), cell: (row) => outcome(row.before) },
          { key: 'after', label: t('policies.after'), cell: (row) => outcome(row.after) },
          { key: 'count', label: t('policies.count'), numeric: true, value: (row) => row.count, cell: (row) => number(row.count) },
        ],
      }),
  ];
}

function look(row) {
  import('../components/dialog.js').then(({ openDialog }) =>
    openDialog(t('policies.lookTitle', { policy: `${row.name} ${row.version}` }), effect(row), { wide: true }));
}

/** Another policy permits other things: the page is read again for what may be done now. */
async function anew(again) {
  await Promise.allSettled([refresh()]);
  again();
}

function activate(row, active, again) {
  openChange({
    operation: 'admin.policies.activate',
    title: t('policies.activateTitle', { policy: `${row.name} ${row.version}` }),
    reach: el('div', {}, el('p', {}, t('policies.activateReach', { from: active ? `${active.name} ${active.version}` : '\u2013' })), effect(row)),
    reason: 'required',
    confirm: t('models.activate'),
    perform: (data) => post('/admin/policies/activate', { ...named(row), reason: data.reason }),
    done: (answer) => el('p', {}, t('policies.activated', { policy: `${answer.activation.name} ${answer.activation.version}` })),
    after: () => anew(again),
  });
}

function rollBack(history, again) {
  const before = [...history].sort((a, b) => a.time.localeCompare(b.time));
  const now = before.at(-1);
  const previous = before.findLast((each) => each.digest !== now.digest) ?? now;
  openChange({
    operation: 'admin.policies.rollback',
    title: t('policies.rollbackTitle'),
    reach: t('policies.rollbackReach', { from: `${now.name} ${now.version}`, to: `${previous.name} ${previous.version}` }),
    reason: 'required',
    confirm: t('models.rollback'),
    perform: (data) => post('/admin/policies/rollback', { reason: data.reason }),
    done: (answer) => el('p', {}, t('policies.activated', { policy: `${answer.activation.name} ${answer.activation.version}` })),
    after: () => anew(again),
  });
}
