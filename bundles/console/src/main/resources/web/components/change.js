// Everything that changes the world goes through here: it says what will be reached, asks for the reason, asks to type the
// name where it cannot be undone, shows that it works, and ends with the log entry.

import { ApiError } from '../api.js';
import { el, replace, uniqueId } from '../dom.js';
import { t } from '../i18n.js';
import { takesTwo } from '../permissions.js';
import { openDialog } from './dialog.js';
import { link } from './link.js';
import { evidenceSeal } from './seal.js';
import { badge, errorState, loadingState } from './states.js';

/**
 * Opens the dialog of a change.
 *
 * @param operation that is done
 * @param title what will happen, as a sentence without its full stop
 * @param reach text or nodes that say what it reaches, or a function that promises them
 * @param fields more nodes of the form
 * @param reason required, optional or null
 * @param typed name to be typed before it happens, or null
 * @param confirm word on the button
 * @param perform takes the form's data, promises the server's answer
 * @param done nodes for the end, from the answer; may be null
 * @param after called when the dialog closes after it was done
 */
export function openChange({ operation, title, reach, fields = [], reason = null, typed = null, confirm, danger = false, perform, done = null, after = null }) {
  let answer = null;
  const opened = openDialog(title, (close) => {
    const reached = el('div', { class: 'reach' });
    const trouble = el('div', {});
    const reasonId = uniqueId('reason');
    const typedId = uniqueId('typed');
    const button = el('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, confirm);
    const typedField = typed !== null && el('input', { id: typedId, name: 'typed', autocomplete: 'off', spellcheck: 'false', input: enable });
    const form = el(
      'form',
      { submit: send },
      reached,
      takesTwo(operation) && el('p', {}, badge('warn', t('change.two')), ' ', t('change.twoWhy')),
      fields,
      reason !== null &&
        el(
          'div',
          { class: 'field' },
          el('label', { for: reasonId }, t(reason === 'required' ? 'change.reason' : 'change.reasonOptional')),
          el('textarea', { id: reasonId, name: 'reason', rows: 2, maxlength: 500, required: reason === 'required' }),
          el('p', { class: 'hint' }, t('change.reasonHint')),
        ),
      typed !== null && el('div', { class: 'field' }, el('label', { for: typedId }, t('change.type', { name: typed })), typedField),
      trouble,
      el('div', { class: 'buttons' }, el('button', { type: 'button', click: close }, t('common.cancel')), button),
    );

    function enable() {
      button.disabled = typed !== null && typedField.value !== typed;
    }

    async function send(event) {
      event.preventDefault();
      const data = Object.fromEntries(new FormData(form));
      replace(trouble);
      button.disabled = true;
      button.setAttribute('aria-busy', 'true');
      button.textContent = t('change.working');
      try {
        answer = await perform({ ...data, reason: data.reason?.trim() ?? '' });
        replace(form, ending(answer, done, close));
        form.querySelector('button.primary')?.focus();
      } catch (failure) {
        button.textContent = confirm;
        button.removeAttribute('aria-busy');
        enable();
        replace(trouble, errorState(failure), failure instanceof ApiError && failure.evidence && entryLink(failure.evidence));
      }
    }

    enable();
    showReach(reached, reach);
    return form;
  });
  opened.closed.then(() => answer !== null && after?.(answer));
  return opened;
}

async function showReach(place, reach) {
  if (typeof reach !== 'function') {
    replace(place, reach);
    return;
  }
  replace(place, loadingState(2));
  try {
    replace(place, await reach());
  } catch (failure) {
    replace(place, badge('warn', t('change.reachUnknown')), el('p', { class: 'muted' }, failure.message));
  }
}

function ending(answer, done, close) {
  const evidence = answer?.evidence;
  return [
    el('p', {}, badge('good', t('change.done'))),
    done?.(answer),
    evidence && entryLink(evidence),
    el('div', { class: 'buttons' }, el('button', { type: 'button', class: 'primary', click: close }, t('common.close'))),
  ];
}

/** Index of the log entry that a proof leads to. */
export function entryIndex(evidence) {
  return Number(/\nindex ([0-9]+)\n/.exec(evidence?.proof ?? '')?.[1] ?? NaN);
}

/** Where the operation stands in the log, and its seal. */
export function entryLink(evidence) {
  const index = entryIndex(evidence);
  return el(
    'p',
    { class: 'entry' },
    Number.isNaN(index) ? null : link(`/console/log/${index}`, t('change.entry', { index })),
    ' ',
    evidenceSeal(evidence),
  );
}
