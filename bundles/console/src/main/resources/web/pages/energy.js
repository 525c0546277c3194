// What the work cost: now, by the minute, by operation.

import { get, query } from '../api.js';
import { el, replace } from '../dom.js';
import { joules, number, watts } from '../format.js';
import { t } from '../i18n.js';
import { watch } from '../live.js';
import { timeChart } from '../components/chart.js';
import { navigate } from '../components/link.js';
import { badge, emptyState, loaded } from '../components/states.js';
import { table } from '../components/table.js';

const RANGES = [60, 360, 1440];
const KEPT = 120;

export function page({ signal, heading }) {
  heading.textContent = t('page.energy');
  const given = Number(new URLSearchParams(location.search).get('minutes'));
  const minutes = RANGES.includes(given) ? given : RANGES[0];
  const lead = el('p', { class: 'lead' }, t('energy.lead'));
  const now = el('div', {});
  const place = el('div', {});
  const times = [];
  const power = [];
  watch(signal, (status) => {
    const { energy } = status;
    lead.textContent = t('energy.sentence', { method: t(`energy.method.${energy?.method}`), joules: joules(energy?.joulesTotal ?? energy?.totalJoules) });
    if (energy?.watts === undefined || energy.watts === null) {
      return;
    }
    times.push(status.time ?? new Date(status.at).toISOString());
    power.push(energy.watts);
    if (times.length > KEPT) {
      times.shift();
      power.shift();
    }
    // A table somebody has open is not taken from under them.
    if (times.length > 1 && !now.querySelector('details[open]')) {
      replace(now, timeChart({ title: t('energy.live', { watts: watts(energy.watts) }), times: [...times], series: [{ name: t('energy.power'), values: [...power] }], format: watts, file: 'candor-power' }));
    }
  });
  const again = loaded(place, signal, () => get(`/admin/energy${query({ minutes })}`, signal), history);
  const timer = setInterval(() => document.hidden || place.querySelector('details[open]') || again(), 60_000);
  signal.addEventListener('abort', () => clearInterval(timer));
  return [
    lead,
    now,
    el('label', { class: 'range' }, t('energy.range'), ' ',
      el('select', { change: (event) => navigate(`/console/energy${query({ minutes: event.target.value })}`) },
        RANGES.map((range) => el('option', { value: range, selected: range === minutes }, t('energy.hours', { hours: range / 60 }))))),
    place,
  ];
}

function history(energy) {
  const { data, totals } = energy;
  const times = data.map((window) => window.time);
  const idle = data.map((window) => window.idleJoules);
  const work = data.map((window) => (window.joules === null ? null : Math.max(0, window.joules - (window.idleJoules ?? 0))));
  return [
    el('p', { class: 'muted' }, badge(energy.method === 'estimate' ? 'wait' : 'good', t(`energy.method.${energy.method}`)), ' ', energy.meter),
    data.length === 0
      ? emptyState(t('energy.none'))
      : timeChart({
          title: t('energy.history'),
          times,
          series: [{ name: t('energy.work'), values: work, bars: true }, { name: t('energy.idle'), values: idle, bars: true }],
          format: joules,
          file: 'candor-energy',
        }),
    el('section', { 'aria-labelledby': 'operations' }, el('h2', { id: 'operations' }, t('energy.operations')), operationTable(data, totals)),
  ];
}

function operationTable(data, totals) {
  const sums = new Map();
  for (const window of data) {
    for (const [operation, sum] of Object.entries(window.operations)) {
      const row = sums.get(operation) ?? { operation, joules: 0, count: 0 };
      row.joules += sum.joules ?? 0;
      row.count += sum.count;
      sums.set(operation, row);
    }
  }
  const all = totals?.operations ?? {};
  for (const operation of Object.keys(all)) {
    sums.has(operation) || sums.set(operation, { operation, joules: 0, count: 0 });
  }
  return table({
    caption: t('energy.operations'),
    sort: 'joules desc',
    rows: [...sums.values()],
    filter: (row) => row.operation,
    empty: emptyState(t('energy.noOperations')),
    columns: [
      { key: 'operation', label: t('policies.operation'), value: (row) => row.operation, cell: (row) => row.operation },
      { key: 'count', label: t('energy.count'), numeric: true, value: (row) => row.count, cell: (row) => number(row.count) },
      { key: 'joules', label: t('energy.inRange'), numeric: true, value: (row) => row.joules, cell: (row) => joules(row.joules) },
      { key: 'each', label: t('energy.each'), numeric: true, value: (row) => (row.count > 0 ? row.joules / row.count : null), cell: (row) => joules(row.count > 0 ? row.joules / row.count : null) },
      { key: 'total', label: t('energy.total'), numeric: true, value: (row) => all[row.operation] ?? null, cell: (row) => joules(all[row.operation]?.joules ?? all[row.operation] ?? null) },
    ],
  });
}
