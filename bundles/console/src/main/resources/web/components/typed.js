// What was typed into the fields of a page, kept while the page is made anew.

const FIELDS = 'input:not([type=file]), textarea, select';

/** Fields of a place that hold what somebody typed or chose, by id or name, and the one they are in. */
export function typedIn(place) {
  const kept = new Map();
  for (const field of place.querySelectorAll(FIELDS)) {
    const key = keyOf(field);
    if (key !== '' && changed(field)) {
      kept.set(key, { value: field.value, checked: field.checked });
    }
  }
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  const focus = active?.matches(FIELDS) ? { key: keyOf(active), start: active.selectionStart, end: active.selectionEnd } : null;
  return { kept, focus };
}

/** Puts it back into the fields that are there again. */
export function putBack(place, { kept, focus }) {
  for (const field of place.querySelectorAll(FIELDS)) {
    const before = kept.get(keyOf(field));
    if (before !== undefined) {
      field.value = before.value;
      field.checked = before.checked;
    }
    if (focus !== null && keyOf(field) === focus.key) {
      field.focus({ preventScroll: true });
      // Only fields of text have a place that is written at.
      focus.start !== null && field.setSelectionRange(focus.start, focus.end);
    }
  }
}

function keyOf(field) {
  return field.name || field.id;
}

function changed(field) {
  if (field instanceof HTMLSelectElement) {
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}
