// Numbers with units, times with the exact one on hover.

import { el } from './dom.js';
import { language, t } from './i18n.js';

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}

/** Three significant digits, or all digits of a whole number. */
function short(value) {
  return new Intl.NumberFormat(language(), { maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : 3 }).format(value);
}

const nothing = '\u2013';

export function joules(value) {
  if (value === null || value === undefined) {
    return nothing;
  }
  // Shares that were rounded leave a nothing behind, of either sign.
  if (Math.abs(value) < 1e-6) {
    return '0\u00a0J';
  }
  if (Math.abs(value) >= 3.6e6) {
    return `${short(value / 3.6e6)}\u00a0kWh`;
  }
  if (Math.abs(value) >= 10_000) {
    return `${short(value / 1000)}\u00a0kJ`;
  }
  return Math.abs(value) < 0.1 ? `${short(value * 1000)}\u00a0mJ` : `${short(value)}\u00a0J`;
}

export function watts(value) {
  return value === null || value === undefined ? nothing : `${short(value)}\u00a0W`;
}

export function millis(value) {
  if (value === null || value === undefined) {
    return nothing;
  }
  return value >= 10_000 ? `${short(value / 1000)}\u00a0s` : `${short(value)}\u00a0ms`;
}

export function bytes(value) {
  if (value === null || value === undefined) {
    return nothing;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${short(rest)}\u00a0${units[unit]}`;
}

export function perSecond(value) {
  return value === null || value === undefined ? nothing : `${short(value)}\u00a0/s`;
}

export function tokensPerSecond(value) {
  return value === null || value === undefined ? nothing : t('format.tokensPerSecond', { value: short(value) });
}

export function percent(share) {
  return new Intl.NumberFormat(language(), { style: 'percent', maximumSignificantDigits: 3 }).format(share);
}

/** Three digits, so that a column of them stands in line. */
function fixed() {
  return new Intl.NumberFormat(language(), { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}

export function score(value) {
  return value === null || value === undefined ? nothing : fixed().format(value);
}

export function exactTime(iso) {
  return new Date(iso).toLocaleString(language(), { dateStyle: 'long', timeStyle: 'long' });
}

/** Local time; the exact one on hover, and for machines. */
export function time(iso) {
  if (!iso) {
    return nothing;
  }
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const text = at.toLocaleString(language(), today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' });
  return el('time', { datetime: iso, title: `${exactTime(iso)} (${iso})` }, text);
}

/** Items of a list in the language's own way, at most a few of them. */
export function list(items, most = 3) {
  const shown = items.length > most ? [...items.slice(0, most), t('common.more', { count: items.length - most })] : items;
  return new Intl.ListFormat(language(), { type: 'conjunction', style: 'narrow' }).format(shown.map(String));
}
