// Runs the console's verifier on cases from its standard input, one JSON object a line; answers one line each.

import { createInterface } from 'node:readline';
import { Buffer } from 'node:buffer';
import { verifyAnswer, verifyEvidence, verifyText } from '../../main/resources/web/proof/answer.js';
import { GivenKey } from '../../main/resources/web/proof/given.js';
import { canonical, parse } from '../../main/resources/web/proof/json.js';
import { verifyConsistency, verifyInclusion } from '../../main/resources/web/proof/merkle.js';
import { checkpointOf, verifierKey, verifyNote } from '../../main/resources/web/proof/note.js';
import { Tiles, tilePath } from '../../main/resources/web/proof/tiles.js';

const bytes = (base64) => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));
const hex = (array) => Buffer.from(array).toString('hex');

const kinds = {
  answer: async ({ json, key }) => (await verifyAnswer(bytes(json), key)).ok,
  text: async ({ text, key }) => {
    const report = await verifyText(text, key);
    return [report.ok, report.unchecked];
  },
  evidence: async ({ text, key }) => (await verifyEvidence(parse(text), key)).ok,
  checkpoint: async ({ note, key }) => {
    const log = await verifierKey(key);
    return checkpointOf((await verifyNote(note, log)).text, log).size;
  },
  // What is said of a key in a link: at first, once it was confirmed, and once another was written.
  given: async ({ hash }) => {
    const key = new GivenKey(hash);
    const said = [key.text, key.fromLink, key.confirmed];
    key.confirm(true);
    said.push(key.confirmed);
    key.confirm(false);
    said.push(key.confirmed);
    key.write('another');
    return [...said, key.text, key.confirmed];
  },
  canonical: async ({ json }) => hex(new TextEncoder().encode(canonical(parse(bytes(json))))),
  // Of RFC 8785's authors, whose inputs hold numbers that are rounded: what is read is somebody else's.
  rounded: async ({ json }) => hex(new TextEncoder().encode(canonical(JSON.parse(new TextDecoder().decode(bytes(json)))))),
  number: async ({ bits }) => canonical(new DataView(bytes(bits).buffer).getFloat64(0)),
  key: async ({ key }) => (await verifierKey(key)).text,
  note: async ({ note, key }) => (await verifyNote(note, await verifierKey(key))).text,
  inclusion: async ({ leaf, index, size, proof, root }) => (await verifyInclusion(bytes(leaf), index, size, proof.map(bytes), bytes(root)), true),
  consistency: async ({ from, to, fromRoot, toRoot, proof }) => (await verifyConsistency(from, to, bytes(fromRoot), bytes(toRoot), proof.map(bytes)), true),
  // The proofs of a log that is read from its tiles: each entry's inclusion, and consistency with each smaller size.
  tiles: async ({ size, tiles, leaves, roots }) => {
    const log = new Tiles(size, async (path) => bytes(tiles[path]));
    for (let i = 0; i < size; i++) {
      await verifyInclusion(bytes(leaves[i]), i, size, await log.inclusion(i), bytes(roots[size]));
    }
    for (let from = 1; from < size; from++) {
      await verifyConsistency(from, size, bytes(roots[from]), bytes(roots[size]), await log.consistency(from));
    }
    return true;
  },
  tilePath: async ({ level, index, width }) => tilePath(level, index, width),
};

for await (const line of createInterface({ input: process.stdin })) {
  const test = JSON.parse(line);
  let result;
  try {
    result = { value: await kinds[test.kind](test) };
  } catch (failure) {
    result = { refused: failure.message };
  }
  console.log(JSON.stringify(result));
}
