// Models that write, as they work: how fast, who waits, what the cache holds, what a token costs.

import { el, replace } from '../dom.js';
import { joules, number, percent, tokensPerSecond } from '../format.js';
import { t } from '../i18n.js';
import { watch } from '../live.js';
import { figure, keep } from './figure.js';
import { link } from './link.js';

/**
 * Fills a place with the figures of models that write, and keeps them live.
 *
 * @param name of the only one that is shown, or null
 */
export function generators(signal, name = null) {
  const place = el('div', {});
  const histories = new Map();
  watch(signal, (status) => {
    const shown = (status.generators ?? []).filter((each) => name === null || each.id === name);
    replace(
      place,
      shown.length > 0 &&
        el('section', { 'aria-labelledby': 'generators' },
          el('h2', { id: 'generators' }, t('generators.title')),
          shown.map((generator) => [
            name === null && el('h3', {}, link(`/console/models/${encodeURIComponent(generator.id)}`, `${generator.id} ${generator.version}`)),
            generator.base && el('p', { class: 'muted' }, t('generators.shared', { base: `${generator.base.name} ${generator.base.version}` })),
            figures(generator, historyOf(histories, generator)),
          ])),
    );
  });
  return place;
}

function historyOf(histories, generator) {
  if (!histories.has(generator.digest)) {
    histories.set(generator.digest, { written: [], read: [], waiting: [], used: [] });
  }
  const history = histories.get(generator.digest);
  keep(history.written, generator.completionPerSecond);
  keep(history.read, generator.promptPerSecond);
  keep(history.waiting, generator.waiting);
  keep(history.used, used(generator));
  return history;
}

function used(generator) {
  return generator.blocks > 0 ? (generator.blocks - generator.freeBlocks) / generator.blocks : null;
}

function figures(generator, history) {
  const { promptTokens, cachedTokens, completionTokens, keptBlocks, blocks } = generator;
  return el(
    'dl',
    { class: 'figures generator' },
    figure(t('generators.writes'), tokensPerSecond(generator.completionPerSecond), t('generators.tokens', { count: number(completionTokens) }), history.written),
    figure(t('generators.reads'), tokensPerSecond(generator.promptPerSecond), t('generators.tokens', { count: number(promptTokens) }), history.read),
    figure(t('generators.queue'), number(generator.waiting), t('generators.running', { count: number(generator.running) }), history.waiting),
    figure(t('generators.cache'), used(generator) === null ? null : percent(used(generator)), t('generators.kept', { share: percent(blocks > 0 ? keptBlocks / blocks : 0) }), history.used),
    figure(t('generators.hits'), promptTokens > 0 ? percent(cachedTokens / promptTokens) : '\u2013', t('generators.hitsNote'), []),
    figure(t('generators.energy'), joules(generator.joulesPerToken), t('generators.energyNote'), []),
  );
}
