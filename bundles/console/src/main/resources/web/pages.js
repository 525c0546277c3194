// The pages of the navigation: the key that leads there after g, and the operation that shows them.

export const HOME = '/console/';

export const PAGES = [
  { name: 'overview', key: 'o', operation: null },
  { name: 'ask', key: 'a', operation: 'answer' },
  { name: 'playground', key: 'w', operation: 'generate' },
  { name: 'library', key: 'l', operation: 'admin.documents.list' },
  { name: 'models', key: 'm', operation: 'models.list' },
  { name: 'policies', key: 'p', operation: 'admin.policies.list' },
  { name: 'consent', key: 'c', operation: 'admin.consent.list' },
  { name: 'energy', key: 'e', operation: 'admin.energy.history' },
  { name: 'log', key: 't', operation: null },
  { name: 'access', key: 'k', operation: 'admin.access.list' },
  { name: 'health', key: 'h', operation: 'admin.health.read' },
];

/** Pages that no navigation leads to. */
export const OTHERS = ['account'];

export function pathOf(page) {
  return page === 'overview' ? HOME : HOME + page;
}

/** The page that an address of the console shows; undefined where it is none of the navigation. */
export function pageAt(path) {
  const name = path.slice(HOME.length).split(/[/?#]/)[0] || 'overview';
  return path.startsWith(HOME) ? PAGES.find((page) => page.name === name) : undefined;
}
