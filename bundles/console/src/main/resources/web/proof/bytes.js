// Bytes, digests and base64 with exactly one text for each sequence of bytes (RFC 4648, section 4).

/** What is wrong with a proof, in words a person can act on. */
export class InvalidProof extends Error {}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}

export function fromBase64(what, text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw new InvalidProof(`${what} is not base64`);
  }
  // atob takes white space, missing padding and stray bits in the last character.
  if (base64(bytes) !== text) {
    throw new InvalidProof(`${what} is not canonical base64`);
  }
  return bytes;
}

/** A SHA-256 hash in base64. */
export function hash(what, text) {
  const bytes = fromBase64(what, text);
  if (bytes.length !== 32) {
    throw new InvalidProof(`${what} has ${bytes.length} bytes, 32 are needed`);
  }
  return bytes;
}

export function same(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** WebCrypto, which browsers give to pages from https, from this machine and from files only. */
export function crypto() {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) {
    throw new InvalidProof(
      'this browser gives WebCrypto to pages from https, localhost and files only: open this page that way',
    );
  }
  return subtle;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto().digest('SHA-256', concat(...parts)));
}

export async function hmacSha256(key, message) {
  const imported = await crypto().importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto().sign('HMAC', imported, message));
}
