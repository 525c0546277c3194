// Who agreed to what, and what a withdrawal or an erasure reaches before it is pressed.

import { get, post, query } from '../api.js';
import { el, uniqueId } from '../dom.js';
import { number, time } from '../format.js';
import { t } from '../i18n.js';
import { may, refusal } from '../permissions.js';
import { action, actions } from '../components/action.js';
import { openChange } from '../components/change.js';
import { link, navigate } from '../components/link.js';
import { badge, emptyState, loaded, stateBadge } from '../components/states.js';
import { table } from '../components/table.js';

const HOME = '/console/consent';
const PURPOSE = 'question-answering';
const LIST = 'admin.documents.list';

export function page({ parts, signal, heading }) {
  return parts.length > 0 ? subjectPage(parts[0], signal, heading) : listPage(signal, heading);
}

/** Subjects of the register and of the library: somebody may be named in a document before anybody asked them. */
async function subjects(signal) {
  const [register, documents] = await Promise.all([
    get('/admin/consent', signal),
    // Without the library, the register is still there to withdraw in.
    may(LIST) ? get('/v1/documents', signal).catch(() => ({ data: [] })) : { data: [] },
  ]);
  const named = new Map(register.subjects.map((subject) => [subject, { subject, registered: true, documents: 0 }]));
  for (const document of documents.data) {
    for (const subject of document.subjects) {
      const row = named.get(subject) ?? { subject, registered: false, documents: 0 };
      row.documents++;
      named.set(subject, row);
    }
  }
  return [...named.values()];
}

function listPage(signal, heading) {
  heading.textContent = t('page.consent');
  const lead = el('p', { class: 'lead' }, t('consent.lead'));
  const place = el('div', {});
  const again = loaded(place, signal, () => subjects(signal), (rows) => {
    lead.textContent = t('consent.sentence', { subjects: rows.length, registered: rows.filter((row) => row.registered).length });
    return table({
      caption: t('consent.caption'),
      sort: 'subject',
      rows,
      filter: (row) => row.subject,
      tools: [action('admin.consent.grant', { class: 'primary', click: () => grant('', again) }, t('consent.grant'))],
      empty: emptyState(t('consent.empty')),
      columns: [
        { key: 'subject', label: t('consent.subject'), value: (row) => row.subject, cell: (row) => link(`${HOME}/${encodeURIComponent(row.subject)}`, row.subject) },
        { key: 'registered', label: t('consent.register'), value: (row) => String(row.registered), cell: (row) => row.registered ? badge('good', t('consent.registered')) : badge('wait', t('consent.unregistered')) },
        { key: 'documents', label: t('consent.documents'), numeric: true, value: (row) => row.documents, cell: (row) => number(row.documents) },
      ],
    });
  });
  return [lead, place];
}

function subjectPage(subject, signal, heading) {
  heading.textContent = subject;
  const lead = el('p', { class: 'lead' }, link(HOME, t('consent.back')));
  const place = el('div', {});
  const reached = el('div', {});
  const recordsAgain = loaded(place, signal, async () => (await get(`/admin/consent${query({ subject })}`, signal)).data, (records) => {
    const now = current(records);
    return [
      el('section', { 'aria-labelledby': 'now' }, el('h2', { id: 'now' }, t('consent.now')),
        now.length === 0 ? emptyState(t('consent.noRecord')) : el('dl', { class: 'facts' }, now.map((record) => [
          el('dt', {}, record.purpose ?? t('consent.everyPurpose')),
          el('dd', {}, stateBadge(record.state), ' ', el('span', { class: 'muted' }, t('consent.since')), ' ', time(record.time)),
        ])),
        actions({ class: 'buttons start' },
          action('admin.consent.grant', { click: () => grant(subject, again) }, t('consent.grant')),
          action('admin.consent.withdraw', { click: () => withdraw(subject, again) }, t('consent.withdraw')),
          action('admin.consent.erase', { class: 'danger', click: () => erase(subject, again) }, t('consent.erase')))),
      records.length > 0 && el('section', { 'aria-labelledby': 'records' }, el('h2', { id: 'records' }, t('consent.records')), recordTable(records)),
    ];
  });
  const documentsAgain = loaded(reached, signal, () => documentsOf(subject, signal), (documents) => documents === null
    ? emptyState(refusal(LIST))
    : documents.length === 0
    ? emptyState(t('consent.noDocuments'))
    : el('ul', {}, documents.map((document) => el('li', {}, link(`/console/library/${document.split('/').map(encodeURIComponent).join('/')}`, document)))), 2);
  function again() {
    recordsAgain();
    documentsAgain();
  }
  return [lead, place, el('section', { 'aria-labelledby': 'reached' }, el('h2', { id: 'reached' }, t('consent.documentsOf')), reached)];
}

/** Those that name the subject; null where the library may not be seen. */
async function documentsOf(subject, signal) {
  if (!may(LIST)) {
    return null;
  }
  return (await get('/v1/documents', signal)).data.filter((row) => row.subjects.includes(subject)).map((row) => row.document);
}

/** The newest record of each purpose; an erasure stands for all. */
function current(records) {
  const newest = new Map();
  for (const record of [...records].sort((a, b) => a.epoch - b.epoch)) {
    if (record.state === 'erased') {
      newest.clear();
    }
    newest.set(record.purpose ?? '', record);
  }
  return [...newest.values()];
}

function recordTable(records) {
  return table({
    caption: t('consent.records'),
    sort: 'epoch desc',
    rows: records,
    filter: (row) => [row.purpose, row.state, row.actor, row.reason].join(' '),
    columns: [
      { key: 'epoch', label: t('consent.epoch'), numeric: true, value: (row) => row.epoch, cell: (row) => number(row.epoch) },
      { key: 'time', label: t('models.time'), value: (row) => row.time, cell: (row) => time(row.time) },
      { key: 'state', label: t('models.state'), value: (row) => row.state, cell: (row) => stateBadge(row.state) },
      { key: 'purpose', label: t('ask.purpose'), value: (row) => row.purpose, cell: (row) => row.purpose ?? t('consent.everyPurpose') },
      { key: 'actor', label: t('models.actor'), value: (row) => row.actor, cell: (row) => row.actor },
      { key: 'reason', label: t('models.reason'), cell: (row) => row.reason },
    ],
  });
}

// ---- changes -----------------------------------------------------------------------------------------------------

function field(name, label, attributes = {}) {
  const id = uniqueId(name);
  return el('div', { class: 'field' }, el('label', { for: id }, label), el('input', { id, name, autocomplete: 'off', spellcheck: 'false', required: true, ...attributes }));
}

function documentList(documents) {
  return documents.length === 0 ? null : el('ul', {}, documents.map((document) => el('li', {}, document)));
}

function grant(subject, again) {
  openChange({
    operation: 'admin.consent.grant',
    title: subject ? t('consent.grantTitle', { subject }) : t('consent.grant'),
    reach: t('consent.grantReach'),
    fields: [!subject && field('subject', t('consent.subject')), field('purpose', t('ask.purpose'), { value: PURPOSE })],
    reason: 'optional',
    confirm: t('consent.grant'),
    perform: (data) => post('/admin/consent/grant', { subject: subject || data.subject.trim(), purpose: data.purpose.trim(), reason: data.reason || null }),
    after: (answer) => (subject ? again() : navigate(`${HOME}/${encodeURIComponent(answer.record.subject)}`)),
  });
}

function withdraw(subject, again) {
  openChange({
    operation: 'admin.consent.withdraw',
    title: t('consent.withdrawTitle', { subject }),
    reach: async () => {
      const documents = await documentsOf(subject);
      if (documents === null) {
        return [badge('warn', t('change.reachUnknown')), el('p', { class: 'muted' }, refusal(LIST))];
      }
      return [el('p', {}, t('consent.withdrawReach', { count: documents.length })), documentList(documents)];
    },
    fields: field('purpose', t('ask.purpose'), { value: PURPOSE }),
    reason: 'optional',
    confirm: t('consent.withdraw'),
    danger: true,
    perform: (data) => post('/admin/consent/withdraw', { subject, purpose: data.purpose.trim(), reason: data.reason || null }),
    after: again,
  });
}

function erase(subject, again) {
  openChange({
    operation: 'admin.consent.erase',
    title: t('consent.eraseTitle', { subject }),
    reach: async () => {
      const unseen = refusal('admin.consent.preview');
      if (unseen !== null) {
        return [badge('warn', t('change.reachUnknown')), el('p', { class: 'muted' }, unseen)];
      }
      const reached = await preview(subject);
      return [
        el('p', {}, t('consent.eraseReach', { count: reached.documents.length, records: reached.records })),
        documentList(reached.documents),
        el('p', {}, t('consent.eraseKey')),
        reached.adapters?.length > 0 && el('p', {}, t('consent.eraseAdapters', { adapters: reached.adapters.join(', ') })),
        el('p', { class: 'muted' }, t('consent.eraseProofs')),
      ];
    },
    reason: 'optional',
    typed: subject,
    confirm: t('consent.erase'),
    danger: true,
    perform: (data) => post('/admin/consent/erase', { subject, reason: data.reason || null }),
    done: (answer) => el('div', {}, el('p', {}, t('consent.erasedDocuments', { count: answer.documents?.length ?? 0 })), documentList(answer.documents ?? [])),
    after: again,
  });
}

async function preview(subject) {
  try {
    const reached = await get(`/admin/consent/preview${query({ subject })}`);
    return { ...reached, documents: reached.documents.map((document) => document.document ?? document) };
  } catch (failure) {
    if (!failure.missingRoute) {
      throw failure;
    }
    const [documents, records] = await Promise.all([documentsOf(subject), get(`/admin/consent${query({ subject })}`)]);
    return { documents, records: records.data.length };
  }
}
