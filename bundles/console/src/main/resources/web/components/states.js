// What a place shows while it waits, when there is nothing, and when something went wrong; badges of a state.

import { el, replace } from '../dom.js';
import { has, language, t } from '../i18n.js';
import { icon } from './icon.js';

/** A state as shape, word and colour: good, warn, bad or wait. */
export function badge(kind, text) {
  return el('span', { class: `badge ${kind}` }, icon(kind), el('span', {}, text));
}

/** What went wrong and what to do, in the operator's words. */
export function explain(failure) {
  if (failure.status === undefined) {
    return failure.message;
  }
  if (failure.status === 0) {
    return t('error.unreachable');
  }
  if (failure.missingRoute) {
    return t('error.missingRoute');
  }
  const message = failure.evidence?.policy?.messages?.[language()] ?? failure.message;
  return failure.code === 'role-missing' ? t('error.denied', { message }) : message;
}

export function errorState(failure, again) {
  const noted = failure.code === 'second-person-needed';
  return el(
    'div',
    { class: failure.missingRoute || noted ? 'state error absent' : 'state error', role: 'alert' },
    badge(failure.missingRoute || noted ? 'wait' : 'bad', t(failure.missingRoute ? 'error.notHere' : noted ? 'error.noted' : 'error.title')),
    el('p', {}, explain(failure)),
    failure.requestId && failure.status >= 500 && el('p', { class: 'muted' }, t('error.request', { id: failure.requestId })),
    again && !failure.missingRoute && el('button', { type: 'button', click: again }, t('common.again')),
  );
}

export function emptyState(text, ...more) {
  return el('div', { class: 'state empty' }, el('p', {}, text), ...more);
}

/** As high as what comes, so that nothing jumps. */
export function loadingState(rows = 5) {
  return el(
    'div',
    { class: 'state loading', role: 'status' },
    el('span', { class: 'visually-hidden' }, t('common.loading')),
    Array.from({ length: rows }, () => el('div', { class: 'skeleton', 'aria-hidden': 'true' })),
  );
}

/**
 * Fills a place with what comes, its loading and its error state. Calling the returned function loads again, and keeps
 * what is there until the new is.
 *
 * @param signal that ends with the page
 * @param load promises a value
 * @param show gives the nodes of a value
 */
export function loaded(place, signal, load, show, rows = 5) {
  let filled = false;
  const again = async () => {
    if (!filled) {
      replace(place, loadingState(rows));
    }
    place.setAttribute('aria-busy', 'true');
    try {
      const value = await load();
      if (!signal.aborted) {
        const typing = place.querySelector('.filter:focus');
        replace(place, show(value, again));
        typing && goOn(typing, place.querySelector('.filter'));
        filled = true;
      }
    } catch (failure) {
      if (!signal.aborted && failure.name !== 'AbortError') {
        filled = false;
        replace(place, errorState(failure, again));
      }
    }
    place.removeAttribute('aria-busy');
  };
  again();
  return again;
}

/** Whoever types into a filter types on in the one that takes its place. */
function goOn(before, field) {
  if (field) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(before.selectionStart, before.selectionEnd);
  }
}

const KINDS = {
  active: 'good', permit: 'good', granted: 'good', idle: 'good', satisfied: 'good', passed: 'good', ready: 'good',
  failed: 'bad', deny: 'bad', erased: 'bad', invalid: 'bad',
  withdrawn: 'warn', draining: 'warn', unsatisfied: 'warn', expired: 'warn', stopping: 'warn',
};

/** A state the server names, in words where we have them. */
export function stateBadge(state) {
  const name = String(state).toLowerCase().replaceAll(/[ -]/g, '_');
  return badge(KINDS[name] ?? 'wait', has(`state.${name}`) ? t(`state.${name}`) : String(state));
}
