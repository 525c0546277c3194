// Who may come in: users of the console and keys of programs, with their roles.

import { get, post, request, who } from '../api.js';
import { el, uniqueId } from '../dom.js';
import { list, time } from '../format.js';
import { t } from '../i18n.js';
import { action, actions } from '../components/action.js';
import { openChange } from '../components/change.js';
import { copyable } from '../components/digest.js';
import { ROLES, chosenRoles, roleField } from '../components/roles.js';
import { badge, emptyState, loaded } from '../components/states.js';
import { table } from '../components/table.js';

export function page({ signal, heading }) {
  heading.textContent = t('page.access');
  const users = el('div', {});
  const keys = el('div', {});
  const usersAgain = loaded(users, signal, () => get('/admin/users', signal), (found) => userTable(found.data, usersAgain), 3);
  const keysAgain = loaded(keys, signal, () => get('/admin/keys', signal), (found) => keyTable(found.data, keysAgain), 3);
  return [
    el('p', { class: 'lead' }, t('access.lead')),
    el('section', { 'aria-labelledby': 'users' }, el('h2', { id: 'users' }, t('access.users')), el('p', { class: 'muted' }, t('access.usersWhy')), users),
    el('section', { 'aria-labelledby': 'keys' }, el('h2', { id: 'keys' }, t('access.keys')), el('p', { class: 'muted' }, t('access.keysWhy')), keys),
    el('section', { 'aria-labelledby': 'roles' }, el('h2', { id: 'roles' }, t('access.rolesTitle')),
      el('dl', { class: 'facts' }, ROLES.map((role) => [el('dt', {}, role), el('dd', {}, t(`role.${role}`))]))),
  ];
}

function userTable(rows, again) {
  return table({
    caption: t('access.users'),
    name: 'users',
    sort: 'name',
    rows,
    filter: (row) => [row.name, row.tenant, ...row.roles].join(' '),
    tools: [action('admin.access.user-create', { class: 'primary', click: () => createUser(again) }, t('access.newUser'))],
    empty: emptyState(t('access.noUsers')),
    columns: [
      { key: 'name', label: t('signin.user'), value: (row) => row.name, cell: (row) => [row.name, row.name === who()?.user && el('span', { class: 'muted' }, ` (${t('access.you')})`)] },
      { key: 'tenant', label: t('access.tenant'), value: (row) => row.tenant, cell: (row) => row.tenant },
      { key: 'roles', label: t('access.roles'), value: (row) => row.roles.join(' '), cell: (row) => list(row.roles, 6) },
      { key: 'lastSignIn', label: t('access.lastSignIn'), value: (row) => row.lastSignIn, cell: (row) => row.lastSignIn ? time(row.lastSignIn) : t('access.never') },
      { key: 'password', label: t('signin.password'), cell: (row) => row.mustChangePassword ? badge('warn', t('access.mustChange')) : t('access.own') },
      { key: 'actions', label: t('models.actions'), cell: (row) => actions({ class: 'buttons' },
        action('admin.access.user-roles', { class: 'quiet', click: () => setRoles(row, again) }, t('access.setRoles')),
        action('admin.access.password', { class: 'quiet', click: () => resetPassword(row, again) }, t('access.reset')),
        row.name !== who()?.user && action('admin.access.user-remove', { class: 'danger', click: () => removeUser(row, again) }, t('models.remove'))) },
    ],
  });
}

function keyTable(rows, again) {
  return table({
    caption: t('access.keys'),
    name: 'keys',
    sort: 'name',
    rows,
    filter: (row) => [row.name, row.id, row.tenant, ...row.roles].join(' '),
    tools: [action('admin.access.key-create', { class: 'primary', click: () => createKey(again) }, t('access.newKey'))],
    empty: emptyState(t('access.noKeys')),
    columns: [
      { key: 'name', label: t('access.name'), value: (row) => row.name, cell: (row) => row.name },
      { key: 'id', label: t('access.id'), cell: (row) => copyable(row.id, row.id.slice(0, 12), row.name) },
      { key: 'tenant', label: t('access.tenant'), value: (row) => row.tenant, cell: (row) => row.tenant },
      { key: 'roles', label: t('access.roles'), value: (row) => row.roles.join(' '), cell: (row) => list(row.roles, 6) },
      { key: 'expires', label: t('access.expires'), value: (row) => row.expires, cell: (row) => expiry(row) },
      { key: 'lastUsed', label: t('access.lastUsed'), value: (row) => row.lastUsed, cell: (row) => row.lastUsed ? time(row.lastUsed) : t('access.never') },
      { key: 'actions', label: t('models.actions'), cell: (row) => action('admin.access.key-revoke', { class: 'danger', click: () => revoke(row, again) }, t('access.revoke')) },
    ],
  });
}

function expiry(row) {
  if (!row.expires) {
    return t('access.noExpiry');
  }
  return [new Date(row.expires) < new Date() && badge('warn', t('state.expired')), ' ', time(row.expires)];
}

// ---- changes -----------------------------------------------------------------------------------------------------

function field(name, label, attributes = {}, hint = null) {
  const id = uniqueId(name);
  return el('div', { class: 'field' }, el('label', { for: id }, label), el('input', { id, name, autocomplete: 'off', spellcheck: 'false', ...attributes }), hint && el('p', { class: 'hint' }, hint));
}

function rolesOf(data) {
  const roles = chosenRoles(data);
  if (roles.length === 0) {
    throw new Error(t('access.noRole'));
  }
  return roles;
}

function secret(label, value) {
  return [el('p', {}, label), el('div', { class: 'secret', tabindex: '0' }, value), el('p', {}, copyable(value, t('access.copy'), label))];
}

function createUser(again) {
  openChange({
    operation: 'admin.access.user-create',
    title: t('access.newUser'),
    reach: t('access.newUserReach'),
    fields: [field('name', t('access.name'), { required: true, pattern: '[A-Za-z0-9._@\\-]+' }), field('tenant', t('access.tenant'), { placeholder: who().tenant }), roleField(t('access.roles'), ['viewer'])],
    confirm: t('access.create'),
    perform: async (data) => post('/admin/users', { name: data.name.trim(), tenant: data.tenant.trim() || who().tenant, roles: rolesOf(data) }),
    done: (answer) => answer.password && secret(t('access.passwordOnce', { user: answer.user.name }), answer.password),
    after: again,
  });
}

function setRoles(row, again) {
  openChange({
    operation: 'admin.access.user-roles',
    title: t('access.setRolesTitle', { user: row.name }),
    reach: t('access.setRolesReach', { roles: list(row.roles, 6) }),
    fields: roleField(t('access.roles'), row.roles),
    confirm: t('access.setRoles'),
    perform: async (data) => (await request('PUT', `/admin/users/${encodeURIComponent(row.name)}`, { roles: rolesOf(data) })).value,
    after: again,
  });
}

function resetPassword(row, again) {
  openChange({
    operation: 'admin.access.password',
    title: t('access.resetTitle', { user: row.name }),
    reach: t('access.resetReach', { user: row.name }),
    confirm: t('access.reset'),
    danger: true,
    perform: async () => (await request('POST', `/admin/users/${encodeURIComponent(row.name)}/password`)).value,
    done: (answer) => answer.password && secret(t('access.passwordOnce', { user: row.name }), answer.password),
    after: again,
  });
}

function removeUser(row, again) {
  openChange({
    operation: 'admin.access.user-remove',
    title: t('access.removeTitle', { user: row.name }),
    reach: t('access.removeReach', { user: row.name }),
    typed: row.name,
    confirm: t('models.remove'),
    danger: true,
    perform: async () => (await request('DELETE', `/admin/users/${encodeURIComponent(row.name)}`)).value,
    after: again,
  });
}

function createKey(again) {
  openChange({
    operation: 'admin.access.key-create',
    title: t('access.newKey'),
    reach: t('access.newKeyReach'),
    fields: [
      field('name', t('access.name'), { required: true }, t('access.keyNameHint')),
      field('tenant', t('access.tenant'), { placeholder: who().tenant }),
      roleField(t('access.roles'), ['viewer']),
      field('expires', t('access.expires'), { type: 'date' }, t('access.expiresHint')),
    ],
    confirm: t('access.create'),
    perform: async (data) => post('/admin/keys', {
      name: data.name.trim(),
      tenant: data.tenant.trim() || who().tenant,
      roles: rolesOf(data),
      ...(data.expires ? { expires: new Date(`${data.expires}T23:59:59`).toISOString() } : {}),
    }),
    done: (answer) => answer.secret && secret(t('access.keyOnce', { key: answer.key.name }), answer.secret),
    after: again,
  });
}

function revoke(row, again) {
  openChange({
    operation: 'admin.access.key-revoke',
    title: t('access.revokeTitle', { key: row.name }),
    reach: [el('p', {}, t('access.revokeReach')), el('p', { class: 'muted' }, t('access.lastUsed'), ': ', row.lastUsed ? time(row.lastUsed) : t('access.never'))],
    typed: row.name,
    confirm: t('access.revoke'),
    danger: true,
    perform: async () => (await request('DELETE', `/admin/keys/${encodeURIComponent(row.id)}`)).value,
    after: again,
  });
}
