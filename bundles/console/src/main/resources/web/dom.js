// Elements in one expression. Text is always text: nothing here reads HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element.
 *
 * @param attributes by name; a function is a listener of that event (`click`), true is an empty attribute, null and false
 *     are left out
 * @param children nodes, text, arrays of them; null and false are left out
 */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element; see el. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Puts other children in the place of an element's own. */
export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

let ids = 0;

/** An id nobody else has, to tie labels to what they label. */
export function uniqueId(prefix) {
  return `${prefix}-${++ids}`;
}

/** Lets the browser save a file. */
export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = el('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}
