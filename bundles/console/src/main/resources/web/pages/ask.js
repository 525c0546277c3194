// A question, its answer, the passages it quotes inside their documents, and its proof, verified here.

import { post, query, request } from '../api.js';
import { download, el, replace } from '../dom.js';
import { joules, millis, score } from '../format.js';
import { t } from '../i18n.js';
import { refusal } from '../permissions.js';
import { action } from '../components/action.js';
import { digest } from '../components/digest.js';
import { link, navigate } from '../components/link.js';
import { badge, errorState, loaded, loadingState } from '../components/states.js';
import { answerSeal } from '../components/seal.js';
import { entryIndex } from '../components/change.js';
import { table } from '../components/table.js';
import { passage } from '../components/passage.js';

export function page({ signal, heading }) {
  const given = new URLSearchParams(location.search);
  const result = el('div', { class: 'result' });
  const question = el('textarea', { id: 'question', name: 'question', rows: 2, maxlength: 4000, required: true, placeholder: t('ask.placeholder') });
  question.value = given.get('q') ?? '';
  const purpose = el('input', { id: 'purpose', name: 'purpose', value: given.get('purpose') ?? 'question-answering', autocomplete: 'off', spellcheck: 'false' });
  const language = el('select', { id: 'language', name: 'language' },
    [['', t('ask.detect')], ['en', t('language.en')], ['zh', t('language.zh')]].map(([value, words]) => el('option', { value, selected: value === given.get('language') }, words)));
  const button = el('button', { type: 'submit', class: 'primary' }, t('ask.submit'));

  async function ask() {
    const body = { question: question.value.trim(), purpose: purpose.value.trim() || undefined, language: language.value || undefined };
    replace(result, loadingState(4));
    button.disabled = true;
    try {
      const { value, text } = await request('POST', '/v1/answers', body, signal);
      replace(result, answerView(value, text, signal));
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        replace(result, errorState(failure, ask));
      }
    }
    button.disabled = false;
  }

  const form = el(
    'form',
    {
      class: 'panel',
      submit: (event) => {
        event.preventDefault();
        // The question is part of the address: reload and back ask again what was asked.
        const to = location.pathname + query({ q: question.value.trim(), purpose: purpose.value === 'question-answering' ? '' : purpose.value, language: language.value });
        if (to === location.pathname + location.search) {
          ask();
        } else {
          navigate(to);
        }
      },
      keydown: (event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          form.requestSubmit();
        }
      },
    },
    el('div', { class: 'field' }, el('label', { for: 'question' }, t('ask.question')), question),
    el('div', { class: 'row' },
      el('div', { class: 'field' }, el('label', { for: 'purpose' }, t('ask.purpose')), purpose),
      el('div', { class: 'field' }, el('label', { for: 'language' }, t('ask.language')), language),
      button),
  );
  heading.textContent = t('page.ask');
  if (question.value) {
    ask();
  } else {
    queueMicrotask(() => question.focus());
  }
  // For another purpose it may be permitted: the reason says for which.
  const unless = refusal('answer');
  return [el('p', { class: 'lead' }, t('ask.lead')), unless && el('p', {}, badge('warn', unless)), form, result];
}

/** An answer with everything that belongs to it. */
export function answerView(answer, text, signal) {
  const seal = answerSeal(text);
  const why = el('div', {});
  return [
    el('section', { class: 'panel answer', 'aria-labelledby': 'answer' },
      el('h2', { id: 'answer' }, t(answer.answer === null ? 'ask.noAnswer' : 'ask.answer')),
      answer.answer === null
        ? el('p', {}, badge('wait', t('ask.unsupported')), ' ', answer.reason)
        : el('p', { class: 'quote', lang: answer.language }, answer.answer),
      el('div', { class: 'meta' }, seal, cost(answer)),
      (answer.masked?.length ?? 0) > 0 && el('p', {}, badge('warn', t('ask.masked', { count: answer.masked.length })))),
    answer.citations.length > 0 &&
      el('section', { 'aria-labelledby': 'citations' },
        el('h2', { id: 'citations' }, t('ask.citations', { count: answer.citations.length })),
        el('ol', { class: 'citations' }, answer.citations.map((citation) => citationView(citation, answer, signal)))),
    el('section', { 'aria-labelledby': 'facts' },
      el('h2', { id: 'facts' }, t('ask.facts')),
      el('dl', { class: 'facts' },
        answer.models.map((model) => [el('dt', {}, t(`ask.role.${model.role}`)), el('dd', {}, link(`/console/models/${model.name}`, `${model.name} ${model.version}`), ' ', digest(model.digest, model.name))]),
        el('dt', {}, t('ask.policy')), el('dd', {}, `${answer.policy.name} ${answer.policy.version}, ${answer.policy.code} `, digest(answer.policy.digest, answer.policy.name)),
        el('dt', {}, t('ask.energy')), el('dd', {}, joules(answer.energy?.joules), answer.energy?.reason && el('span', { class: 'muted' }, ` ${answer.energy.reason}`)),
        el('dt', {}, t('ask.purpose')), el('dd', {}, answer.purpose),
        el('dt', {}, t('ask.entry')), el('dd', {}, link(`/console/log/${entryIndex(answer)}`, String(entryIndex(answer))))),
      el('div', { class: 'buttons start' },
        action('search', { click: () => showWhy(why, answer, signal) }, t('ask.why')),
        el('button', { type: 'button', click: () => download(`answer-${answer.id}.json`, 'application/json', text) }, t('ask.save'))),
      why),
  ];
}

function cost(answer) {
  const parts = [joules(answer.energy?.joules), millis(answer.timings?.total)];
  return el('span', { class: 'muted', title: answer.energy?.method && t(`energy.method.${answer.energy.method}`) }, parts.join(', '));
}

function citationView(citation, answer, signal) {
  const place = el('div', { class: 'in-document' });
  const name = citation.document;
  const button = action('admin.documents.read', {
    class: 'quiet',
    'aria-expanded': 'false',
    click: () => {
      const open = button.getAttribute('aria-expanded') === 'false';
      button.setAttribute('aria-expanded', String(open));
      if (open) {
        passage(place, signal, citation, answer);
      } else {
        replace(place);
      }
    },
  }, t('ask.inDocument'));
  return el('li', {},
    el('blockquote', { lang: answer.language }, citation.text),
    el('div', { class: 'meta' },
      link(`/console/library/${name.split('/').map(encodeURIComponent).join('/')}?start=${citation.start}&end=${citation.end}`, name),
      el('span', { class: 'muted' }, t('ask.place', { start: citation.start, end: citation.end })),
      digest(citation.version, name),
      el('span', { class: 'muted' }, t('ask.score', { score: score(citation.score) })),
      button),
    place);
}

/** The passages that both legs of the retrieval found, and which of them were quoted. */
function showWhy(place, answer, signal) {
  const load = () => post('/v1/search', { query: answer.question, language: answer.language, purpose: answer.purpose, limit: 20 });
  loaded(place, signal, load, (found) => {
    const quoted = (row) => answer.citations.some((citation) => citation.document === row.document && citation.start < row.end && row.start < citation.end);
    return [
      el('p', { class: 'muted' }, t('ask.whyLead')),
      table({
        caption: t('ask.whyCaption'),
        name: 'why',
        sort: 'score desc',
        rows: found.data,
        filter: (row) => `${row.document} ${row.text}`,
        columns: [
          { key: 'document', label: t('library.document'), value: (row) => row.document, cell: (row) => [link(`/console/library/${row.document}?start=${row.start}&end=${row.end}`, row.document), quoted(row) && [' ', badge('good', t('ask.quoted'))]] },
          { key: 'lexical', label: t('ask.lexical'), numeric: true, value: (row) => row.lexical, cell: (row) => score(row.lexical) },
          { key: 'vector', label: t('ask.vector'), numeric: true, value: (row) => row.vector, cell: (row) => score(row.vector) },
          { key: 'score', label: t('ask.fused'), numeric: true, value: (row) => row.score, cell: (row) => score(row.score) },
          { key: 'text', label: t('ask.passage'), cell: (row) => el('span', { class: 'clipped', title: row.text }, row.text) },
        ],
      }),
    ];
  });
}
