// A digest, shortened to 12 characters; a click copies all of it.

import { el } from '../dom.js';
import { t } from '../i18n.js';
import { announce } from './notice.js';

export function digest(text, name = '') {
  if (!text) {
    return '\u2013';
  }
  const bare = text.replace(/^sha256:/, '');
  return copyable(text, bare.length > 12 ? bare.slice(0, 12) : bare, name);
}

/** Text that a click copies. */
export function copyable(text, shown, name = '') {
  const button = el('button', {
    type: 'button',
    class: 'digest',
    title: text,
    'aria-label': t('digest.copy', { name, shown }),
    click: async (event) => {
      event.preventDefault();
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(text);
        announce(t('digest.copied'));
      } catch {
        getSelection().selectAllChildren(button);
        announce(t('digest.selected'));
      }
    },
  }, shown);
  return button;
}
