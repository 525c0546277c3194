// A link inside the console: the browser's own, followed without loading the page anew.

import { el } from '../dom.js';
import { pageAt } from '../pages.js';
import { offered } from '../permissions.js';

/** Words alone where the page is not offered to who is signed in. */
export function link(href, ...children) {
  const page = pageAt(href);
  return page === undefined || offered(page.operation) ? el('a', { href }, ...children) : el('span', {}, ...children);
}

/** Goes to another page of the console. */
export function navigate(href, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
}
