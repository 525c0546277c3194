// One dictionary a language; the other one is never loaded.

const LANGUAGES = ['en', 'zh'];
let words = {};
let current = 'en';

export function language() {
  return current;
}

export function languages() {
  return LANGUAGES;
}

/** What the operator chose last, else what the browser prefers. */
export function preferredLanguage() {
  const chosen = localStorage.getItem('candor.language');
  if (LANGUAGES.includes(chosen)) {
    return chosen;
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export async function setLanguage(code) {
  useWords(code, (await import(`/console/lang/${code}.js`)).default);
  localStorage.setItem('candor.language', code);
}

/** Takes a dictionary that is there already. */
export function useWords(code, dictionary) {
  words = dictionary;
  current = code;
  document.documentElement.lang = code === 'zh' ? 'zh-Hans' : 'en';
}

/** The words of a key. Values stand in braces: "{count} documents". A dictionary may hold functions where words change. */
export function t(key, values = {}) {
  const found = words[key];
  if (found === undefined) {
    return key;
  }
  return typeof found === 'function' ? found(values) : found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Whether there are words for a key. */
export function has(key) {
  return words[key] !== undefined;
}
