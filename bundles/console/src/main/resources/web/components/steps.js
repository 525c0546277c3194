// What a verification found: the verdict in one line, every step with what it took below.

import { el } from '../dom.js';
import { list } from '../format.js';
import { t } from '../i18n.js';
import { badge } from './states.js';

/** The verdict in one line, the steps below. */
export function verdict(report) {
  return [
    el('p', {}, report.ok ? badge('good', t('seal.verified', { index: report.index, size: report.size })) : badge('bad', t('seal.failed'))),
    report.unchecked.length > 0 && el('p', {}, badge('warn', t('seal.around', { members: list(report.unchecked, 12) }))),
    el('p', { class: 'muted' }, t(report.ok ? 'seal.meaningGood' : 'seal.meaningBad')),
    stepsView(report),
  ];
}

/** Every step with what it took, open where it failed. */
export function stepsView(report) {
  return el(
    'ol',
    { class: 'steps' },
    report.steps.map((step) =>
      el(
        'li',
        {},
        el(
          'details',
          { open: !step.ok },
          el('summary', {}, badge(step.ok ? 'good' : 'bad', t(`proof.${step.id}`))),
          el('p', { class: 'muted' }, t(`proof.${step.id}.how`)),
          step.reason && el('p', { class: 'reason' }, step.reason),
          el('dl', { class: 'inputs' }, step.inputs.map(([name, value]) => [el('dt', {}, name), el('dd', {}, el('pre', { tabindex: '0', 'aria-label': name }, value))])),
        ),
      ),
    ),
  );
}
