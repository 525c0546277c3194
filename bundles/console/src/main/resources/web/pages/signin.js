// Sign in. The page that was asked for is shown afterwards: the address stays.

import { signIn } from '../api.js';
import { el, replace } from '../dom.js';
import { t } from '../i18n.js';
import { explain } from '../components/states.js';

export function page({ heading }) {
  heading.textContent = t('signin.title');
  const trouble = el('p', { class: 'reason', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'primary' }, t('signin.submit'));
  const user = el('input', { id: 'user', name: 'user', autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false' });
  const password = el('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const form = el(
    'form',
    {
      class: 'panel narrow',
      submit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        replace(trouble);
        try {
          await signIn(user.value, password.value);
        } catch (failure) {
          button.disabled = false;
          replace(trouble, failure.missingRoute ? t('signin.noSessions') : explain(failure));
          password.select();
        }
      },
    },
    el('p', {}, t('signin.intro')),
    el('div', { class: 'field' }, el('label', { for: 'user' }, t('signin.user')), user),
    el('div', { class: 'field' }, el('label', { for: 'password' }, t('signin.password')), password),
    trouble,
    button,
    el('p', { class: 'hint' }, t('signin.first')),
  );
  queueMicrotask(() => user.focus());
  return form;
}
