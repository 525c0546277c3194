// The documents: what is there, who it is about and what for, how far the index is; upload, delete, read.

import { documentPath, get, post, query, request } from '../api.js';
import { el, replace, uniqueId } from '../dom.js';
import { bytes, list, number, time } from '../format.js';
import { t } from '../i18n.js';
import { live, watch } from '../live.js';
import { refusal } from '../permissions.js';
import { action, actions } from '../components/action.js';
import { openChange } from '../components/change.js';
import { digest } from '../components/digest.js';
import { link, navigate } from '../components/link.js';
import { documentText, highlighted } from '../components/passage.js';
import { chosenRoles, roleField } from '../components/roles.js';
import { badge, emptyState, loaded, stateBadge } from '../components/states.js';
import { table } from '../components/table.js';

const HOME = '/console/library';
const TAKEN = '.txt,.md,.html,.htm,.pdf,.docx';

export function page({ parts, signal, heading }) {
  return parts.length > 0 ? documentPage(parts.join('/'), signal, heading) : listPage(signal, heading);
}

function listPage(signal, heading) {
  heading.textContent = t('page.library');
  const lead = el('p', { class: 'lead' }, t('library.lead'));
  const index = el('section', { 'aria-live': 'polite' });
  const place = el('div', {});
  const again = loaded(place, signal, () => get('/v1/documents', signal), (documents) => {
    lead.textContent = t('library.sentence', { documents: documents.status.documents, passages: documents.status.passages, folder: documents.status.library ?? '\u2013' });
    showIndex(index, documents.status);
    return documentTable(documents.data, again);
  }, 8);
  let before = null;
  watch(signal, (status) => {
    const library = status.library;
    if (!library) {
      return;
    }
    showIndex(index, library);
    // Somebody added, deleted or finished: the list is read again.
    const now = `${library.state} ${library.documents}`;
    if (before !== null && before !== now && library.state !== 'indexing') {
      again();
    }
    before = now;
  });
  return [lead, index, place];
}

function showIndex(place, status) {
  const indexing = status.state === 'indexing';
  replace(
    place,
    el('p', {},
      indexing ? badge('wait', t('overview.indexing', { done: status.done, total: status.total })) : stateBadge(status.state),
      indexing && status.secondsLeft !== null && el('span', { class: 'muted' }, ' ', t('library.left', { seconds: number(status.secondsLeft) }))),
    indexing && el('progress', { max: Math.max(1, status.total), value: status.done, 'aria-label': t('library.progress') }),
    status.problems?.length > 0 &&
      el('details', {}, el('summary', {}, badge('warn', t('overview.unread', { count: status.problems.length }))), el('ul', {}, status.problems.map((problem) => el('li', {}, problem)))),
  );
}

function documentTable(rows, again) {
  return table({
    caption: t('library.caption'),
    sort: 'document',
    rows,
    filter: (row) => [row.document, row.title, row.language, row.owner, row.licence, ...row.subjects, ...row.purposes, ...row.roles].join(' '),
    tools: [
      actions({ class: 'buttons' },
        action('admin.documents.mirror', { click: () => mirror(again) }, t('library.mirror')),
        action('admin.documents.add', { class: 'primary', click: () => upload(again) }, t('library.upload'))),
    ],
    empty: emptyState(t('library.empty')),
    columns: [
      { key: 'document', label: t('library.document'), value: (row) => row.document, cell: (row) => [link(pathOf(row.document), row.document), row.title && el('div', { class: 'muted' }, row.title)] },
      { key: 'language', label: t('library.language'), value: (row) => row.language, cell: (row) => row.language ?? '\u2013' },
      { key: 'owner', label: t('library.owner'), value: (row) => row.owner, cell: (row) => row.owner ?? '\u2013' },
      { key: 'subjects', label: t('library.subjects'), value: (row) => row.subjects.length, cell: (row) => row.subjects.length === 0 ? t('library.nobody') : row.subjects.map((subject, i) => [i > 0 && ', ', link(`/console/consent/${encodeURIComponent(subject)}`, subject)]) },
      { key: 'purposes', label: t('library.purposes'), value: (row) => row.purposes.join(' '), cell: (row) => list(row.purposes) },
      { key: 'roles', label: t('library.roles'), value: (row) => row.roles.join(' '), cell: (row) => readers(row, 3) },
      { key: 'bytes', label: t('library.size'), numeric: true, value: (row) => row.bytes, cell: (row) => bytes(row.bytes) },
      { key: 'indexed', label: t('library.indexed'), value: (row) => row.indexed, cell: (row) => time(row.indexed) },
    ],
  });
}

function readers(row, most) {
  return row.roles.length === 0 ? t('library.everyRole') : list(row.roles, most);
}

function pathOf(document) {
  return `${HOME}/${document.split('/').map(encodeURIComponent).join('/')}`;
}

// ---- one document ------------------------------------------------------------------------------------------------

function documentPage(name, signal, heading) {
  heading.textContent = name;
  const given = new URLSearchParams(location.search);
  const [start, end] = [Number(given.get('start') ?? 0), Number(given.get('end') ?? 0)];
  const facts = el('div', {});
  const text = el('div', {});
  loaded(facts, signal, async () => (await get('/v1/documents', signal)).data.find((row) => row.document === name) ?? null, (row) => {
    if (row === null) {
      return emptyState(t('library.gone', { document: name }));
    }
    return [
      el('dl', { class: 'facts' },
        [[t('library.title'), row.title ?? '\u2013'], [t('library.version'), digest(row.version, name)], [t('library.language'), row.language ?? '\u2013'], [t('library.owner'), row.owner ?? '\u2013'],
          [t('library.subjects'), row.subjects.length === 0 ? t('library.nobody') : row.subjects.map((subject) => [link(`/console/consent/${encodeURIComponent(subject)}`, subject), ' '])],
          [t('library.purposes'), list(row.purposes, 10)], [t('library.roles'), readers(row, 6)], [t('library.licence'), row.licence ?? '\u2013'],
          [t('library.size'), `${bytes(row.bytes)}, ${t('library.characters', { count: number(row.characters) })}`], [t('library.indexed'), time(row.indexed)],
        ].map(([key, value]) => [el('dt', {}, key), el('dd', {}, value)])),
      actions({ class: 'buttons start' }, action('admin.documents.delete', { class: 'danger', click: () => remove(row) }, t('library.delete'))),
    ];
  });
  const unread = refusal('admin.documents.read');
  unread ? replace(text, emptyState(unread)) : loaded(text, signal, () => documentText(name), (document) => {
    const view = highlighted(document.text, start, end);
    view.classList.add('tall');
    queueMicrotask(() => view.querySelector('mark')?.scrollIntoView({ block: 'center' }));
    return view;
  });
  return [
    el('p', { class: 'lead' }, link(HOME, t('library.back')), end > start && ` \u2013 ${t('ask.place', { start, end })}`),
    el('section', { 'aria-labelledby': 'facts' }, el('h2', { id: 'facts', class: 'visually-hidden' }, t('library.facts')), facts),
    el('section', { 'aria-labelledby': 'text' }, el('h2', { id: 'text' }, t('library.text')), text),
  ];
}

function remove(row) {
  openChange({
    operation: 'admin.documents.delete',
    title: t('library.deleteTitle', { document: row.document }),
    reach: t('library.deleteReach', { subjects: row.subjects.length === 0 ? t('library.nobody') : list(row.subjects, 10) }),
    typed: row.document.split('/').pop(),
    confirm: t('library.delete'),
    danger: true,
    perform: async () => (await request('DELETE', documentPath(row.document))).value,
    after: () => navigate(HOME),
  });
}

// ---- upload and mirror -------------------------------------------------------------------------------------------

function input(name, label, attributes = {}, hint = null) {
  const id = uniqueId(name);
  return el('div', { class: 'field' }, el('label', { for: id }, label), el('input', { id, name, autocomplete: 'off', ...attributes }), hint && el('p', { class: 'hint' }, hint));
}

function upload(again) {
  const folder = input('folder', t('library.folder'), { placeholder: 'handbook' }, t('library.folderHint'));
  const fileId = uniqueId('files');
  const files = el('input', { id: fileId, type: 'file', name: 'files', multiple: true, required: true, accept: TAKEN });
  const reach = el('p', {}, t('library.uploadNone'));
  files.addEventListener('change', () =>
    replace(reach, t('library.uploadReach', { count: files.files.length, size: bytes([...files.files].reduce((sum, file) => sum + file.size, 0)) })));
  openChange({
    operation: 'admin.documents.add',
    title: t('library.uploadTitle'),
    reach,
    fields: [
      el('div', { class: 'field drop' }, el('label', { for: fileId }, t('library.files')), files, el('p', { class: 'hint' }, t('library.filesHint'))),
      folder,
      input('owner', t('library.owner')),
      input('subjects', t('library.subjects'), {}, t('library.commas')),
      input('purposes', t('library.purposes'), { placeholder: 'question-answering' }, t('library.commas')),
      roleField(t('library.roles'), [], t('library.rolesHint')),
    ],
    confirm: t('library.upload'),
    perform: async (data) => {
      let last = null;
      for (const file of files.files) {
        const document = [data.folder.replace(/^\/+|\/+$/g, ''), file.name].filter((part) => part !== '').join('/');
        const metadata = query({ owner: data.owner, subjects: data.subjects, purposes: data.purposes, roles: chosenRoles(data).join(',') });
        last = (await request('PUT', documentPath(document) + metadata, file)).value;
      }
      return last;
    },
    done: (answer) => el('p', {}, t('library.added'), ' ', link(pathOf(answer.document.document), answer.document.document)),
    after: again,
  });
}

function mirror(again) {
  openChange({
    operation: 'admin.documents.mirror',
    title: t('library.mirrorTitle'),
    reach: t('library.mirrorReach', { documents: live.status?.library?.documents ?? '?' }),
    fields: input('library', t('library.serverFolder'), { required: true, placeholder: '/srv/handbook', spellcheck: 'false' }, t('library.serverFolderHint')),
    confirm: t('library.mirror'),
    perform: (data) => post('/v1/documents', { library: data.library.trim() }),
    done: () => el('p', {}, t('library.mirrored')),
    after: again,
  });
}
