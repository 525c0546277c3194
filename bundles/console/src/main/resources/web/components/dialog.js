// The browser's own modal dialog: it holds the focus, Escape closes it, and the focus goes back where it came from.

import { el, uniqueId } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from './icon.js';

/**
 * Opens a dialog.
 *
 * @param content nodes, or a function of a function that closes it
 * @return closed: a promise for the moment it closes
 */
export function openDialog(title, content, { wide = false } = {}) {
  const id = uniqueId('dialog');
  const dialog = el('dialog', { class: wide ? 'wide' : null, 'aria-labelledby': id });
  const close = () => dialog.close();
  dialog.append(
    el(
      'header',
      {},
      el('h2', { id }, title),
      el('button', { type: 'button', class: 'quiet', 'aria-label': t('common.close'), click: close }, icon('close')),
    ),
    el('div', { class: 'dialog-body' }, typeof content === 'function' ? content(close) : content),
  );
  document.body.append(dialog);
  dialog.showModal();
  return {
    close,
    dialog,
    closed: new Promise((resolve) => {
      dialog.addEventListener('close', () => {
        // The notice line may be inside; it outlives the dialog.
        document.body.append(...dialog.querySelectorAll('.notice'));
        dialog.remove();
        resolve();
      });
    }),
  };
}
