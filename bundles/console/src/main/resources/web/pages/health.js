// Every check, bundle and component, and what those wait for that do not run.

import { get, post } from '../api.js';
import { el, uniqueId } from '../dom.js';
import { bytes, number, time } from '../format.js';
import { t } from '../i18n.js';
import { offered } from '../permissions.js';
import { action } from '../components/action.js';
import { openChange } from '../components/change.js';
import { digest } from '../components/digest.js';
import { badge, emptyState, loaded, stateBadge } from '../components/states.js';
import { table } from '../components/table.js';

const OURS = 'org.candor.';

export function page({ signal, heading }) {
  heading.textContent = t('page.health');
  const lead = el('p', { class: 'lead' }, t('health.lead'));
  const place = el('div', {});
  const again = loaded(place, signal, () => health(signal), (found) => {
    const waiting = (found.components ?? []).filter(waits);
    lead.textContent = t('health.sentence', { checks: found.checks.filter((check) => !check.ready).length, waiting: waiting.length });
    return [
      checkSection(found.checks),
      found.components && componentSection(found.components),
      found.bundles && bundleSection(found.bundles),
      found.components === undefined && emptyState(t('health.noComponents')),
    ];
  }, 8);
  return [lead, el('div', { class: 'buttons start' },
    el('button', { type: 'button', click: again }, t('health.refresh')),
    action('admin.backup.create', { click: backup }, t('health.backup'))),
    offered('admin.backup.create') && el('details', { class: 'restore' }, el('summary', {}, t('health.restore')), restoring('FILE')), place];
}

/** Of an older server: its checks. */
async function health(signal) {
  try {
    return await get('/admin/health', signal);
  } catch (failure) {
    if (!failure.missingRoute) {
      throw failure;
    }
    return get('/health/ready', signal);
  }
}

function waits(component) {
  return component.waitsFor?.length > 0 || ['unsatisfied', 'failed'].some((state) => component.state.toLowerCase().startsWith(state));
}

function checkSection(checks) {
  return el('section', { 'aria-labelledby': 'checks' }, el('h2', { id: 'checks' }, t('overview.checks')), el('dl', { class: 'facts' },
    checks.map((check) => [el('dt', {}, badge(check.ready ? 'good' : 'bad', check.name)), el('dd', {}, check.detail ?? '')])));
}

function componentSection(rows) {
  return el('section', { 'aria-labelledby': 'components' }, el('h2', { id: 'components' }, t('health.components')), table({
    caption: t('health.componentsCaption'),
    name: 'component',
    rows: [...rows].sort((a, b) => Number(waits(b)) - Number(waits(a))),
    filter: (row) => [row.name, row.bundle, row.state, ...(row.waitsFor ?? []), ...(row.without ?? []), row.configurationPid].join(' '),
    empty: emptyState(t('table.empty')),
    columns: [
      { key: 'name', label: t('health.component'), value: (row) => row.name, cell: (row) => shortName(row.name) },
      { key: 'state', label: t('models.state'), value: (row) => row.state, cell: (row) => stateBadge(row.state) },
      { key: 'waitsFor', label: t('health.waitsFor'), value: (row) => -(row.waitsFor?.length ?? 0), cell: (row) => lines(row.waitsFor) },
      { key: 'without', label: t('health.without'), value: (row) => -(row.without?.length ?? 0), cell: (row) => lines(row.without) },
      { key: 'bundle', label: t('health.bundle'), value: (row) => row.bundle, cell: (row) => row.bundle },
      { key: 'pid', label: t('health.pid'), value: (row) => row.configurationPid, cell: (row) => (row.configurationPid && !row.name.endsWith(row.configurationPid) ? row.configurationPid : '\u2013') },
    ],
  }));
}

/** What is missing, each in a line of its own. */
function lines(texts) {
  return texts?.length > 0 ? el('ul', { class: 'plain' }, texts.map((each) => el('li', {}, each))) : '\u2013';
}

function shortName(name) {
  const short = name.split('.').pop();
  return short === name ? name : el('span', { title: name }, short);
}

function bundleSection(rows) {
  return el('section', { 'aria-labelledby': 'bundles' }, el('h2', { id: 'bundles' }, t('health.bundles')), table({
    caption: t('health.bundlesCaption'),
    name: 'bundle',
    // Ours first: what others wrote is seldom asked for.
    rows: [...rows].sort((a, b) => Number(b.name.startsWith(OURS)) - Number(a.name.startsWith(OURS)) || a.name.localeCompare(b.name)),
    filter: (row) => [row.name, row.version, row.state, ...(row.waitsFor ?? [])].join(' '),
    columns: [
      { key: 'name', label: t('health.bundle'), value: (row) => row.name, cell: (row) => row.name },
      { key: 'version', label: t('library.version'), value: (row) => row.version, cell: (row) => row.version },
      { key: 'state', label: t('models.state'), value: (row) => row.state, cell: (row) => stateBadge(row.state) },
      { key: 'waitsFor', label: t('health.waitsFor'), value: (row) => -(row.waitsFor?.length ?? 0), cell: (row) => lines(row.waitsFor) },
      { key: 'since', label: t('models.since'), value: (row) => row.since, cell: (row) => time(row.since) },
    ],
  }));
}

/** How a backup takes the place of the state: that needs a start of the server, which no page can do. */
function restoring(file) {
  return el('ol', { class: 'restoring' },
    el('li', {}, t('health.restoreStage'), ' ', el('code', {}, `candor:restore ${file}`)),
    el('li', {}, t('health.restoreStart'), ' ', el('code', {}, './candor stop && ./candor start')),
    el('li', {}, t('health.restoreAfter')));
}

function backup() {
  const id = uniqueId('to');
  openChange({
    operation: 'admin.backup.create',
    title: t('health.backupTitle'),
    reach: t('health.backupReach'),
    fields: el('div', { class: 'field' }, el('label', { for: id }, t('health.backupTo')), el('input', { id, name: 'to', required: true, spellcheck: 'false', autocomplete: 'off', placeholder: '/var/backups/candor' }), el('p', { class: 'hint' }, t('health.backupHint'))),
    confirm: t('health.backup'),
    perform: (data) => post('/admin/backup', { to: data.to.trim() }),
    done: (answer) => el('dl', { class: 'facts' },
      el('dt', {}, t('health.file')), el('dd', {}, answer.file),
      el('dt', {}, t('library.size')), el('dd', {}, `${bytes(answer.bytes)}, ${t('health.files', { count: number(answer.files) })}`),
      el('dt', {}, t('models.digest')), el('dd', {}, digest(answer.digest, t('health.file'))),
      el('dt', {}, t('health.restore')), el('dd', {}, restoring(answer.file))),
  });
}
