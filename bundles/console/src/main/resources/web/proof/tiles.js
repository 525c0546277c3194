// A log read from its public tiles (c2sp.org/tlog-tiles): entries, inclusion and consistency proofs, made here and not believed.

import { InvalidProof } from './bytes.js';
import { nodeHash } from './merkle.js';

const WIDTH = 256;
const HASH = 32;

/** Name of a tile: the index in groups of three digits, all but the last marked with an x. */
export function tilePath(level, index, width) {
  const groups = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${name}${width === WIDTH ? '' : `.p/${width}`}`;
}

/** How many hashes or entries a tile has in a log of this size. */
function widthOf(index, count) {
  return Math.min(WIDTH, count - index * WIDTH);
}

export class Tiles {
  #known = new Map();

  /**
   * @param size entries of the tree that is read
   * @param read promises the bytes of a resource such as tile/0/000
   */
  constructor(size, read) {
    this.size = size;
    this.read = read;
  }

  #tile(level, index, width) {
    const path = tilePath(level, index, width);
    if (!this.#known.has(path)) {
      this.#known.set(path, this.read(path));
    }
    return this.#known.get(path);
  }

  /** The entries of one bundle: [{index, bytes}]. */
  async bundle(index) {
    const width = widthOf(index, this.size);
    const bytes = await this.#tile('entries', index, width);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entries = [];
    let at = 0;
    while (at + 2 <= bytes.length && entries.length < width) {
      const length = view.getUint16(at);
      entries.push({ index: index * WIDTH + entries.length, bytes: bytes.slice(at + 2, at + 2 + length) });
      at += 2 + length;
    }
    if (at !== bytes.length || entries.length !== width) {
      throw new InvalidProof(`entry bundle ${index} is damaged`);
    }
    return entries;
  }

  /** Hash over the leaves [index * 2^level, (index + 1) * 2^level). */
  async node(level, index) {
    const tileLevel = Math.floor(level / 8);
    const count = 2 ** (level % 8);
    const first = index * count;
    const tile = Math.floor(first / WIDTH);
    const width = widthOf(tile, Math.floor(this.size / WIDTH ** tileLevel));
    const bytes = await this.#tile(tileLevel, tile, width);
    if (bytes.length !== width * HASH) {
      throw new InvalidProof(`tile ${tilePath(tileLevel, tile, width)} has ${bytes.length} bytes, ${width * HASH} are needed`);
    }
    let hashes = Array.from({ length: count }, (_, i) => bytes.slice(((first % WIDTH) + i) * HASH, ((first % WIDTH) + i + 1) * HASH));
    while (hashes.length > 1) {
      hashes = await Promise.all(Array.from({ length: hashes.length / 2 }, (_, i) => nodeHash(hashes[2 * i], hashes[2 * i + 1])));
    }
    return hashes[0];
  }

  async #subtree(begin, end) {
    const size = end - begin;
    const half = split(size);
    if (size === 1 || half * 2 === size) {
      return this.node(Math.round(Math.log2(size)), begin / size);
    }
    return nodeHash(await this.#subtree(begin, begin + half), await this.#subtree(begin + half, end));
  }

  /** Inclusion proof, from the leaf's sibling upwards (RFC 6962, section 2.1.1). */
  async inclusion(index) {
    const proof = [];
    let [begin, end] = [0, this.size];
    while (end - begin > 1) {
      const middle = begin + split(end - begin);
      if (index < middle) {
        proof.unshift(await this.#subtree(middle, end));
        end = middle;
      } else {
        proof.unshift(await this.#subtree(begin, middle));
        begin = middle;
      }
    }
    return proof;
  }

  /** Consistency proof from a smaller tree to this one (RFC 6962, section 2.1.2). */
  async consistency(from) {
    const proof = [];
    let [begin, end, whole] = [0, this.size, true];
    while (from !== end) {
      const middle = begin + split(end - begin);
      if (from <= middle) {
        proof.unshift(await this.#subtree(middle, end));
        end = middle;
      } else {
        proof.unshift(await this.#subtree(begin, middle));
        begin = middle;
        whole = false;
      }
    }
    if (!whole) {
      proof.unshift(await this.#subtree(begin, end));
    }
    return proof;
  }
}

/** Largest power of two smaller than the size, which is at least 2; 1 for 1. */
function split(size) {
  let half = 1;
  while (half * 2 < size) {
    half *= 2;
  }
  return half;
}
