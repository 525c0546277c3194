package org.candor.proof;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A proof that an entry is in a log, to be checked offline (c2sp.org/tlog-proof@v1).
 *
 * @param index of the entry
 * @param hashes inclusion proof, from the leaf's sibling upwards
 * @param checkpoint signed note
 */
public record TlogProof(long index, List<byte[]> hashes, String checkpoint) {

    private static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";
    private static final int MAX_HASHES = 63;

    public TlogProof {
        hashes = List.copyOf(hashes);
    }

    /**
     * What a verified proof shows.
     *
     * @param index of the entry
     * @param checkpoint of the tree that holds it
     * @param signers whose signatures on the checkpoint were checked
     */
    public record Verified(long index, Checkpoint checkpoint, List<VerifierKey> signers) {}

    /**
     * Reads a proof. Nothing is verified. Extra data is refused, since no signature covers it and Candor writes none.
     *
     * @throws InvalidProofException when it is malformed
     */
    public static TlogProof parse(String text) throws InvalidProofException {
        int blank = text.indexOf("\n\n");
        if (blank < 0) {
            throw new InvalidProofException("a proof has a blank line before its checkpoint");
        }
        String[] lines = text.substring(0, blank).split("\n", -1);
        if (!lines[0].equals(FIRST_LINE)) {
            throw new InvalidProofException("a proof starts with the line " + FIRST_LINE);
        }
        if (lines.length < 2 || !lines[1].startsWith("index ")) {
            throw new InvalidProofException("the proof's second line has to be its index");
        }
        if (lines.length - 2 > MAX_HASHES) {
            throw new InvalidProofException("a proof with more than " + MAX_HASHES + " hashes");
        }
        long index = Checkpoint.decimal("the proof's index", lines[1].substring("index ".length()));
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 2; i < lines.length; i++) {
            hashes.add(StrictBase64.hash("hash " + (i - 2) + " of the proof", lines[i]));
        }
        return new TlogProof(index, hashes, text.substring(blank + 2));
    }

    /** The proof's text. */
    public String text() {
        StringBuilder text = new StringBuilder(512);
        text.append(FIRST_LINE).append("\nindex ").append(index).append('\n');
        for (byte[] hash : hashes) {
            text.append(StrictBase64.encode(hash)).append('\n');
        }
        return text.append('\n').append(checkpoint).toString();
    }

    /**
     * Checks that the log signed a tree that holds this entry.
     *
     * @param entry bytes of the entry
     * @param log the log's key; its name is the log's origin
     * @param others further keys whose signatures may be there, such as those of witnesses; signatures by keys that are
     *     not given are refused
     * @throws InvalidProofException when anything is wrong
     */
    public Verified verify(byte[] entry, VerifierKey log, Collection<VerifierKey> others) throws InvalidProofException {
        SignedNote note = SignedNote.parse(checkpoint);
        List<VerifierKey> known = new ArrayList<>(others);
        known.add(log);
        List<VerifierKey> signers = note.verify(known);
        if (!signers.contains(log)) {
            throw new InvalidProofException("the checkpoint is not signed by the log " + log.name());
        }
        if (signers.size() != note.signatures().size()) {
            throw new InvalidProofException("the checkpoint carries a signature by a key that is not known here");
        }
        Checkpoint head = Checkpoint.parse(note.text());
        if (!head.origin().equals(log.name())) {
            throw new InvalidProofException("the checkpoint is of the log " + head.origin() + ", not of " + log.name());
        }
        MerkleTree.verifyInclusion(MerkleTree.leafHash(entry), index, head.size(), hashes, head.root());
        return new Verified(index, head, signers);
    }
}
