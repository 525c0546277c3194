// A model that writes, tried out: a conversation or a text that goes on, token by token, with what it took and its proof.

import { get, stream } from '../api.js';
import { el, replace } from '../dom.js';
import { t } from '../i18n.js';
import { live, watch } from '../live.js';
import { refusal } from '../permissions.js';
import { curl } from '../components/curl.js';
import { openDialog } from '../components/dialog.js';
import { link } from '../components/link.js';
import { announce } from '../components/notice.js';
import { sampling } from '../components/sampling.js';
import { badge, emptyState, errorState, loaded } from '../components/states.js';
import { account, readCompletion, readChat } from '../components/textstream.js';
import { written } from '../components/written.js';

const COMPLETIONS = { path: '/v1/completions', read: readCompletion, probabilities: { logprobs: 5 } };
const CHAT = { path: '/v1/chat/completions', read: readChat, probabilities: { logprobs: true, top_logprobs: 5 } };

export function page({ signal, heading }) {
  heading.textContent = t('page.playground');
  const place = el('div', {});
  let models = live.status?.generators ?? null;
  const show = () => replace(place, models.length > 0 ? workbench(models, signal) : none());
  if (models === null) {
    loaded(place, signal, () => get('/v1/status', signal), (status) => {
      models = status.generators ?? [];
      return models.length > 0 ? workbench(models, signal) : none();
    });
  } else {
    show();
  }
  watch(signal, (status) => {
    // Whoever waits for a model to be there need not load the page anew.
    if (models?.length === 0 && status.generators?.length > 0) {
      models = status.generators;
      show();
    }
  });
  // For another purpose it may be permitted: the reason says for which.
  const unless = refusal('generate');
  return [el('p', { class: 'lead' }, t('playground.lead')), unless && el('p', {}, badge('warn', unless)), place];
}

function none() {
  return emptyState(
    t('playground.none'),
    el('p', {}, t('playground.install'), ' ', el('code', {}, './candor install FOLDER --activate')),
    el('p', {}, link('/console/models', t('page.models'))),
  );
}

function workbench(models, signal) {
  const given = new URLSearchParams(location.search);
  const model = el('select', { id: 'model', name: 'model', change: fit },
    models.map((each) => el('option', { value: each.id, selected: each.id === given.get('model') }, `${each.id} ${each.version}`)));
  const mode = el('select', { id: 'mode', name: 'mode', change: fit },
    ['chat', 'completion'].map((name) => el('option', { value: name, selected: name === given.get('mode') }, t(`playground.mode.${name}`))));
  const modeField = el('div', { class: 'field' }, el('label', { for: 'mode' }, t('playground.mode')), mode);
  const plain = el('p', { class: 'hint' }, t('playground.noTemplate'));
  const system = el('textarea', { id: 'system', name: 'system', rows: 2 });
  const systemField = el('div', { class: 'field' }, el('label', { for: 'system' }, t('playground.system')), system);
  const prompt = el('textarea', { id: 'prompt', name: 'prompt', rows: 3, required: true });
  const promptLabel = el('label', { for: 'prompt' });
  const parameters = sampling(given);
  const send = el('button', { type: 'submit', class: 'primary' });
  const stop = el('button', { type: 'button', class: 'danger', hidden: true, click: () => writing?.abort() }, t('playground.stop'));
  const clear = el('button', { type: 'button', hidden: true, click: forget }, t('playground.clear'));
  const turns = el('div', { class: 'turns' });
  const said = el('span', { class: 'visually-hidden', role: 'status' });
  let writing = null;
  /** The conversation so far; empty for a text that goes on. */
  let messages = [];
  /** What was asked last: {chat, messages or prompt}. */
  let asked = null;

  function chosen() {
    return models.find((each) => each.id === model.value) ?? models[0];
  }

  function chatting() {
    return chosen().chat && mode.value === 'chat';
  }

  /** Shows what the model takes. */
  function fit() {
    const { chat, tokenizer } = chosen();
    modeField.hidden = !chat;
    plain.hidden = chat;
    plain.textContent = t(tokenizer ? 'playground.noTemplate' : 'playground.noTokenizer');
    systemField.hidden = !chatting();
    promptLabel.textContent = t(chatting() ? 'playground.message' : 'playground.prompt');
    prompt.placeholder = chatting() ? '' : t('playground.placeholder');
    send.textContent = t(chatting() ? 'playground.send' : 'playground.write');
    forget();
  }

  function forget() {
    writing?.abort();
    [writing, messages, asked] = [null, [], null];
    busy(false);
    replace(turns);
  }

  /** What the form asks for: a message more, or a text to go on with. */
  function question() {
    if (!chatting()) {
      return { chat: false, prompt: prompt.value };
    }
    const before = messages.length === 0 && system.value.trim() !== '' ? [{ role: 'system', content: system.value.trim() }] : messages;
    return { chat: true, messages: [...before, { role: 'user', content: prompt.value }] };
  }

  /** The request of a question, with the parameters as they stand. */
  function requestOf(what, seed) {
    const form = what.chat ? CHAT : COMPLETIONS;
    const body = { model: chosen().id, ...(what.chat ? { messages: what.messages } : { prompt: what.prompt }), ...parameters.values() };
    if (seed !== undefined) {
      body.seed = seed ?? undefined;
    }
    return { form, body: { ...body, ...form.probabilities, stream: true, stream_options: { include_usage: true } } };
  }

  /** @param seed undefined for the form's, null for one that the server draws */
  async function write(what, seed) {
    const { form, body } = requestOf(what, seed);
    const turn = turnOf(what);
    asked = what;
    messages = what.chat ? what.messages : [];
    what.chat ? turns.append(turn.node) : replace(turns, turn.node);
    turn.node.scrollIntoView({ block: 'nearest' });
    const mine = new AbortController();
    writing = mine;
    busy(true);
    said.textContent = t('playground.writing');
    const progress = account(body, what);
    let after = what.chat ? what.messages.slice(0, -1) : [];
    try {
      await stream(form.path, body, mine.signal, (chunk) => {
        progress.take(chunk, form.read(chunk, turn.text));
        turn.line.textContent = progress.now();
      });
      turn.end(progress.end(turn.text.text()), progress.seed());
      said.textContent = t('playground.written', { tokens: progress.tokens() });
      after = answered(what, turn);
    } catch (failure) {
      if (failure.name === 'AbortError') {
        turn.end(el('p', {}, badge('wait', t('playground.stopped')), ' ', el('span', { class: 'muted' }, t('playground.stoppedWhy'))), null);
        after = answered(what, turn);
      } else {
        turn.end(errorState(failure, () => again(undefined)), null);
      }
      said.textContent = '';
    }
    if (writing === mine) {
      [writing, messages] = [null, after];
      busy(false);
    }
  }

  /** The conversation with what was written; a text that goes on is none. */
  function answered(what, turn) {
    return what.chat ? [...what.messages, { role: 'assistant', content: turn.text.text() }] : [];
  }

  function busy(now) {
    const focused = document.activeElement === stop;
    send.disabled = now || !chosen().tokenizer;
    stop.hidden = !now;
    clear.hidden = now || !chatting() || messages.length === 0;
    turns.setAttribute('aria-busy', String(now));
    now || turns.removeAttribute('aria-busy');
    focused && prompt.focus();
  }

  /** Writes the last text anew in the place of what is there. */
  function again(seed) {
    turns.lastElementChild?.remove();
    write(asked, seed);
  }

  /** A place for one text: what was asked, the text, its progress, what it took. */
  function turnOf(what) {
    const text = written(t('playground.text'));
    const line = el('p', { class: 'muted', 'aria-hidden': 'true' }, t('playground.writing'));
    const end = el('div', { class: 'turn-end' });
    const node = el('article', { class: 'panel turn', 'aria-label': t('playground.text') },
      el('p', { class: 'asked' }, el('span', { class: 'muted' }, t(what.chat ? 'playground.you' : 'playground.given')), ' ', what.chat ? what.messages.at(-1).content : what.prompt),
      text.node, line, end);
    return {
      node,
      text,
      line,
      end(shown, seed) {
        line.remove();
        turns.querySelectorAll('.regenerate').forEach((old) => old.remove());
        replace(end, shown, el('div', { class: 'buttons start regenerate' },
          seed !== null && el('button', { type: 'button', click: () => again(seed) }, t('playground.sameSeed', { seed: String(seed) })),
          el('button', { type: 'button', click: () => again(null) }, t('playground.newSeed'))));
      },
    };
  }

  async function copy() {
    const what = prompt.value === '' && asked !== null ? asked : question();
    const { form, body } = requestOf(what, undefined);
    const command = curl(form.path, body);
    try {
      await navigator.clipboard.writeText(command);
      announce(t('playground.copied'));
    } catch {
      openDialog(t('playground.curl'), el('pre', { class: 'text', tabindex: '0' }, command), { wide: true });
    }
  }

  function submit(event) {
    event.preventDefault();
    if (writing !== null) {
      return;
    }
    history.replaceState(null, '', location.pathname + parameters.address({ model: model.value, mode: chosen().chat && mode.value !== 'chat' ? mode.value : '' }));
    const what = question();
    if (what.chat) {
      prompt.value = '';
    }
    write(what, undefined);
  }

  const form = el('form', {
    class: 'panel',
    submit,
    keydown: (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit();
      } else if (event.key === 'Escape') {
        writing?.abort();
      }
    },
  },
  el('div', { class: 'field' },
    el('div', { class: 'row' }, el('div', { class: 'field' }, el('label', { for: 'model' }, t('playground.model')), model), modeField),
    plain),
  systemField,
  el('div', { class: 'field prompt' }, promptLabel, prompt, el('p', { class: 'hint' }, t('playground.keys'))),
  parameters.node,
  el('div', { class: 'buttons start' }, send, stop, clear, el('button', { type: 'button', click: copy }, t('playground.curl'))),
  said);
  signal.addEventListener('abort', () => writing?.abort());
  fit();
  queueMicrotask(() => prompt.focus({ preventScroll: true }));
  return [form, el('section', { 'aria-labelledby': 'texts' }, el('h2', { id: 'texts', class: 'visually-hidden' }, t('playground.texts')), turns)];
}
