// The transparency log, read from its public tiles: signed by whom, grown from what this browser saw before, entry by entry.

import { request } from '../api.js';
import { el, replace } from '../dom.js';
import { exactTime, list, number, time } from '../format.js';
import { t } from '../i18n.js';
import { copyable } from '../components/digest.js';
import { link } from '../components/link.js';
import { dropField } from '../components/drop.js';
import { pinnedKey } from '../components/seal.js';
import { badge, emptyState, errorState, loaded } from '../components/states.js';
import { verdict } from '../components/steps.js';
import { table } from '../components/table.js';
import { watch } from '../live.js';
import { verifyText } from '../proof/answer.js';
import { base64, hash, hex } from '../proof/bytes.js';
import { parse } from '../proof/json.js';
import { leafHash, verifyConsistency, verifyInclusion } from '../proof/merkle.js';
import { checkpointOf, verifierKey, verifyNote } from '../proof/note.js';
import { Tiles } from '../proof/tiles.js';

const SEEN = 'candor.checkpoint';
const BUNDLE = 256;

export function page({ parts, signal, heading }) {
  return parts.length > 0 ? entryPage(Number(parts[0]), signal, heading) : listPage(signal, heading);
}

/** The newest checkpoint, its signature checked with the key that this browser pinned, and of that key's log. */
async function head(signal) {
  const { text } = await request('GET', '/v1/log/checkpoint', null, signal);
  const pinned = await pinnedKey();
  const key = await verifierKey(pinned.key ?? '');
  const note = await verifyNote(text, key);
  return { text, key, pinned, ...checkpointOf(note.text, key) };
}

function tilesOf(checkpoint) {
  return new Tiles(checkpoint.size, async (path) => {
    const response = await fetch(`/v1/log/${path}`);
    if (!response.ok) {
      throw new Error(t('log.noTile', { path }));
    }
    return new Uint8Array(await response.arrayBuffer());
  });
}

function listPage(signal, heading) {
  heading.textContent = t('page.log');
  const lead = el('p', { class: 'lead' }, t('log.lead'));
  const place = el('div', {});
  const entries = el('div', {});
  let shown = null;
  const again = loaded(place, signal, () => head(signal), (checkpoint) => {
    shown = checkpoint.size;
    lead.textContent = t('log.sentence', { count: number(checkpoint.size) });
    replace(entries, entriesSection(checkpoint, signal));
    return checkpointSection(checkpoint, signal);
  });
  const newer = el('button', { type: 'button', hidden: true, click: () => { newer.hidden = true; again(); } });
  watch(signal, (status) => {
    const count = (status.log?.size ?? 0) - (shown ?? Infinity);
    newer.hidden = !(count > 0);
    newer.textContent = t('log.newer', { count });
  });
  return [lead, newer, place, verifySection(), entries];
}

// ---- checkpoint and consistency ----------------------------------------------------------------------------------

function checkpointSection(checkpoint, signal) {
  const consistency = el('div', { role: 'status' }, badge('wait', t('seal.checking')));
  checkConsistency(checkpoint).then(
    (result) => signal.aborted || replace(consistency, result),
    (failure) => signal.aborted || replace(consistency, badge('bad', t('log.inconsistent')), el('p', { class: 'reason' }, failure.message)),
  );
  return el(
    'section',
    { 'aria-labelledby': 'checkpoint' },
    el('h2', { id: 'checkpoint' }, t('log.checkpoint')),
    el('dl', { class: 'facts' },
      el('dt', {}, t('log.signature')), el('dd', {}, badge('good', t('log.signed', { name: checkpoint.key.name }))),
      el('dt', {}, t('log.consistency')), el('dd', {}, consistency),
      el('dt', {}, t('log.size')), el('dd', {}, number(checkpoint.size)),
      el('dt', {}, t('log.root')), el('dd', {}, copyable(hex(checkpoint.root), hex(checkpoint.root).slice(0, 12), t('log.root'))),
      el('dt', {}, t('log.key')), el('dd', {}, copyable(checkpoint.key.text, checkpoint.key.id, t('log.key')), checkpoint.pinned.since && el('span', { class: 'muted' }, ' ', t('log.keySince', { time: exactTime(checkpoint.pinned.since) }))),
      el('dt', {}, t('log.text')), el('dd', {}, copyable(checkpoint.text, t('log.copyText'), t('log.text')))),
  );
}

/** That the log grew from what this browser saw last, without changing it; then this is what it saw last. */
async function checkConsistency(checkpoint) {
  const seen = JSON.parse(localStorage.getItem(SEEN) ?? 'null');
  const remember = () => localStorage.setItem(SEEN, JSON.stringify({ origin: checkpoint.origin, size: checkpoint.size, root: base64(checkpoint.root), at: new Date().toISOString() }));
  if (seen === null || seen.origin !== checkpoint.origin) {
    remember();
    return badge('wait', t('log.firstSeen'));
  }
  const before = hash('the remembered root', seen.root);
  if (seen.size > 0) {
    const proof = seen.size < checkpoint.size ? await tilesOf(checkpoint).consistency(seen.size) : [];
    await verifyConsistency(seen.size, checkpoint.size, before, checkpoint.root, proof);
  }
  remember();
  return [badge('good', t('log.consistent', { from: number(seen.size), to: number(checkpoint.size) })), el('span', { class: 'muted' }, ' ', t('log.seen'), ' ', time(seen.at))];
}

// ---- entries -----------------------------------------------------------------------------------------------------

function read({ index, bytes }) {
  const text = new TextDecoder().decode(bytes);
  try {
    return { index, text, leaf: parse(bytes) };
  } catch {
    return { index, text, leaf: {} };
  }
}

function entriesSection(checkpoint, signal) {
  const tiles = tilesOf(checkpoint);
  const last = Math.floor(Math.max(0, checkpoint.size - 1) / BUNDLE);
  const given = Number(new URLSearchParams(location.search).get('bundle') ?? last);
  const bundle = Math.min(Math.max(0, Number.isInteger(given) ? given : last), last);
  const place = el('div', {});
  loaded(place, signal, async () => (checkpoint.size === 0 ? [] : (await tiles.bundle(bundle)).map(read)), (rows) => [
    table({
      caption: t('log.caption'),
      sort: 'index desc',
      rows,
      filter: (row) => `${row.index} ${row.text}`,
      empty: emptyState(t('log.empty')),
      columns: [
        { key: 'index', label: t('log.entry'), numeric: true, value: (row) => row.index, cell: (row) => link(`/console/log/${row.index}`, String(row.index)) },
        { key: 'time', label: t('models.time'), value: (row) => row.leaf.time, cell: (row) => time(row.leaf.time) },
        { key: 'operation', label: t('policies.operation'), value: (row) => row.leaf.operation, cell: (row) => row.leaf.operation ?? '\u2013' },
        { key: 'commitments', label: t('log.commits'), cell: (row) => el('span', { class: 'muted' }, list(Object.keys(row.leaf.commitments ?? {}), 12)) },
      ],
    }),
    last > 0 && el('div', { class: 'buttons start' },
      bundle > 0 && link(`/console/log?bundle=${bundle - 1}`, t('log.older')),
      bundle < last && link(`/console/log?bundle=${bundle + 1}`, t('log.newerPage'))),
  ], 8);
  return el('section', { 'aria-labelledby': 'entries' }, el('h2', { id: 'entries' }, t('log.entries')), el('p', { class: 'muted' }, t('log.noContent')), place);
}

function entryPage(index, signal, heading) {
  heading.textContent = t('log.entryTitle', { index });
  const place = el('div', {});
  loaded(place, signal, async () => {
    const checkpoint = await head(signal);
    if (!(index >= 0 && index < checkpoint.size)) {
      return { checkpoint, entry: null };
    }
    const tiles = tilesOf(checkpoint);
    const found = (await tiles.bundle(Math.floor(index / BUNDLE)))[index % BUNDLE];
    const leaf = await leafHash(found.bytes);
    const proof = await tiles.inclusion(index);
    let trouble = null;
    await verifyInclusion(leaf, index, checkpoint.size, proof, checkpoint.root).catch((failure) => (trouble = failure));
    return { checkpoint, entry: read(found), leaf, proof, trouble };
  }, ({ checkpoint, entry, leaf, proof, trouble }) => {
    if (entry === null) {
      return emptyState(t('log.noEntry', { size: checkpoint.size }));
    }
    return [
      el('p', {}, trouble === null ? badge('good', t('log.included', { size: number(checkpoint.size) })) : badge('bad', t('log.notIncluded')), trouble && el('span', { class: 'reason' }, ` ${trouble.message}`)),
      el('dl', { class: 'facts' },
        el('dt', {}, t('policies.operation')), el('dd', {}, entry.leaf.operation ?? '\u2013'),
        el('dt', {}, t('models.time')), el('dd', {}, time(entry.leaf.time)),
        el('dt', {}, t('log.leafHash')), el('dd', {}, copyable(hex(leaf), hex(leaf).slice(0, 12), t('log.leafHash'))),
        el('dt', {}, t('log.path')), el('dd', {}, t('log.hashes', { count: proof.length }))),
      el('h2', {}, t('log.commitments')),
      el('p', { class: 'muted' }, t('log.commitmentsWhy')),
      el('dl', { class: 'facts' }, Object.entries(entry.leaf.commitments ?? {}).map(([name, value]) => [el('dt', {}, name), el('dd', {}, copyable(value, value.slice(0, 12), name))])),
      el('h2', {}, t('log.raw')),
      el('pre', { class: 'text', tabindex: '0', 'aria-label': t('log.raw') }, entry.text),
      el('div', { class: 'buttons start' },
        index > 0 && link(`/console/log/${index - 1}`, t('log.entryTitle', { index: index - 1 })),
        index + 1 < checkpoint.size && link(`/console/log/${index + 1}`, t('log.entryTitle', { index: index + 1 }))),
    ];
  });
  return [el('p', { class: 'lead' }, link('/console/log', t('log.back'))), place];
}

// ---- verify what somebody holds ----------------------------------------------------------------------------------

function verifySection() {
  const result = el('div', { role: 'status', class: 'verdict' });
  const check = async (text) => {
    try {
      const { key } = await pinnedKey();
      replace(result, verdict(await verifyText(text, key)));
    } catch (failure) {
      replace(result, errorState(failure));
    }
  };
  return el(
    'section',
    { 'aria-labelledby': 'verify' },
    el('h2', { id: 'verify' }, t('log.verifyTitle')),
    el('p', { class: 'muted' }, t('log.verifyLead')),
    dropField(check),
    result,
    el('p', {}, el('a', { href: '/console/verifier.html', download: 'candor-verifier.html' }, t('log.saveVerifier')), el('span', { class: 'muted' }, ` ${t('log.saveVerifierWhy')}`)),
  );
}
