// Who is signed in, and a new password.

import { changePassword, signOut, who } from '../api.js';
import { el, replace } from '../dom.js';
import { list } from '../format.js';
import { t } from '../i18n.js';
import { announce } from '../components/notice.js';
import { explain } from '../components/states.js';

const LEAST = 12;

export function page({ heading }) {
  const session = who();
  heading.textContent = session.mustChangePassword ? t('account.mustTitle') : t('page.account');
  const trouble = el('p', { class: 'reason', role: 'alert' });
  const field = (name, autocomplete) =>
    el('input', { id: name, name, type: 'password', autocomplete, required: true, minlength: name === 'old' ? null : LEAST });
  const old = field('old', 'current-password');
  const fresh = field('fresh', 'new-password');
  const again = field('again', 'new-password');
  const button = el('button', { type: 'submit', class: 'primary' }, t('account.change'));
  return [
    el('p', { class: 'lead' }, session.mustChangePassword ? t('account.mustWhy') : t('account.lead', { user: session.user, tenant: session.tenant, roles: list(session.roles, 6) })),
    el(
      'form',
      {
        class: 'panel narrow',
        submit: async (event) => {
          event.preventDefault();
          replace(trouble);
          if (fresh.value !== again.value) {
            replace(trouble, t('account.differ'));
            again.focus();
            return;
          }
          button.disabled = true;
          try {
            await changePassword(old.value, fresh.value);
            event.target.reset();
            announce(t('account.changed'));
          } catch (failure) {
            replace(trouble, explain(failure));
          }
          button.disabled = false;
        },
      },
      el('h2', {}, t('account.password')),
      el('div', { class: 'field' }, el('label', { for: 'old' }, t('account.old')), old),
      el('div', { class: 'field' }, el('label', { for: 'fresh' }, t('account.fresh', { least: LEAST })), fresh),
      el('div', { class: 'field' }, el('label', { for: 'again' }, t('account.again')), again),
      trouble,
      button,
      el('p', { class: 'hint' }, t('account.ends')),
    ),
    el('p', {}, el('button', { type: 'button', click: signOut }, t('frame.signOut'))),
  ];
}
