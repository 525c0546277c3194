// What the signed-in person may do. The server says it, by the decision that it makes when it is done: nothing here knows roles.

import { who } from './api.js';
import { language } from './i18n.js';

/** The code of a refusal that another purpose would not meet. */
const PURPOSE = 'purpose-not-permitted';

/** Why an operation is refused, in the language shown; null where it is permitted, or while nobody can say. */
export function refusal(operation) {
  const said = operation === null ? undefined : who()?.operations?.[operation];
  if (said === undefined || said.permitted) {
    return null;
  }
  return said.messages[language()] ?? said.messages.en ?? said.code;
}

export function may(operation) {
  return refusal(operation) === null;
}

/** Whether an operation may be offered: permitted, or permitted for a purpose that can be named. */
export function offered(operation) {
  return may(operation) || who().operations[operation].code === PURPOSE;
}

/** Whether a permitted operation is done only when a second person asks for the same. */
export function takesTwo(operation) {
  return who()?.operations?.[operation]?.obligations?.includes('second-person') ?? false;
}
