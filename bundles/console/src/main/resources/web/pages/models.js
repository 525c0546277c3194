// Routes, the revisions they can lead to, and why a revision does not serve.

import { get, post } from '../api.js';
import { el, replace, uniqueId } from '../dom.js';
import { bytes, list, millis, number, time } from '../format.js';
import { t } from '../i18n.js';
import { watch } from '../live.js';
import { may } from '../permissions.js';
import { action, actions } from '../components/action.js';
import { openChange } from '../components/change.js';
import { digest } from '../components/digest.js';
import { generators } from '../components/generators.js';
import { link } from '../components/link.js';
import { badge, emptyState, loaded, stateBadge } from '../components/states.js';
import { table } from '../components/table.js';

const HOME = '/console/models';
const INSPECT = 'admin.models.inspect';

/** Models as administrators see them; of an older server what its clients see. */
async function overview(signal) {
  try {
    return await get('/admin/models', signal);
  } catch (failure) {
    if (!failure.missingRoute) {
      throw failure;
    }
    const { revisions } = await get('/v1/models', signal);
    return { revisions, routes: null, store: null };
  }
}

export function page({ parts, signal, heading }) {
  return parts.length > 0 ? modelPage(parts[0], parts[1] ?? null, signal, heading) : listPage(signal, heading);
}

/**
 * Calls again when the stream says that a route or a revision's state moved. Leases move with every request: they are shown as
 * they are told, and nothing is asked for.
 */
function whenModelsMove(signal, place, again) {
  let before = null;
  watch(signal, (status) => {
    const revisions = status.revisions ?? [];
    const now = JSON.stringify([status.models ?? null, revisions.map((revision) => [revision.name, revision.version, revision.state])]);
    if (before !== null && now !== before) {
      again();
    }
    before = now;
    for (const revision of revisions) {
      place.querySelectorAll(`[data-leases="${CSS.escape(nameOf(revision))}"]`).forEach((shown) => replace(shown, number(revision.leases)));
    }
  });
}

function nameOf(revision) {
  return `${revision.name} ${revision.version}`;
}

function leases(row) {
  return el('span', { 'data-leases': nameOf(row) }, number(row.leases));
}

function listPage(signal, heading) {
  heading.textContent = t('page.models');
  const lead = el('p', { class: 'lead' }, t('models.lead'));
  const place = el('div', {});
  const again = loaded(place, signal, () => overview(signal), (models) => {
    const active = models.revisions.filter((revision) => revision.state === 'active').length;
    const failed = models.revisions.filter((revision) => revision.state === 'failed').length;
    lead.textContent = t('models.sentence', { active, revisions: models.revisions.length, failed });
    return [
      models.routes && may(INSPECT) && routeSection(models, again),
      el('section', { 'aria-labelledby': 'revisions' }, el('h2', { id: 'revisions' }, t('models.revisions')), revisionTable(models, again)),
      models.store && storeSection(models.store),
    ];
  }, 6);
  whenModelsMove(signal, place, again);
  return [lead, generators(signal), place];
}

function routeSection(models, again) {
  return el(
    'section',
    { 'aria-labelledby': 'routes' },
    el('h2', { id: 'routes' }, t('models.routes')),
    table({
      caption: t('models.routesCaption'),
      name: 'routes',
      rows: models.routes,
      empty: emptyState(t('models.noRoutes')),
      columns: [
        { key: 'route', label: t('models.route'), value: (row) => row.route, cell: (row) => link(`${HOME}/${encodeURIComponent(row.route)}`, row.route) },
        { key: 'task', label: t('models.task'), value: (row) => row.task, cell: (row) => row.task },
        { key: 'serves', label: t('models.state'), value: (row) => String(row.serves), cell: (row) => [row.serves ? badge('good', t('models.serves')) : badge('bad', t('models.waits')), !row.serves && el('div', { class: 'muted' }, row.waitsFor)] },
        { key: 'active', label: t('models.active'), cell: (row) => row.active ? [`${row.active.name} ${row.active.version} `, digest(row.active.digest, row.active.name)] : '\u2013' },
        { key: 'since', label: t('models.since'), value: (row) => row.active?.time, cell: (row) => row.active ? [time(row.active.time), el('div', { class: 'muted' }, `${row.active.actor}: ${row.active.reason}`)] : '\u2013' },
        { key: 'actions', label: t('models.actions'), cell: (row) => row.previous
          ? action('admin.models.rollback', { click: () => rollBack(row, again) }, t('models.rollback'))
          : el('span', { class: 'muted' }, t('models.noPrevious')) },
      ],
    }),
  );
}

function revisionTable(models, again) {
  const inspected = may(INSPECT);
  return table({
    caption: t('models.revisionsCaption'),
    sort: 'name',
    rows: models.revisions,
    filter: (row) => [row.name, row.version, row.digest, row.state, row.family, ...(row.tasks ?? [])].join(' '),
    tools: [action('admin.models.install', { class: 'primary', click: () => install(again) }, t('models.install'))],
    empty: emptyState(t('models.empty')),
    columns: [
      { key: 'name', label: t('models.revision'), value: (row) => `${row.name} ${row.version}`, cell: (row) => [link(`${HOME}/${encodeURIComponent(row.name)}/${encodeURIComponent(row.version)}`, `${row.name} ${row.version}`), row.base && el('div', { class: 'muted' }, t('models.adapterOf', { base: nameOf(row.base) }))] },
      { key: 'state', label: t('models.state'), value: (row) => row.state, cell: (row) => [stateBadge(row.state), row.reason && el('div', { class: 'muted' }, row.reason)] },
      inspected && { key: 'leases', label: t('models.leases'), numeric: true, value: (row) => row.leases, cell: leases },
      inspected && { key: 'tasks', label: t('models.tasks'), value: (row) => row.tasks.join(' '), cell: (row) => list(row.tasks) },
      inspected && { key: 'bytes', label: t('models.store'), numeric: true, value: (row) => row.bytes, cell: (row) => bytes(row.bytes) },
      inspected && { key: 'selfTest', label: t('models.selfTest'), cell: (row) => selfTest(row) },
      { key: 'digest', label: t('models.digest'), cell: (row) => digest(row.digest, row.name) },
      changeable() && { key: 'actions', label: t('models.actions'), cell: (row) => changes(row, models, again) },
    ],
  });
}

function selfTest(row) {
  if (!row.selfTest) {
    return '\u2013';
  }
  return badge(row.selfTest.passed ? 'good' : 'bad', t('models.selfTestShort', { cases: row.selfTest.cases }));
}

/** Asks for each, so that the page says of each why it is not offered. */
function changeable() {
  return changes({ state: 'installed' }, null, null) !== null;
}

function changes(row, models, again) {
  if (row.state === 'active') {
    return el('span', { class: 'muted' }, t('models.isActive'));
  }
  return actions({ class: 'buttons' },
    action('admin.models.activate', { click: () => activate(row, models, again) }, t('models.activate')),
    action('admin.models.verify', { class: 'quiet', click: () => verify(row, again) }, t('models.verify')),
    action('admin.models.remove', { class: 'danger', click: () => remove(row, again) }, t('models.remove')));
}

function storeSection(store) {
  return el(
    'section',
    { 'aria-labelledby': 'store' },
    el('h2', { id: 'store' }, t('models.storeTitle')),
    el('p', {}, t('models.storeSentence', { bytes: bytes(store.bytes), limit: bytes(store.limit), free: bytes(store.free) })),
    store.limit > 0 && el('progress', { max: store.limit, value: store.bytes, 'aria-label': t('models.storeTitle') }),
    el('details', { class: 'behind' }, el('summary', {}, t('models.storeWhat')),
      el('ul', {}, (store.data ?? []).map((entry) => el('li', {}, `${entry.name} ${entry.version}: ${bytes(entry.bytes)}${entry.shared ? `, ${t('models.shared', { bytes: bytes(entry.shared) })}` : ''}`)))),
  );
}

// ---- one model ---------------------------------------------------------------------------------------------------

function modelPage(name, version, signal, heading) {
  heading.textContent = version === null ? name : `${name} ${version}`;
  const place = el('div', {});
  const again = loaded(place, signal, () => overview(signal), (models) => {
    const revisions = models.revisions.filter((revision) => revision.name === name && (version === null || revision.version === version));
    const route = models.routes?.find((each) => each.route === name);
    if (revisions.length === 0 && !route) {
      return emptyState(t('models.gone', { model: heading.textContent }));
    }
    return [revisions.map((revision) => revisionView(revision, models, again, version === null)), route && version === null && routeHistory(route)];
  });
  whenModelsMove(signal, place, again);
  return [el('p', { class: 'lead' }, link(HOME, t('models.back'))), version === null && generators(signal, name), place];
}

function revisionView(row, models, again, several) {
  const card = typeof row.card === 'string' ? row.card : row.card && JSON.stringify(row.card, null, 2);
  return el(
    'section',
    { class: 'panel' },
    several && el('h2', {}, `${row.name} ${row.version}`),
    el('dl', { class: 'facts' },
      [[t('models.state'), [stateBadge(row.state), ' ', row.reason && el('span', {}, row.reason)]], [t('models.digest'), digest(row.digest, row.name)], [t('models.family'), row.family],
        row.base && [t('models.base'), [link(`${HOME}/${encodeURIComponent(row.base.name)}/${encodeURIComponent(row.base.version)}`, nameOf(row.base)), ' ', digest(row.base.digest, row.base.name)]],
        [t('models.tasks'), list(row.tasks, 9)], [t('models.leases'), leases(row)],
        row.origin && [t('models.origin'), row.origin], row.trust && [t('models.trust'), row.trust],
        row.bytes !== undefined && [t('models.store'), bytes(row.bytes)], row.memoryBytes !== undefined && [t('models.memory'), bytes(row.memoryBytes)],
        row.selfTest && [t('models.selfTest'), [selfTest(row), ' ', t('models.selfTestLong', { worst: row.selfTest.worst === null ? '\u2013' : row.selfTest.worst.toExponential(1), tolerance: row.selfTest.tolerance, millis: millis(row.selfTest.millis) }), ' ', time(row.selfTest.time)]],
      ].filter((each) => each).map(([key, value]) => [el('dt', {}, key), el('dd', {}, value)])),
    row.state !== 'active' && el('div', { class: 'buttons start' }, changes(row, models, again)),
    row.life?.length > 0 && el('details', { class: 'behind', open: !several }, el('summary', {}, t('models.life')),
      el('ol', { class: 'plain' }, row.life.map((step) => el('li', {}, time(step.time), ' ', stateBadge(step.state), ' ', el('span', { class: 'muted' }, [step.actor, step.reason].filter((part) => part).join(': ')))))),
    card && el('details', { class: 'behind', open: !several }, el('summary', {}, t('models.card')), el('pre', { class: 'text', tabindex: '0' }, card)),
  );
}

function routeHistory(route) {
  return el('section', { 'aria-labelledby': 'history' }, el('h2', { id: 'history' }, t('models.history')), table({
    caption: t('models.history'),
    name: 'history',
    sort: 'time desc',
    rows: route.history ?? [],
    columns: [
      { key: 'time', label: t('models.time'), value: (row) => row.time, cell: (row) => time(row.time) },
      { key: 'revision', label: t('models.revision'), value: (row) => `${row.name} ${row.version}`, cell: (row) => [`${row.name} ${row.version} `, digest(row.digest, row.name)] },
      { key: 'actor', label: t('models.actor'), value: (row) => row.actor, cell: (row) => row.actor },
      { key: 'reason', label: t('models.reason'), cell: (row) => row.reason },
    ],
  }));
}

// ---- changes -----------------------------------------------------------------------------------------------------

function routeOf(row, models) {
  return models.routes?.find((route) => route.route === row.name) ?? null;
}

function activate(row, models, again) {
  const held = models.revisions.filter((each) => each.state === 'active' && each.base?.name === row.name && each.base.digest !== row.digest);
  const now = routeOf(row, models)?.active ?? models.revisions.find((each) => each.name === row.name && each.state === 'active') ?? null;
  openChange({
    operation: 'admin.models.activate',
    title: t('models.activateTitle', { model: `${row.name} ${row.version}` }),
    reach: [
      el('p', {}, now ? t('models.activateReach', { route: row.name, from: now.version, to: row.version }) : t('models.activateFirst', { route: row.name, to: row.version })),
      held.length > 0 && el('p', {}, t('models.activateHeld', { adapters: list(held.map(nameOf), 9) })),
      el('p', { class: 'muted' }, t('models.activateMore')),
    ],
    reason: 'required',
    confirm: t('models.activate'),
    perform: (data) => post('/admin/models/activate', { model: row.name, version: row.version, reason: data.reason }),
    done: (answer) => el('p', {}, t('models.activated', { model: `${answer.activation.name} ${answer.activation.version}` })),
    after: again,
  });
}

function rollBack(route, again) {
  openChange({
    operation: 'admin.models.rollback',
    title: t('models.rollbackTitle', { route: route.route }),
    reach: t('models.activateReach', { route: route.route, from: route.active?.version ?? '\u2013', to: route.previous.version }),
    reason: 'required',
    confirm: t('models.rollback'),
    perform: (data) => post('/admin/models/rollback', { model: route.route, reason: data.reason }),
    done: (answer) => el('p', {}, t('models.activated', { model: `${answer.activation.name} ${answer.activation.version}` })),
    after: again,
  });
}

function verify(row, again) {
  openChange({
    operation: 'admin.models.verify',
    title: t('models.verifyTitle', { model: `${row.name} ${row.version}` }),
    reach: t('models.verifyReach'),
    reason: 'required',
    confirm: t('models.verify'),
    perform: (data) => post('/admin/models/verify', { model: row.name, version: row.version, reason: data.reason }),
    done: (answer) => el('p', {}, stateBadge(answer.revision.state), ' ', answer.revision.reason, ' ', selfTest(answer.revision)),
    after: again,
  });
}

function remove(row, again) {
  openChange({
    operation: 'admin.models.remove',
    title: t('models.removeTitle', { model: `${row.name} ${row.version}` }),
    reach: t('models.removeReach', { bytes: bytes(row.bytes), leases: row.leases }),
    reason: 'required',
    typed: `${row.name} ${row.version}`,
    confirm: t('models.remove'),
    danger: true,
    perform: (data) => post('/admin/models/remove', { model: row.name, version: row.version, reason: data.reason }),
    after: again,
  });
}

/** How a model that writes holds its weights. */
function weights() {
  const id = uniqueId('weights');
  const choices = ['', 'f32', 'bf16', 'f16', 'i8', 'q8', 'q4', 'stored'].map((value) => el('option', { value }, value || '\u2013'));
  return el('div', { class: 'field' }, el('label', { for: id }, t('models.weights')), el('select', { id, name: 'weights' }, choices), el('p', { class: 'hint' }, t('models.weightsHint')));
}

function install(again) {
  const field = (name, label, attributes, hint) => {
    const id = uniqueId(name);
    return el('div', { class: 'field' }, el('label', { for: id }, label), el('input', { id, name, autocomplete: 'off', spellcheck: 'false', ...attributes }), hint && el('p', { class: 'hint' }, hint));
  };
  openChange({
    operation: 'admin.models.install',
    title: t('models.installTitle'),
    reach: t('models.installReach'),
    fields: [
      field('folder', t('models.folder'), { required: true, placeholder: '/srv/models/bge-small' }, t('models.folderHint')),
      field('name', t('models.name'), {}, t('models.nameHint')),
      field('version', t('models.version'), {}),
      weights(),
      field('base', t('models.base'), {}, t('models.baseHint')),
    ],
    reason: 'required',
    confirm: t('models.install'),
    perform: (data) => post('/admin/models/install', { folder: data.folder.trim(), name: data.name.trim() || null, version: data.version.trim() || null, weights: data.weights || null, base: data.base.trim() || null, reason: data.reason }),
    done: (answer) => el('p', {}, stateBadge(answer.revision.state), ' ', `${answer.revision.name} ${answer.revision.version}`, ' ', answer.revision.reason),
    after: again,
  });
}
