// The key that an auditor verifies with, and whether it may be relied on: one that came with a link is somebody else's choice.

export class GivenKey {
  /** @param hash of the page's address: empty, or # and a key */
  constructor(hash) {
    this.text = decoded(hash.slice(1));
    this.fromLink = this.text !== '';
    this.confirmed = !this.fromLink;
  }

  /** What the auditor wrote or pasted is the auditor's choice. */
  write(text) {
    this.text = text;
    this.fromLink = false;
    this.confirmed = true;
  }

  /** What the auditor says about a key that came with the link. */
  confirm(confirmed) {
    this.confirmed = confirmed || !this.fromLink;
  }
}

/** A percent sign that escapes nothing stands for itself. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
