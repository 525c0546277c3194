// The verifier that an auditor saves: one file, no network, the console's own modules.

import { el, replace } from './dom.js';
import { t, useWords } from './i18n.js';
import { dropField } from './components/drop.js';
import { badge } from './components/states.js';
import { verdict } from './components/steps.js';
import english from './lang/en.js';
import chinese from './lang/zh.js';
import { verifyText } from './proof/answer.js';

const DICTIONARIES = { en: english, zh: chinese };
const place = document.getElementById('verifier');

function show(code) {
  useWords(code, DICTIONARIES[code]);
  document.title = t('offline.title');
  const result = el('div', { role: 'status', class: 'verdict' });
  const key = el('input', { id: 'key', autocomplete: 'off', spellcheck: 'false', placeholder: 'candor.example/log+01234567+A...', value: decodeURIComponent(location.hash.slice(1)) });
  const check = async (text) => {
    if (key.value.trim() === '') {
      replace(result, badge('warn', t('offline.needKey')));
      key.focus();
      return;
    }
    replace(result, verdict(await verifyText(text, key.value)));
  };
  replace(
    place,
    el('p', {}, Object.keys(DICTIONARIES).map((other) => [other !== code && el('button', { type: 'button', class: 'quiet', click: () => show(other) }, t(`language.${other}`))])),
    el('h1', {}, t('offline.title')),
    el('p', { class: 'lead' }, t('offline.lead')),
    el('div', { class: 'panel' },
      el('div', { class: 'field' }, el('label', { for: 'key' }, t('offline.key')), key, el('p', { class: 'hint' }, t('offline.keyHint'))),
      dropField(check)),
    result,
  );
}

show(navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
