// Signed notes, checkpoints and proofs as C2SP defines them: signed-note, tlog-checkpoint, tlog-proof@v1.

import { InvalidProof, base64, crypto, fromBase64, hash, hex, sha256, utf8 } from './bytes.js';

const ED25519 = 1;
const MARK = '\u2014 ';
const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const MAX_HASHES = 63;
const MAX_SIGNATURES = 100;
const MAX_CHARACTERS = 1 << 20;

/** A key that checks signatures, from its text {@code name+id+key}. */
export async function verifierKey(text) {
  const [name, id, key, ...more] = split(text.trim());
  if (key === undefined || more.length > 0 || !/^[0-9a-f]{8}$/.test(id)) {
    throw new InvalidProof("a log's key has the form name+id+key");
  }
  checkName(name);
  const typed = fromBase64(`the key of ${name}`, key);
  if (typed[0] !== ED25519 || typed.length !== 33) {
    throw new InvalidProof(`the key of ${name} is no Ed25519 key of 32 bytes`);
  }
  const expected = hex((await sha256(utf8(`${name}\n`), typed)).slice(0, 4));
  if (expected !== id) {
    throw new InvalidProof(`the key of ${name} has the id ${expected}, not ${id}`);
  }
  return { name, id, bytes: typed.slice(1), text: `${name}+${id}+${base64(typed)}` };
}

/** The key itself may hold plus signs: base64 does. */
function split(text) {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  return first < 0 || second < 0 ? [] : [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function checkName(name) {
  if (name === '' || /[\s+]/u.test(name)) {
    throw new InvalidProof("a signer's name is not empty and holds neither white space nor plus signs");
  }
}

/** Reads a note. Nothing is verified. */
export function parseNote(note) {
  if (note.length > MAX_CHARACTERS) {
    throw new InvalidProof(`a note of more than ${MAX_CHARACTERS} characters`);
  }
  if (/[\u0000-\u0009\u000b-\u001f\ufffd]/.test(note)) {
    throw new InvalidProof('a note has no control characters');
  }
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n') || blank + 2 >= note.length) {
    throw new InvalidProof('a note is a text, a blank line and signatures');
  }
  const lines = note.slice(blank + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) {
    throw new InvalidProof(`a note with more than ${MAX_SIGNATURES} signatures`);
  }
  return { text: note.slice(0, blank + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line) {
  const space = line.lastIndexOf(' ');
  if (!line.startsWith(MARK) || space < MARK.length) {
    throw new InvalidProof('a signature line has the form "\u2014 name signature"');
  }
  const name = line.slice(MARK.length, space);
  checkName(name);
  const bytes = fromBase64(`the signature of ${name}`, line.slice(space + 1));
  if (bytes.length < 5) {
    throw new InvalidProof(`the signature of ${name} is too short`);
  }
  return { name, keyId: hex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

/** Checks that the log signed the note, and nobody else: a signature by a key that is not known here says nothing. */
export async function verifyNote(note, key) {
  const { text, signatures } = parseNote(note);
  const mine = signatures.filter((signature) => signature.name === key.name && signature.keyId === key.id);
  if (mine.length === 0) {
    throw new InvalidProof(`the checkpoint is not signed by ${key.name} with the key ${key.id}`);
  }
  if (signatures.length !== 1) {
    throw new InvalidProof('the checkpoint carries a signature by a key that is not known here');
  }
  if (!(await verifyEd25519(key.bytes, mine[0].bytes, utf8(text)))) {
    throw new InvalidProof(`the signature of ${key.name} is wrong`);
  }
  return { text, signature: mine[0].bytes };
}

async function verifyEd25519(key, signature, message) {
  let imported;
  try {
    imported = await crypto().importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  } catch (failure) {
    if (failure.name === 'NotSupportedError') {
      throw new InvalidProof('this browser has no Ed25519: Chrome 137, Firefox 129 and Safari 17 or later have it');
    }
    throw failure instanceof InvalidProof ? failure : new InvalidProof('the key is no Ed25519 key');
  }
  return crypto().verify({ name: 'Ed25519' }, imported, signature, message);
}

/** Reads the text of a checkpoint. */
export function parseCheckpoint(text) {
  if (!text.endsWith('\n')) {
    throw new InvalidProof('a checkpoint ends with a newline');
  }
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (root === undefined) {
    throw new InvalidProof('a checkpoint has at least three lines: origin, size, root');
  }
  if (origin === '' || extensions.includes('')) {
    throw new InvalidProof('a checkpoint has no empty lines');
  }
  return { origin, size: decimal("the checkpoint's size", size), root: hash("the checkpoint's root", root), extensions };
}

/** The checkpoint in a note that was verified: of the log that the key belongs to, and of no other that it signed. */
export function checkpointOf(text, key) {
  const read = parseCheckpoint(text);
  if (read.origin !== key.name) {
    throw new InvalidProof(`the checkpoint is of the log ${read.origin}, not of ${key.name}`);
  }
  return read;
}

/** Reads a proof. Extra data is refused, since no signature covers it. */
export function parseProof(text) {
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw new InvalidProof('a proof has a blank line before its checkpoint');
  }
  const [first, index, ...hashes] = text.slice(0, blank).split('\n');
  if (first !== FIRST_LINE) {
    throw new InvalidProof(`a proof starts with the line ${FIRST_LINE}`);
  }
  if (!index?.startsWith('index ')) {
    throw new InvalidProof("the proof's second line has to be its index");
  }
  if (hashes.length > MAX_HASHES) {
    throw new InvalidProof(`a proof with more than ${MAX_HASHES} hashes`);
  }
  return {
    index: decimal("the proof's index", index.slice('index '.length)),
    hashes: hashes.map((line, i) => hash(`hash ${i} of the proof`, line)),
    checkpoint: text.slice(blank + 2),
  };
}

function decimal(what, text) {
  const value = Number(text);
  if (!/^(0|[1-9][0-9]{0,17})$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidProof(`${what} is no decimal number without leading zeros below 2^53`);
  }
  return value;
}
