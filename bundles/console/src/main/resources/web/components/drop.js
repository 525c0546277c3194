// A field that takes text pasted, a file chosen, or a file dropped.

import { el } from '../dom.js';
import { t } from '../i18n.js';

/** @param check called with the text */
export function dropField(check) {
  const field = el('textarea', { id: 'pasted', rows: 4, spellcheck: 'false', placeholder: '{"id": ..., "proof": ...}' });
  const take = async (file) => {
    field.value = await file.text();
    check(field.value);
  };
  const chooser = el('input', { id: 'chosen', type: 'file', class: 'visually-hidden', accept: '.json,application/json', change: () => chooser.files.length > 0 && take(chooser.files[0]) });
  const drop = el(
    'div',
    {
      class: 'drop',
      dragover: (event) => {
        event.preventDefault();
        drop.classList.add('over');
      },
      dragleave: () => drop.classList.remove('over'),
      drop: (event) => {
        event.preventDefault();
        drop.classList.remove('over');
        event.dataTransfer.files.length > 0 && take(event.dataTransfer.files[0]);
      },
    },
    el('label', { for: 'pasted' }, t('log.paste')),
    field,
    el('div', { class: 'buttons start' },
      el('button', { type: 'button', class: 'primary', click: () => field.value.trim() !== '' && check(field.value) }, t('log.verify')),
      el('label', { class: 'button', for: 'chosen' }, t('log.file')), chooser),
  );
  return drop;
}
