// A link inside the console: the browser's own, followed without loading the page anew.

import { el } from '../dom.js';

export function link(href, ...children) {
  return el('a', { href }, ...children);
}

/** Goes to another page of the console. */
export function navigate(href, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
}
