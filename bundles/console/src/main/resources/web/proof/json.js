// Strict JSON (RFC 8259 as restricted by I-JSON, RFC 7493) and its canonical form (RFC 8785).
// JSON.parse takes duplicate names and rounds numbers in silence; a verifier may do neither.

const MAX_DEPTH = 64;
const UNPAIRED = /[\ud800-\udfff]/u;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

export class InvalidJson extends Error {}

/**
 * Reads one value. Objects have no prototype, so no name is special. A number that would have to be rounded is refused,
 * and so is minus zero: its last digits could be changed without changing what it is read as.
 *
 * @param input text, or its UTF-8 bytes
 */
export function parse(input) {
  return new Parser(typeof input === 'string' ? input : decode(input)).whole();
}

function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidJson('the text is not UTF-8');
  }
}

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) {
      throw this.wrong('text after the value');
    }
    return value;
  }

  value(depth) {
    if (depth > MAX_DEPTH) {
      throw this.wrong(`nested deeper than ${MAX_DEPTH}`);
    }
    this.space();
    switch (this.peek()) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  object(depth) {
    const members = Object.create(null);
    this.at++;
    this.space();
    if (this.accept('}')) {
      return members;
    }
    do {
      this.space();
      if (this.peek() !== '"') {
        throw this.wrong("a member's name is needed");
      }
      const name = this.string();
      this.space();
      this.expect(':');
      if (name in members) {
        throw this.wrong(`the member "${name}" is there twice`);
      }
      members[name] = this.value(depth + 1);
      this.space();
    } while (this.accept(','));
    this.expect('}');
    return members;
  }

  array(depth) {
    const elements = [];
    this.at++;
    this.space();
    if (this.accept(']')) {
      return elements;
    }
    do {
      elements.push(this.value(depth + 1));
      this.space();
    } while (this.accept(','));
    this.expect(']');
    return elements;
  }

  string() {
    let out = '';
    this.at++;
    for (;;) {
      const char = this.peek();
      this.at++;
      if (char === '"') {
        break;
      }
      if (char < ' ') {
        throw this.wrong('a control character in a string has to be escaped');
      }
      out += char === '\\' ? this.escape() : char;
    }
    if (UNPAIRED.test(out)) {
      throw this.wrong('unpaired surrogate in a string');
    }
    return out;
  }

  escape() {
    const char = this.peek();
    this.at++;
    if (char !== 'u') {
      const meant = ESCAPES[char];
      if (meant === undefined) {
        throw this.wrong('unknown escape');
      }
      return meant;
    }
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
      throw this.wrong('four hexadecimal digits are needed after \\u');
    }
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  literal(word, value) {
    if (!this.text.startsWith(word, this.at)) {
      throw this.wrong('a value is needed');
    }
    this.at += word.length;
    return value;
  }

  number() {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (!match) {
      throw this.wrong('a value is needed');
    }
    const number = match[0];
    this.at += number.length;
    if (/^[0-9.eE]/.test(this.text.slice(this.at, this.at + 1))) {
      throw this.wrong('a number has another form');
    }
    if (number.length > 400) {
      throw this.wrong('a number of more than 400 characters');
    }
    const value = Number(number);
    if (!Number.isFinite(value)) {
      throw this.wrong('a number beyond a binary64');
    }
    if (Object.is(value, -0) || digits(number) !== digits(String(value))) {
      throw this.wrong(`the number ${number} has another value than ${value}, which it is read as`);
    }
    return value;
  }

  space() {
    while (' \t\n\r'.includes(this.text[this.at]) && this.at < this.text.length) {
      this.at++;
    }
  }

  peek() {
    if (this.at >= this.text.length) {
      throw this.wrong('the text ends too early');
    }
    return this.text[this.at];
  }

  accept(char) {
    if (this.text[this.at] === char) {
      this.at++;
      return true;
    }
    return false;
  }

  expect(char) {
    if (!this.accept(char)) {
      throw this.wrong(`'${char}' is needed`);
    }
  }

  wrong(what) {
    return new InvalidJson(`${what}, at character ${this.at}`);
  }
}

/** Sign, digits and exponent of a decimal number, one text for each value. */
function digits(number) {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(number);
  const all = (whole + fraction).replace(/^0+/, '');
  const significant = all.replace(/0+$/, '');
  if (significant === '') {
    return '0';
  }
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - significant.length)}`;
}

/** The canonical form of RFC 8785 as text: ECMAScript's own numbers and strings, members sorted by UTF-16 code units. */
export function canonical(value, depth = 0) {
  if (depth > MAX_DEPTH) {
    throw new InvalidJson(`nested deeper than ${MAX_DEPTH}`);
  }
  if (Array.isArray(value)) {
    return `[${value.map((element) => canonical(element, depth + 1)).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${canonical(name)}:${canonical(value[name], depth + 1)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidJson(`JSON has no ${value}`);
  }
  if (typeof value === 'string' && UNPAIRED.test(value)) {
    throw new InvalidJson('unpaired surrogate in a string');
  }
  return JSON.stringify(value);
}
