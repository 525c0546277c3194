// One line that comes, is read aloud, and goes.

import { el } from '../dom.js';

const SHOWN_MILLIS = 4000;
let place = null;
let timer = null;

export function noticePlace() {
  place = el('div', { class: 'notice', role: 'status', 'aria-live': 'polite', hidden: true });
  return place;
}

export function announce(text) {
  // An open dialog makes everything else inert: the line has to be inside it.
  const top = [...document.querySelectorAll('dialog[open]')].pop() ?? document.body;
  if (place.parentElement !== top) {
    top.append(place);
  }
  place.textContent = text;
  place.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (place.hidden = true), SHOWN_MILLIS);
}
