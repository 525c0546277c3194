// The roles there are, and a choice among them.

import { el } from '../dom.js';
import { t } from '../i18n.js';

export const ROLES = ['viewer', 'operator', 'steward', 'auditor', 'approver', 'admin'];

/** Fields of a form: one box a role; `chosen` are ticked. */
export function roleField(label, chosen, hint = null) {
  return el('fieldset', {}, el('legend', {}, label), el('div', { class: 'field' },
    ROLES.map((role) => el('label', { class: 'check', title: t(`role.${role}`) }, el('input', { type: 'checkbox', name: `role-${role}`, checked: chosen.includes(role) }), role)),
    hint && el('p', { class: 'hint' }, hint)));
}

/** What was ticked, from the form's values. */
export function chosenRoles(data) {
  return ROLES.filter((role) => data[`role-${role}`]);
}
