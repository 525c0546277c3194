// How a model takes its tokens: what is left empty is as the model's authors recommend.

import { query } from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n.js';

/** Most tokens of a text where nobody says otherwise. */
const TOKENS = '200';
/** Purpose of a request that names none. */
export const PURPOSE = 'text-generation';
const MOST_STOPS = 4;

const NUMBERS = [
  ['temperature', { type: 'number', min: 0, max: 2, step: 'any' }],
  ['top_p', { type: 'number', min: 0, max: 1, step: 'any' }],
  ['top_k', { type: 'number', min: 0, step: 1 }],
  ['max_tokens', { type: 'number', min: 1, step: 1, value: TOKENS }],
  ['seed', { inputmode: 'numeric', pattern: '-?[0-9]{1,15}' }],
];

/**
 * @param given values of the page's address
 * @return node, values() as the request has them, address(more) as the page's address has them
 */
export function sampling(given) {
  const field = (name, usual, attributes) => {
    const input = el('input', { id: name, name, autocomplete: 'off', placeholder: t(name === 'seed' ? 'playground.drawn' : 'playground.recommended'), title: t(`playground.hint.${name}`), ...attributes, value: given.get(name) ?? usual });
    return [name, usual, input];
  };
  const fields = [
    ...NUMBERS.map(([name, attributes]) => field(name, attributes.value ?? '', attributes)),
    field('purpose', PURPOSE, { spellcheck: 'false' }),
  ];
  const stop = el('textarea', { id: 'stop', name: 'stop', rows: 2, 'aria-describedby': 'stop-hint' }, given.getAll('stop').join('\n'));
  const open = given.has('stop') || fields.some(([name]) => given.has(name));

  function stops() {
    return stop.value.split('\n').filter((line) => line !== '').slice(0, MOST_STOPS);
  }

  function values() {
    const body = {};
    for (const [name, , input] of fields) {
      if (input.value.trim() !== '') {
        body[name] = name === 'purpose' ? input.value.trim() : Number(input.value);
      }
    }
    return stops().length > 0 ? { ...body, stop: stops() } : body;
  }

  function address(more) {
    const changed = fields.filter(([, usual, input]) => input.value !== usual).map(([name, , input]) => [name, input.value]);
    const start = query({ ...more, ...Object.fromEntries(changed) });
    const rest = stops().map((line) => `stop=${encodeURIComponent(line)}`).join('&');
    return rest === '' ? start : `${start || '?'}${start ? '&' : ''}${rest}`;
  }

  const node = el('details', { class: 'behind', open }, el('summary', {}, t('playground.parameters')),
    el('p', { class: 'hint' }, t('playground.recommendedHint')),
    el('div', { class: 'parameters' },
      fields.map(([name, , input]) => el('div', { class: 'field' }, el('label', { for: name }, t(`playground.parameter.${name}`)), input)),
      el('div', { class: 'field stops' }, el('label', { for: 'stop' }, t('playground.parameter.stop')), stop, el('p', { class: 'hint', id: 'stop-hint' }, t('playground.hint.stop')))));
  return { node, values, address };
}
