package org.candor.proof;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Merkle trees over SHA-256 as RFC 6962, section 2.1 defines them. Hashes are arrays of 32 bytes. */
public final class MerkleTree {

    /** Bytes of a hash. */
    public static final int HASH_BYTES = 32;

    private MerkleTree() {}

    /** Reads hashes of perfect subtrees. */
    @FunctionalInterface
    public interface Nodes {

        /**
         * Hash over the leaves [index * 2^level, (index + 1) * 2^level), all of which exist.
         *
         * @param level 0 for leaf hashes
         */
        byte[] node(int level, long index);
    }

    /** Root of the tree without leaves. */
    public static byte[] emptyRoot() {
        return sha256().digest();
    }

    /** Hash of a leaf: SHA-256(0x00 || entry). */
    public static byte[] leafHash(byte[] entry) {
        MessageDigest digest = sha256();
        digest.update((byte) 0);
        return digest.digest(entry);
    }

    /** Hash of an inner node: SHA-256(0x01 || left || right). */
    public static byte[] nodeHash(byte[] left, byte[] right) {
        MessageDigest digest = sha256();
        digest.update((byte) 1);
        digest.update(left);
        return digest.digest(right);
    }

    /** Root of the tree of the first {@code size} leaves. */
    public static byte[] root(long size, Nodes nodes) {
        return size == 0 ? emptyRoot() : subtree(0, size, nodes);
    }

    /**
     * Inclusion proof, from the leaf's sibling upwards: PATH(index, D[size]).
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < size}
     */
    public static List<byte[]> inclusion(long index, long size, Nodes nodes) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " in a tree of " + size + " leaves");
        }
        List<byte[]> proof = new ArrayList<>();
        path(index, 0, size, nodes, proof);
        return proof;
    }

    /**
     * Consistency proof: PROOF(from, D[to]).
     *
     * @throws IndexOutOfBoundsException unless {@code 0 < from <= to}
     */
    public static List<byte[]> consistency(long from, long to, Nodes nodes) {
        if (from <= 0 || from > to) {
            throw new IndexOutOfBoundsException("consistency from " + from + " to " + to + " leaves");
        }
        List<byte[]> proof = new ArrayList<>();
        subproof(from, 0, to, true, nodes, proof);
        return proof;
    }

    private static void path(long index, long begin, long end, Nodes nodes, List<byte[]> proof) {
        if (end - begin == 1) {
            return;
        }
        long split = begin + split(end - begin);
        if (index < split) {
            path(index, begin, split, nodes, proof);
            proof.add(subtree(split, end, nodes));
        } else {
            path(index, split, end, nodes, proof);
            proof.add(subtree(begin, split, nodes));
        }
    }

    private static void subproof(long from, long begin, long end, boolean whole, Nodes nodes, List<byte[]> proof) {
        if (from == end) {
            if (!whole) {
                proof.add(subtree(begin, end, nodes));
            }
            return;
        }
        long split = begin + split(end - begin);
        if (from <= split) {
            subproof(from, begin, split, whole, nodes, proof);
            proof.add(subtree(split, end, nodes));
        } else {
            subproof(from, split, end, false, nodes, proof);
            proof.add(subtree(begin, split, nodes));
        }
    }

    private static byte[] subtree(long begin, long end, Nodes nodes) {
        long size = end - begin;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.node(level, begin >> level);
        }
        long split = begin + split(size);
        return nodeHash(subtree(begin, split, nodes), subtree(split, end, nodes));
    }

    /** Largest power of two smaller than size, which is at least 2. */
    private static long split(long size) {
        return Long.highestOneBit(size - 1);
    }

    /**
     * Checks that a leaf is in a tree (RFC 9162, section 2.1.3.2, the algorithm for proofs of RFC 6962).
     *
     * @throws InvalidProofException when it is not, or the proof is too long or too short
     */
    public static void verifyInclusion(byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root)
            throws InvalidProofException {
        if (index < 0 || index >= size) {
            throw new InvalidProofException("entry " + index + " cannot be in a log of " + size + " entries");
        }
        checkHashes(leafHash, proof, root);
        long node = index;
        long last = size - 1;
        byte[] hash = leafHash;
        for (byte[] sibling : proof) {
            if (last == 0) {
                throw new InvalidProofException("the inclusion proof is too long");
            }
            if ((node & 1) == 1 || node == last) {
                hash = nodeHash(sibling, hash);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = nodeHash(hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if (last != 0) {
            throw new InvalidProofException("the inclusion proof is too short");
        }
        if (!MessageDigest.isEqual(hash, root)) {
            throw new InvalidProofException("the inclusion proof does not lead to the checkpoint's root");
        }
    }

    /**
     * Checks that a tree continues another (RFC 9162, section 2.1.4.2).
     *
     * @throws InvalidProofException when it does not, or {@code from} is 0, about which a proof can say nothing
     */
    public static void verifyConsistency(long from, long to, byte[] fromRoot, byte[] toRoot, List<byte[]> proof)
            throws InvalidProofException {
        if (from <= 0 || from > to) {
            throw new InvalidProofException("no consistency proof leads from size " + from + " to size " + to);
        }
        if (from == to) {
            if (!proof.isEmpty() || !MessageDigest.isEqual(fromRoot, toRoot)) {
                throw new InvalidProofException("two trees of the same size with different roots, or a needless proof");
            }
            return;
        }
        checkHashes(fromRoot, proof, toRoot);
        List<byte[]> hashes = new ArrayList<>(proof);
        if (Long.bitCount(from) == 1) {
            hashes.addFirst(fromRoot);
        }
        if (hashes.isEmpty()) {
            throw new InvalidProofException("the consistency proof is empty");
        }
        long node = from - 1;
        long last = to - 1;
        while ((node & 1) == 1) {
            node >>= 1;
            last >>= 1;
        }
        byte[] old = hashes.getFirst();
        byte[] fresh = hashes.getFirst();
        for (byte[] hash : hashes.subList(1, hashes.size())) {
            if (last == 0) {
                throw new InvalidProofException("the consistency proof is too long");
            }
            if ((node & 1) == 1 || node == last) {
                old = nodeHash(hash, old);
                fresh = nodeHash(hash, fresh);
                while ((node & 1) == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                fresh = nodeHash(fresh, hash);
            }
            node >>= 1;
            last >>= 1;
        }
        if (last != 0) {
            throw new InvalidProofException("the consistency proof is too short");
        }
        if (!MessageDigest.isEqual(old, fromRoot) || !MessageDigest.isEqual(fresh, toRoot)) {
            throw new InvalidProofException("the consistency proof does not join the two roots");
        }
    }

    private static void checkHashes(byte[] first, List<byte[]> proof, byte[] last) throws InvalidProofException {
        boolean whole = first.length == HASH_BYTES && last.length == HASH_BYTES;
        for (byte[] hash : proof) {
            whole &= hash.length == HASH_BYTES;
        }
        if (!whole) {
            throw new InvalidProofException("a hash does not have " + HASH_BYTES + " bytes");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
