// Merkle trees over SHA-256 (RFC 6962, section 2.1). Sizes and indexes are safe integers; no log here comes near 2^53.

import { InvalidProof, same, sha256 } from './bytes.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(entry) {
  return sha256(LEAF, entry);
}

export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

/** One level up. Shifts would cut a number at 32 bits. */
function up(node) {
  return Math.floor(node / 2);
}

/** Checks that a leaf is in a tree (RFC 9162, section 2.1.3.2, the algorithm for proofs of RFC 6962). */
export async function verifyInclusion(leaf, index, size, proof, root) {
  if (index < 0 || index >= size) {
    throw new InvalidProof(`entry ${index} cannot be in a log of ${size} entries`);
  }
  checkHashes(leaf, ...proof, root);
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) {
      throw new InvalidProof('the inclusion proof is too long');
    }
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = up(node);
        last = up(last);
      }
    } else {
      hash = await nodeHash(hash, sibling);
    }
    node = up(node);
    last = up(last);
  }
  if (last !== 0) {
    throw new InvalidProof('the inclusion proof is too short');
  }
  if (!same(hash, root)) {
    throw new InvalidProof("the inclusion proof does not lead to the checkpoint's root");
  }
}

/** Checks that a tree continues another (RFC 9162, section 2.1.4.2). */
export async function verifyConsistency(from, to, fromRoot, toRoot, proof) {
  if (from <= 0 || from > to) {
    throw new InvalidProof(`no consistency proof leads from size ${from} to size ${to}`);
  }
  if (from === to) {
    if (proof.length > 0 || !same(fromRoot, toRoot)) {
      throw new InvalidProof('two trees of the same size with different roots, or a needless proof');
    }
    return;
  }
  checkHashes(fromRoot, ...proof, toRoot);
  const hashes = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  if (hashes.length === 0) {
    throw new InvalidProof('the consistency proof is empty');
  }
  let node = from - 1;
  let last = to - 1;
  while (node % 2 === 1) {
    node = up(node);
    last = up(last);
  }
  let [old, fresh] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (last === 0) {
      throw new InvalidProof('the consistency proof is too long');
    }
    if (node % 2 === 1 || node === last) {
      old = await nodeHash(hash, old);
      fresh = await nodeHash(hash, fresh);
      while (node % 2 === 0 && node !== 0) {
        node = up(node);
        last = up(last);
      }
    } else {
      fresh = await nodeHash(fresh, hash);
    }
    node = up(node);
    last = up(last);
  }
  if (last !== 0) {
    throw new InvalidProof('the consistency proof is too short');
  }
  if (!same(old, fromRoot) || !same(fresh, toRoot)) {
    throw new InvalidProof('the consistency proof does not join the two roots');
  }
}

function isPowerOfTwo(size) {
  let rest = size;
  while (rest % 2 === 0) {
    rest = up(rest);
  }
  return rest === 1;
}

function checkHashes(...hashes) {
  if (hashes.some((hash) => hash.length !== 32)) {
    throw new InvalidProof('a hash does not have 32 bytes');
  }
}
