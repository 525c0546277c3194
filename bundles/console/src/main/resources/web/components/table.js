// A table with a filter, sorting and pages. Filter and sorting are kept in the page's address: reload and back keep the place.

import { el, replace, uniqueId } from '../dom.js';
import { number } from '../format.js';
import { language, t } from '../i18n.js';
import { icon } from './icon.js';
import { emptyState } from './states.js';

/** Rows at once; fewer where each is a card. */
const PAGE = matchMedia('(max-width: 720px)').matches ? 15 : 50;

/**
 * @param caption what the list is, for those who cannot see it
 * @param columns those left out are null or false: [{key, label, value: row => what to sort by, cell: row => nodes, numeric}]; the first names the row
 * @param rows any objects
 * @param empty nodes for a list without rows
 * @param filter row => text that is searched; left out, there is no filter
 * @param tools more nodes beside the filter
 * @param name keeps two tables of one page apart in its address
 */
export function table({ caption, columns: all, rows, empty, filter, tools: offered = [], name = '', sort = null, selected = null }) {
  const columns = all.filter((column) => column);
  const tools = offered.filter((tool) => tool);
  if (rows.length === 0) {
    return el('div', { class: 'list' }, tools.length > 0 && el('div', { class: 'tools' }, tools), empty ?? emptyState(t('table.empty')));
  }
  const state = readState(name, sort);
  const body = el('tbody', { role: 'rowgroup' });
  const count = el('span', { class: 'muted', role: 'status' });
  const more = el('div', { class: 'more' });
  const heads = columns.map((column) => head(column));
  let shown = PAGE;

  function head(column) {
    const label = el('span', {}, column.label);
    const cell = el('th', { scope: 'col', role: 'columnheader', class: column.numeric ? 'numeric' : null });
    if (column.value) {
      cell.append(el('button', { type: 'button', class: 'sort', click: () => sortBy(column.key) }, label, el('span', { class: 'direction' })));
    } else {
      cell.append(label);
    }
    return cell;
  }

  function sortBy(key) {
    state.descending = state.key === key ? !state.descending : false;
    state.key = key;
    writeState(name, state, sort);
    show();
  }

  function show() {
    const matching = filter && state.text ? rows.filter((row) => matches(filter(row), state.text)) : rows;
    const column = columns.find((candidate) => candidate.key === state.key);
    const sorted = column?.value ? [...matching].sort((a, b) => compare(column.value(a), column.value(b))) : [...matching];
    if (column?.value && state.descending) {
      sorted.reverse();
    }
    columns.forEach((each, i) => {
      const active = each === column;
      heads[i].setAttribute('aria-sort', active ? (state.descending ? 'descending' : 'ascending') : 'none');
      const direction = heads[i].querySelector('.direction');
      direction && replace(direction, active && icon(state.descending ? 'down' : 'up'));
    });
    replace(body, sorted.slice(0, shown).map(line));
    count.textContent = matching.length === rows.length
      ? t('table.count', { count: rows.length })
      : t('table.matching', { count: matching.length, all: rows.length });
    replace(
      more,
      sorted.length === 0 && emptyState(t('table.noMatch', { text: state.text })),
      sorted.length > shown &&
        el('button', { type: 'button', click: () => { shown += PAGE; show(); } }, t('table.more', { count: number(sorted.length - shown) })),
    );
  }

  function line(row) {
    return el(
      'tr',
      { role: 'row', 'aria-current': selected?.(row) ? 'true' : null },
      columns.map((column, i) =>
        el(
          i === 0 ? 'th' : 'td',
          { scope: i === 0 ? 'row' : null, role: i === 0 ? 'rowheader' : 'cell', class: column.numeric ? 'numeric' : null, 'data-label': column.label },
          // One box: where a row is a card, all of it stands beside the label.
          el('div', {}, column.cell(row)),
        ),
      ),
    );
  }

  const id = uniqueId('filter');
  const field = filter && el('input', {
    id,
    type: 'search',
    class: 'filter',
    placeholder: t('table.filter'),
    value: state.text,
    autocomplete: 'off',
    input: (event) => {
      state.text = event.target.value;
      writeState(name, state, sort);
      shown = PAGE;
      show();
    },
  });
  show();
  return el(
    'div',
    { class: 'list' },
    el('div', { class: 'tools' }, filter && el('label', { class: 'visually-hidden', for: id }, t('table.filterIn', { caption })), field, count, tools),
    el(
      'table',
      { role: 'table' },
      el('caption', { class: 'visually-hidden' }, caption),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads)),
      body,
    ),
    more,
  );
}

function matches(text, wanted) {
  const folded = text.toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((word) => folded.includes(word));
}

function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  if (a === null || a === undefined || b === null || b === undefined) {
    return (a === null || a === undefined ? 1 : 0) - (b === null || b === undefined ? 1 : 0);
  }
  return String(a).localeCompare(String(b), language(), { numeric: true });
}

function readState(name, sort) {
  const values = new URLSearchParams(location.search);
  const [key, direction] = (values.get(`${name}sort`) ?? sort ?? '').split(' ');
  return { text: values.get(`${name}filter`) ?? '', key, descending: direction === 'desc' };
}

function writeState(name, state, sort) {
  const values = new URLSearchParams(location.search);
  const sorting = state.key ? state.key + (state.descending ? ' desc' : '') : '';
  set(values, `${name}filter`, state.text);
  set(values, `${name}sort`, sorting === sort ? '' : sorting);
  const rest = values.toString();
  history.replaceState(null, '', location.pathname + (rest && `?${rest}`));
}

function set(values, key, value) {
  if (value) {
    values.set(key, value);
  } else {
    values.delete(key);
  }
}
