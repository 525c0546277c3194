// A text as a model writes it: each piece as it comes, with what else the model could have written there. The pointer shows
// it, and so do the arrow keys.

import { el, replace, uniqueId } from '../dom.js';
import { number, percent } from '../format.js';
import { t } from '../i18n.js';

/** Least probability of a token that is shown as it is, and of one that is shown as open; below it is rare. */
const USUAL = 0.5;
const OPEN = 0.1;
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * @param label what the text is, for those who cannot see it
 * @return node, add(text, tokens) for each piece, text() for all of it
 */
export function written(label) {
  const hint = uniqueId('tokens');
  const pieces = [];
  /** Tokens whose text is not whole yet. */
  let held = [];
  let at = -1;
  const details = el('div', { class: 'token-details', role: 'status', hidden: true });
  const body = el('div', { class: 'written', role: 'group', 'aria-label': label });
  const help = el('p', { class: 'hint', id: hint, hidden: true }, t('playground.tokensHint'));

  body.addEventListener('pointerover', (event) => show(event.target.closest('.token')));
  body.addEventListener('click', (event) => show(event.target.closest('.token')));
  body.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    const told = body.querySelectorAll('.token');
    if (step !== undefined && told.length > 0) {
      event.preventDefault();
      show(told[Math.max(0, Math.min(told.length - 1, at + step))]);
    }
  });

  function show(token) {
    if (!token) {
      return;
    }
    body.querySelector('.token[data-shown]')?.removeAttribute('data-shown');
    token.dataset.shown = '';
    at = [...body.querySelectorAll('.token')].indexOf(token);
    details.hidden = false;
    replace(details, pieces[Number(token.dataset.piece)].tokens.map(alternatives));
  }

  /** @param tokens [{text, logprob, top: [{text, logprob}]}] that were taken since the piece before */
  function add(text, tokens) {
    held.push(...tokens);
    if (text === '') {
      return;
    }
    const piece = { text, tokens: held };
    held = [];
    pieces.push(piece);
    if (piece.tokens.length === 0) {
      body.append(text);
      return;
    }
    help.hidden = false;
    body.tabIndex = 0;
    body.setAttribute('aria-describedby', hint);
    body.append(el('span', { class: `token ${likelihood(piece.tokens)}`, 'data-piece': pieces.length - 1 }, text));
  }

  return { node: el('div', {}, body, help, details), add, text: () => pieces.map((piece) => piece.text).join('') };
}

function likelihood(tokens) {
  const least = Math.exp(Math.min(...tokens.map((token) => token.logprob)));
  return least >= USUAL ? 'usual' : least >= OPEN ? 'open' : 'rare';
}

/** The token that was taken, and the likeliest ones at its place. */
function alternatives(token) {
  const others = token.top.some((other) => other.text === token.text) ? token.top : [token, ...token.top];
  return el('table', { class: 'alternatives' },
    el('caption', {}, t('playground.tokenCaption', { token: visible(token.text) })),
    el('thead', {}, el('tr', {}, ['token', 'probability', 'logprob'].map((name) => el('th', { scope: 'col', class: name === 'token' ? null : 'numeric' }, t(`playground.column.${name}`))))),
    el('tbody', {}, others.map((other) =>
      el('tr', { 'aria-current': other.text === token.text ? 'true' : null },
        el('th', { scope: 'row' }, el('code', {}, visible(other.text)), other.text === token.text && el('span', { class: 'muted' }, ` ${t('playground.taken')}`)),
        el('td', { class: 'numeric' }, percent(Math.exp(other.logprob))),
        el('td', { class: 'numeric' }, number(other.logprob, 3))))));
}

/** White space as signs, so that it is seen. */
function visible(text) {
  return text === '' ? '\u2205' : text.replaceAll('\n', '\u21b5').replaceAll('\t', '\u21e5').replaceAll(' ', '\u00b7');
}
