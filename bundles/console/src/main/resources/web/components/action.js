// Buttons of what can be done. What the signed-in person may not do is not offered, and the page says at its end why.

import { el, replace } from '../dom.js';
import { t } from '../i18n.js';
import { refusal } from '../permissions.js';

const withheld = new Map();
const place = el('details', { class: 'withheld', hidden: true });

/** A button of an operation, or null. */
export function action(operation, attributes, label) {
  const why = refusal(operation);
  if (why === null) {
    return el('button', { type: 'button', ...attributes }, label);
  }
  if (!withheld.has(operation)) {
    withheld.set(operation, { label, why });
    show();
  }
  return null;
}

/** The buttons among some, side by side; null where none is offered. */
export function actions(attributes, ...buttons) {
  const there = buttons.filter((button) => button);
  return there.length === 0 ? null : el('div', attributes, there);
}

/** Where a page says what it does not offer; empty when the page begins. */
export function withheldPlace() {
  withheld.clear();
  show();
  return place;
}

function show() {
  place.hidden = withheld.size === 0;
  replace(
    place,
    el('summary', {}, t('action.withheld', { count: withheld.size })),
    el('dl', { class: 'facts' }, [...withheld.values()].map(({ label, why }) => [el('dt', {}, label), el('dd', {}, why)])),
  );
}
