// Checks an answer, or the evidence of another operation, with nothing but the log's public key. Every step says what it
// took, so that anybody can do it again with other tools. A step that fails does not hide the ones after it.

import { InvalidProof, base64, fromBase64, hex, hmacSha256, utf8 } from './bytes.js';
import { canonical, parse } from './json.js';
import { leafHash, verifyInclusion } from './merkle.js';
import { checkpointOf, parseProof, verifierKey, verifyNote } from './note.js';

const UNCOMMITTED = ['id', 'timings', 'proof', 'leaf', 'openings'];
const REQUIRED = ['question', 'answer', 'citations', 'models', 'energy', 'policy'];

/**
 * Checks a whole answer: every member but id and timings is what was logged.
 *
 * @param json text or UTF-8 bytes, as it was received or saved
 * @param key of the log, name+id+key
 * @return report: ok, steps [{id, ok, reason, inputs: [[name, value]]}], index, size, origin, answer; unchecked names what
 *   was read around the evidence and is not proven
 */
export async function verifyAnswer(json, key) {
  return new Report().check(json, key, true);
}

/** Checks the evidence of another operation: the members that are shown are what was logged; others stay closed. */
export async function verifyEvidence(evidence, key) {
  return new Report().check(evidence, key, false);
}

/** An answer, or something that carries the evidence of another operation. */
export async function verifyText(text, key) {
  let value = null;
  try {
    value = parse(text.trim());
  } catch {
    return verifyAnswer(text.trim(), key);
  }
  if (isAnswer(value)) {
    return verifyAnswer(text.trim(), key);
  }
  const wrapped = isObject(value) && !('leaf' in value) ? unwrap(value) : null;
  if (wrapped === null) {
    return verifyEvidence(value, key);
  }
  const report = await (isAnswer(wrapped.evidence) ? verifyAnswer(wrapped.evidence, key) : verifyEvidence(wrapped.evidence, key));
  report.unchecked = wrapped.around;
  return report;
}

/** What shows a question or an answer is one, and is checked whole: so is the evidence of an answer that shows neither. */
function isAnswer(value) {
  return isObject(value) && ('question' in value || 'answer' in value
    || (value.leaf?.operation === 'answer' && isObject(value.leaf.commitments) && 'answer' in value.leaf.commitments));
}

/** The evidence in a response, and the names of what stands around it, which nothing proves. */
function unwrap(value) {
  for (const name of ['evidence', 'candor']) {
    if (isObject(value[name])) {
      return { evidence: value[name], around: Object.keys(value).filter((other) => other !== name) };
    }
  }
  if (!isObject(value.error) || !isObject(value.error.evidence)) {
    return null;
  }
  const around = Object.keys(value).filter((name) => name !== 'error');
  const within = Object.keys(value.error).filter((name) => name !== 'evidence').map((name) => `error.${name}`);
  return { evidence: value.error.evidence, around: [...around, ...within] };
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

class Report {
  constructor() {
    this.steps = [];
    this.ok = true;
    this.unchecked = [];
  }

  async check(json, keyText, whole) {
    const key = await this.step('key', async (inputs) => {
      const read = await verifierKey(keyText ?? '');
      inputs.push(['name', read.name], ['keyId', read.id], ['publicKey', hex(read.bytes)]);
      return read;
    });
    const answer = await this.step('read', async (inputs) => {
      const read = typeof json === 'string' || json instanceof Uint8Array ? parse(json) : json;
      if (read === null || typeof read !== 'object' || Array.isArray(read)) {
        throw new InvalidProof('an object is needed');
      }
      for (const [name, type] of [['proof', 'string'], ['leaf', 'object'], ['openings', 'object']]) {
        if (typeof read[name] !== type || read[name] === null) {
          throw new InvalidProof(`"${name}" is missing or no ${type}`);
        }
      }
      inputs.push(['members', Object.keys(read).join(', ')]);
      return read;
    });
    this.answer = answer;
    if (!answer) {
      return this;
    }
    await this.step('commitments', (inputs) => commitments(answer, whole, inputs));
    const leaf = await this.step('leaf', async (inputs) => {
      const text = canonical(answer.leaf);
      const hash = await leafHash(utf8(text));
      inputs.push(['entry', text], ['leafHash', hex(hash)]);
      return hash;
    });
    const proof = await this.step('proof', async (inputs) => {
      const read = parseProof(answer.proof);
      inputs.push(['index', String(read.index)], ['path', read.hashes.map(hex).join('\n') || '(empty)']);
      return read;
    });
    if (!proof) {
      return this;
    }
    const signed = key && (await this.step('signature', async (inputs) => {
      const note = await verifyNote(proof.checkpoint, key);
      inputs.push(['message', note.text], ['signature', hex(note.signature)], ['publicKey', hex(key.bytes)]);
      return note;
    }));
    const head = signed && (await this.step('checkpoint', async (inputs) => {
      const read = checkpointOf(signed.text, key);
      inputs.push(['origin', read.origin], ['size', String(read.size)], ['root', hex(read.root)]);
      return read;
    }));
    if (leaf && head) {
      await this.step('inclusion', async (inputs) => {
        inputs.push(['leafHash', hex(leaf)], ['index', String(proof.index)], ['size', String(head.size)]);
        inputs.push(['path', proof.hashes.map(hex).join('\n') || '(empty)'], ['root', hex(head.root)]);
        await verifyInclusion(leaf, proof.index, head.size, proof.hashes, head.root);
        Object.assign(this, { index: proof.index, size: head.size, origin: head.origin });
      });
    }
    return this;
  }

  async step(id, work) {
    const inputs = [];
    try {
      const result = await work(inputs);
      this.steps.push({ id, ok: true, inputs });
      return result ?? true;
    } catch (failure) {
      this.ok = false;
      this.steps.push({ id, ok: false, reason: failure.message, inputs });
      return null;
    }
  }
}

async function commitments(answer, whole, inputs) {
  const { leaf, openings } = answer;
  const committed = leaf.commitments;
  if (committed === null || typeof committed !== 'object') {
    throw new InvalidProof('"commitments" is missing in the leaf');
  }
  if (whole) {
    const missing = REQUIRED.filter((name) => !(name in answer));
    if (missing.length > 0) {
      throw new InvalidProof(`the answer lacks ${missing.join(', ')}`);
    }
  }
  const members = Object.keys(answer).filter((name) => !UNCOMMITTED.includes(name) && (whole || answer[name] !== null || name in committed));
  for (const [what, names] of [['commitment', committed], ['opening', openings]]) {
    for (const member of members) {
      if (!(member in names)) {
        throw new InvalidProof(`there is no ${what} for the member "${member}"`);
      }
    }
    for (const name of whole ? Object.keys(names) : []) {
      if (!members.includes(name)) {
        throw new InvalidProof(`no member belongs to the ${what} of "${name}"`);
      }
    }
  }
  const wrong = [];
  for (const member of members) {
    const opening = openings[member];
    const key = typeof opening === 'string' ? fromBase64(`the opening of "${member}"`, opening) : [];
    if (key.length !== 32) {
      throw new InvalidProof(`the opening of "${member}" does not have 32 bytes`);
    }
    const text = canonical(answer[member]);
    const found = base64(await hmacSha256(key, utf8(text)));
    inputs.push([member, `HMAC-SHA-256(${hex(key)}, ${text}) = ${found}`]);
    if (found !== committed[member]) {
      wrong.push(`"${member}"`);
    }
  }
  if (wrong.length > 0) {
    throw new InvalidProof(`${wrong.join(', ')}: not what the log entry commits to`);
  }
}
