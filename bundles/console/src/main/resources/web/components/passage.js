// A span inside its document. Offsets count code points; JavaScript's strings count UTF-16 units.

import { documentPath, request } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';
import { badge, loaded } from './states.js';

const AROUND = 1500;

/** Shows the citation where it stands. */
export function passage(place, signal, citation, answer) {
  loaded(place, signal, () => documentText(citation.document), (document) => {
    const view = highlighted(document.text, citation.start, citation.end, { around: AROUND, language: answer?.language });
    const there = [...document.text].slice(citation.start, citation.end).join('');
    queueMicrotask(() => view.querySelector('mark')?.scrollIntoView({ block: 'nearest' }));
    return [
      document.version && document.version !== citation.version
        ? el('p', {}, badge('warn', t('passage.otherVersion')))
        : el('p', {}, verbatim(there, citation.text)),
      view,
    ];
  }, 3);
}

/** Masked code points are one for one, so even a masked quotation can be compared. */
function verbatim(there, quoted) {
  const [a, b] = [[...there], [...quoted]];
  const equal = a.length === b.length && a.every((char, i) => char === b[i] || b[i] === '\u2588' || char === '\u2588');
  return equal ? badge('good', t('passage.verbatim')) : badge('bad', t('passage.differs'));
}

/** Extracted text of a document: {text, version}. */
export async function documentText(document) {
  const { value } = await request('GET', `${documentPath(document)}?text=1`);
  return typeof value === 'string' ? { text: value } : { ...value.document, ...value, text: value.text };
}

/** Text with one span marked, all of it or what is around. */
export function highlighted(text, start, end, { around = Infinity, language = null } = {}) {
  const points = [...text];
  const from = Math.max(0, start - around);
  const to = Math.min(points.length, end + around);
  return el(
    'div',
    { class: 'text', tabindex: '0', role: 'region', 'aria-label': t('passage.text'), lang: language },
    from > 0 && '\u2026 ',
    points.slice(from, start).join(''),
    end > start && el('mark', {}, points.slice(start, end).join('')),
    points.slice(end, to).join(''),
    to < points.length && ' \u2026',
  );
}
