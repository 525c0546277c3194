// Keys for those who never leave the keyboard: g and a letter goes to a page, / to the filter, ? shows them all.

import { el } from '../dom.js';
import { t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { navigate } from './link.js';

const GO_MILLIS = 1200;

/** @param pages gives [[letter, path]] of those that are offered now */
export function shortcuts(pages) {
  let waiting = 0;
  addEventListener('keydown', (event) => {
    const inField = event.target.closest?.('input, textarea, select, dialog');
    if (inField || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (Date.now() - waiting < GO_MILLIS) {
      waiting = 0;
      const target = pages().find(([letter]) => letter === event.key);
      target && navigate(target[1]);
    } else if (event.key === 'g') {
      waiting = Date.now();
    } else if (event.key === '/') {
      const filter = document.querySelector('main .filter');
      if (filter) {
        event.preventDefault();
        filter.focus();
      }
    } else if (event.key === '?') {
      showKeys(pages());
    }
  });
}

function showKeys(targets) {
  openDialog(
    t('keys.title'),
    el(
      'dl',
      { class: 'facts' },
      [...targets.map(([letter, path]) => [`g ${letter}`, t(`page.${path.split('/')[2] || 'overview'}`)]), ['/', t('keys.filter')], ['?', t('keys.help')]].map(
        ([keys, what]) => [el('dt', {}, el('kbd', {}, keys)), el('dd', {}, what)],
      ),
    ),
  );
}
