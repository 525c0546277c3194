// Charts in plain SVG: one colour for a series, words at the series instead of a legend, bars from zero, a table behind.

import { download, el, svg } from '../dom.js';
import { t } from '../i18n.js';

/** Drawn smaller for a small window, so that its text stays as large as the page's. */
const NARROW = matchMedia('(max-width: 720px)').matches;
const WIDTH = NARROW ? 360 : 640;
const HEIGHT = 200;
const LEFT = NARROW ? 48 : 56;
const BOTTOM = 24;
const TOP = 12;
const RIGHT = NARROW ? 56 : 96;

/** A small line without axes, beside a number that says the value. */
export function spark(values) {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, 1e-9);
  const step = 120 / Math.max(values.length - 1, 1);
  const points = values.map((value, i) => (value === null ? null : `${(i * step).toFixed(1)},${(26 - (value / most) * 24).toFixed(1)}`));
  return svg('svg', { viewBox: '0 0 120 28', class: 'sparkline', preserveAspectRatio: 'none' },
    svg('polyline', { points: points.filter((point) => point !== null).join(' '), class: 'line series-0' }));
}

/**
 * A chart over time with the table behind it.
 *
 * @param title what it shows, with unit and window
 * @param times ISO texts, ascending
 * @param series [{name, values, unit: value => text, bars}]; at most four, all on one scale
 * @param format of a value on the axis and in the table
 */
export function timeChart({ title, times, series, format, file }) {
  const stacked = series.some((each) => each.bars);
  const sums = times.map((_, i) => series.reduce((sum, each) => sum + Math.max(0, each.values[i] ?? 0), 0));
  const most = niceMost(Math.max(...(stacked ? sums : series.flatMap((each) => each.values.map((value) => value ?? 0))), 0));
  const x = (i) => LEFT + ((i + 0.5) * (WIDTH - LEFT - RIGHT)) / times.length;
  const y = (value) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM);
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'chart', role: 'img', 'aria-label': t('chart.label', { title }) });
  for (const share of [0, 0.5, 1]) {
    const value = most * share;
    picture.append(
      svg('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: share === 0 ? 'axis' : 'grid' }),
      svg('text', { x: LEFT - 6, y: y(value) + 4, class: 'tick', 'text-anchor': 'end' }, format(value)),
    );
  }
  timeTicks(times).forEach(([i, label]) =>
    picture.append(svg('text', { x: x(i), y: HEIGHT - 6, class: 'tick', 'text-anchor': i === 0 ? 'start' : 'middle' }, label)));
  const width = Math.max(1, ((WIDTH - LEFT - RIGHT) / times.length) * 0.8);
  const base = times.map(() => 0);
  const labels = [];
  series.forEach((each, n) => {
    if (each.bars) {
      each.values.forEach((value, i) => {
        if (value > 0) {
          const from = base[i];
          base[i] += value;
          picture.append(svg('rect', { x: x(i) - width / 2, y: y(base[i]), width, height: Math.max(0, y(from) - y(base[i])), class: `bar series-${n}` },
            svg('title', {}, `${each.name}: ${format(value)}, ${clock(times[i])}`)));
        }
      });
      labels.push([n, each.name, y(base[times.length - 1] || most * 0.06 * (n + 1))]);
    } else {
      const points = each.values.map((value, i) => (value === null ? null : `${x(i).toFixed(1)},${y(value).toFixed(1)}`)).filter((point) => point !== null);
      picture.append(svg('polyline', { points: points.join(' '), class: `line series-${n}` }));
      labels.push([n, each.name, y(each.values.findLast((value) => value !== null) ?? 0)]);
    }
  });
  spread(labels).forEach(([n, name, at]) => picture.append(svg('text', { x: WIDTH - RIGHT + 8, y: at + 4, class: `label series-${n}` }, name)));
  return el('figure', {}, el('figcaption', {}, title), picture, behind(title, times, series, format, file));
}

/** Labels at the right edge, apart by a line's height. */
function spread(labels) {
  const sorted = [...labels].sort((a, b) => b[2] - a[2]);
  let last = HEIGHT - BOTTOM + 14;
  return sorted.map(([n, name, at]) => {
    last = Math.min(at, last - 14);
    return [n, name, last];
  });
}

function behind(title, times, series, format, file) {
  return el(
    'details',
    { class: 'behind' },
    el('summary', {}, t('chart.table')),
    el('button', { type: 'button', click: () => download(`${file}.csv`, 'text/csv;charset=utf-8', csv(times, series)) }, t('chart.csv')),
    el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      el('table', {},
        el('caption', { class: 'visually-hidden' }, title),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('chart.time')), series.map((each) => el('th', { scope: 'col', class: 'numeric' }, each.name)))),
        el('tbody', {}, [...times].reverse().map((at, back) => {
          const i = times.length - 1 - back;
          return el('tr', {}, el('th', { scope: 'row' }, clock(at)), series.map((each) => el('td', { class: 'numeric' }, each.values[i] === null || each.values[i] === undefined ? '\u2013' : format(each.values[i]))));
        })))),
  );
}

/** RFC 4180; times as ISO texts, values exact. */
export function csv(times, series) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [['time', ...series.map((each) => each.name)], ...times.map((at, i) => [at, ...series.map((each) => each.values[i] ?? '')])];
  return lines.map((line) => line.map((cell) => quoted(String(cell))).join(',')).join('\r\n') + '\r\n';
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

function timeTicks(times) {
  const every = Math.max(1, Math.ceil(times.length / (NARROW ? 3 : 6)));
  return times.map((at, i) => [i, clock(at)]).filter(([i]) => i % every === 0);
}

/** 1, 2 or 5 times a power of ten, at least the value. */
export function niceMost(value) {
  if (!(value > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9));
}
