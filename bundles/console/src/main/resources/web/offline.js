// The verifier that an auditor saves: one file, no network, the console's own modules.

import { el, replace } from './dom.js';
import { t, useWords } from './i18n.js';
import { dropField } from './components/drop.js';
import { badge } from './components/states.js';
import { verdict } from './components/steps.js';
import english from './lang/en.js';
import chinese from './lang/zh.js';
import { verifyText } from './proof/answer.js';
import { GivenKey } from './proof/given.js';

const DICTIONARIES = { en: english, zh: chinese };
const place = document.getElementById('verifier');
const given = new GivenKey(location.hash);

function show(code) {
  useWords(code, DICTIONARIES[code]);
  document.title = t('offline.title');
  const result = el('div', { role: 'status', class: 'verdict' });
  const key = el('input', { id: 'key', autocomplete: 'off', spellcheck: 'false', placeholder: 'candor.example/log+01234567+A...', value: given.text });
  const confirmed = el('input', { id: 'confirmed', type: 'checkbox', checked: given.confirmed, change: () => given.confirm(confirmed.checked) });
  const linked = el('div', { hidden: !given.fromLink },
    el('p', {}, badge('warn', t('offline.keyFromLink'))),
    el('p', {}, confirmed, ' ', el('label', { for: 'confirmed' }, t('offline.keyConfirmed'))));
  key.addEventListener('input', () => {
    given.write(key.value);
    linked.hidden = true;
  });
  const check = async (text) => {
    if (key.value.trim() === '') {
      replace(result, badge('warn', t('offline.needKey')));
      key.focus();
      return;
    }
    if (!given.confirmed) {
      replace(result, badge('warn', t('offline.confirmKey')));
      confirmed.focus();
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
      el('div', { class: 'field' }, el('label', { for: 'key' }, t('offline.key')), key, el('p', { class: 'hint' }, t('offline.keyHint')), linked),
      dropField(check)),
    result,
  );
}

show(navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');
