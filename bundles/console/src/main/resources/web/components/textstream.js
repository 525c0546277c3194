// The events of a text that is streamed: what is new in each, and what the text took when it has ended.

import { el } from '../dom.js';
import { joules, millis, number, tokensPerSecond } from '../format.js';
import { t } from '../i18n.js';
import { entryIndex } from './change.js';
import { digest } from './digest.js';
import { link } from './link.js';
import { PURPOSE } from './sampling.js';
import { textSeal } from './seal.js';
import { badge } from './states.js';

/** Adds what a chunk of a completion says to a text; gives the number of tokens. */
export function readCompletion(chunk, text) {
  const choice = chunk.choices?.[0];
  const told = choice?.logprobs;
  const tokens = (told?.tokens ?? []).map((token, i) => ({
    text: token,
    logprob: told.token_logprobs[i],
    top: Object.entries(told.top_logprobs[i]).map(([other, logprob]) => ({ text: other, logprob })).sort((a, b) => b.logprob - a.logprob),
  }));
  choice && text.add(choice.text ?? '', tokens);
  return tokens.length;
}

/** The same for a chunk of a conversation. */
export function readChat(chunk, text) {
  const choice = chunk.choices?.[0];
  const tokens = (choice?.logprobs?.content ?? []).map((token) => ({
    text: token.token,
    logprob: token.logprob,
    top: token.top_logprobs.map((other) => ({ text: other.token, logprob: other.logprob })),
  }));
  choice && text.add(choice.delta?.content ?? '', tokens);
  return tokens.length;
}

/**
 * Counts while a text is written, and tells how it came about.
 *
 * @param body of the request
 * @param what was asked: {chat, messages or prompt}
 */
export function account(body, what) {
  const begun = performance.now();
  let first = null;
  let last = begun;
  let count = 0;
  let usage = null;
  let candor = null;
  let finish = null;

  function speed(tokens) {
    return last > begun ? tokensPerSecond((tokens * 1000) / (last - begun)) : null;
  }

  /** The operation as it was committed to. Clients are told "length" where time was over, too: the log is more exact. */
  function evidences(text) {
    const { prompt_tokens, completion_tokens, prompt_tokens_details: details, energy } = usage;
    const finishes = finish === 'length' ? ['length', 'deadline'] : [finish];
    return finishes.map((reason) => ({
      ...candor,
      energy,
      purpose: body.purpose ?? PURPOSE,
      prompts: [what.chat ? { messages: what.messages } : what.prompt],
      continuations: [{ text, finish: reason }],
      usage: { prompt_tokens, cached_tokens: details.cached_tokens, completion_tokens },
    }));
  }

  return {
    /** @param tokens that the chunk told of */
    take(chunk, tokens) {
      if (tokens > 0 || chunk.choices?.[0]?.text || chunk.choices?.[0]?.delta?.content) {
        last = performance.now();
        first ??= last;
      }
      count += tokens;
      usage = chunk.usage ?? usage;
      candor = chunk.candor ?? candor;
      finish = chunk.choices?.[0]?.finish_reason ?? finish;
    },
    now: () => (count > 0 ? [t('playground.tokens', { count: number(count) }), speed(count)].filter((part) => part).join(', ') : t('playground.writing')),
    tokens: () => usage?.completion_tokens ?? count,
    seed: () => candor?.seed ?? null,
    /** Nodes that say how it came about. */
    end(text) {
      const tokens = usage.completion_tokens;
      const used = usage.energy?.joules ?? null;
      return [
        el('div', { class: 'meta' },
          textSeal(evidences(text)),
          el('span', { class: 'muted speed' }, [
            t('playground.tokens', { count: number(tokens) }), speed(tokens),
            first !== null && t('playground.first', { time: millis(first - begun) }),
            joules(used), used !== null && tokens > 0 && t('playground.each', { joules: joules(used / tokens) }),
          ].filter((part) => part).join(', '))),
        (candor.masked?.length ?? 0) > 0 && el('p', {}, badge('warn', t('ask.masked', { count: candor.masked.length }))),
        el('details', { class: 'behind' }, el('summary', {}, t('ask.facts')),
          el('dl', { class: 'facts' },
            el('dt', {}, t('playground.model')), el('dd', {}, link(`/console/models/${encodeURIComponent(candor.model.name)}`, `${candor.model.name} ${candor.model.version}`), ' ', digest(candor.model.digest, candor.model.name)),
            candor.base && [el('dt', {}, t('models.base')), el('dd', {}, link(`/console/models/${encodeURIComponent(candor.base.name)}`, `${candor.base.name} ${candor.base.version}`), ' ', digest(candor.base.digest, candor.base.name))],
            el('dt', {}, t('playground.parameter.seed')), el('dd', {}, String(candor.seed)),
            el('dt', {}, t('playground.ended')), el('dd', {}, t(`playground.finish.${finish}`)),
            el('dt', {}, t('playground.promptTokens')), el('dd', {}, t('playground.cached', { count: number(usage.prompt_tokens), cached: number(usage.prompt_tokens_details.cached_tokens) })),
            el('dt', {}, t('ask.energy')), el('dd', {}, joules(used), usage.energy?.reason && el('span', { class: 'muted' }, ` ${usage.energy.reason}`)),
            el('dt', {}, t('ask.policy')), el('dd', {}, `${candor.policy.name} ${candor.policy.version}, ${candor.policy.code} `, digest(candor.policy.digest, candor.policy.name)),
            el('dt', {}, t('ask.entry')), el('dd', {}, link(`/console/log/${entryIndex(candor)}`, String(entryIndex(candor)))))),
      ];
    },
  };
}
