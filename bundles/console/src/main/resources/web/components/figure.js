// A figure that is watched: its name, its value now, what belongs to it, and how it was lately.

import { el } from '../dom.js';
import { t } from '../i18n.js';
import { spark } from './chart.js';

const KEPT = 120;

/** @param value text, or null where it is not told */
export function figure(name, value, note, history) {
  return el(
    'div',
    { class: 'figure' },
    el('dt', {}, name),
    el('dd', {}, el('span', { class: 'value' }, value ?? '\u2013'), el('span', { class: 'muted' }, value === null ? t('overview.notTold') : note)),
    history.filter((each) => each !== null).length > 1 && el('dd', { class: 'spark', 'aria-hidden': 'true' }, spark(history)),
  );
}

/** Adds a value to those of the last two minutes. */
export function keep(values, value) {
  values.push(value ?? null);
  if (values.length > KEPT) {
    values.shift();
  }
}
