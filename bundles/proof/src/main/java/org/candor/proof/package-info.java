/**
 * What it takes to verify an answer offline, and nothing else: strict JSON and its canonical form (RFC 8785), Merkle
 * trees (RFC 6962), signed notes, checkpoints, tiles and proofs (C2SP); and who is trusted to have made a pack. No
 * dependencies; small enough to be read before it is trusted. Every class is immutable or stateless, and thread safe.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.candor.proof;
