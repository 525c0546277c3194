// A few line icons, 16 by 16. They stand beside words, never instead of them.

import { svg } from '../dom.js';

const PATHS = {
  overview: 'M2 13V9m4 4V3m4 10V7m4 6V5',
  ask: 'M2 3h12v8H8l-3 3v-3H2z',
  playground: 'M2.500 13.500h11M3.500 10.500 10.500 3.500l2 2-7 7-2.500.500z',
  library: 'M3 2h7l3 3v9H3zM10 2v3h3M5.5 8h5M5.5 11h5',
  models: 'M8 1.5 14 5v6l-6 3.5L2 11V5zM2 5l6 3.5L14 5M8 8.5v6',
  policies: 'M8 1.5 13.5 4v4c0 3.5-2.5 5.5-5.5 6.5C5 13.5 2.5 11.5 2.5 8V4zM5.5 8l2 2 3-3.5',
  consent: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-3 2.8-4.5 5.5-4.5s5 1.5 5.5 4.5',
  energy: 'M9 1.5 3.5 9H8l-1 5.5L12.500 7H8z',
  log: 'M3 3h2v2H3zM3 7h2v2H3zM3 11h2v2H3zM7 4h6M7 8h6M7 12h6',
  access: 'M5.500 10.500a3 3 0 1 1 0-6 3 3 0 0 1 0 6zM8.500 7.500H14v3M11.500 7.500v2',
  health: 'M1.500 8h3l2-5 3 10 2-5h3',
  menu: 'M2 4h12M2 8h12M2 12h12',
  good: 'M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM5 8.200 7.200 10.400 11 6',
  warn: 'M8 2 14.500 13.500h-13zM8 6.500v3.500M8 11.800v.4',
  bad: 'M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300l-3.800-3.800V5.300zM5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600',
  wait: 'M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM8 4.500V8l2.500 1.500',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  copy: 'M6 5h7v9H6zM3 11V2h7v1',
  theme: 'M8 2a6 6 0 1 0 6 6 4.500 4.500 0 0 1-6-6z',
  user: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.500 14c.5-3 2.800-4.500 5.500-4.500s5 1.500 5.500 4.500',
};

export function icon(name) {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: PATHS[name], fill: 'none', stroke: 'currentColor', 'stroke-width': 1.4, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }),
  );
}
