package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.TilePath;
import org.candor.proof.VerifierKey;

/**
 * Checks a published log folder from the entries up, believing nothing but the key: every entry against its leaf hash, every
 * hash against the two below it, the root against the signed checkpoint.
 */
final class Fsck {

    private final TileFiles files;
    private final VerifierKey key;

    Fsck(Path folder, VerifierKey key) {
        this.files = new TileFiles(folder, new Disk());
        this.key = key;
    }

    /**
     * Checks everything.
     *
     * @return the checkpoint that the folder lives up to
     * @throws IOException when a file is missing or cut
     * @throws InvalidProofException when something does not fit, named by its path
     */
    Checkpoint check() throws IOException, InvalidProofException {
        byte[] note = files.read("checkpoint");
        if (note == null) {
            throw new IOException("there is no checkpoint");
        }
        SignedNote signed = SignedNote.parse(new String(note, StandardCharsets.UTF_8));
        signed.verify(List.of(key));
        Checkpoint checkpoint = Checkpoint.parse(signed.text());
        long size = checkpoint.size();
        for (long bundle = 0; bundle * TilePath.WIDTH < size; bundle++) {
            int width = (int) Math.min(TilePath.WIDTH, size - bundle * TilePath.WIDTH);
            List<byte[]> entries = files.entries(bundle, width);
            byte[] hashes = files.hashes(0, bundle, width);
            for (int i = 0; i < width; i++) {
                compare(MerkleTree.leafHash(entries.get(i)), hashes, i, new TilePath(0, bundle, width));
            }
        }
        for (int level = 1; size >> 8 * level > 0; level++) {
            long count = size >> 8 * level;
            for (long i = 0; i < count; i++) {
                long tile = i / TilePath.WIDTH;
                int width = (int) Math.min(TilePath.WIDTH, count - tile * TilePath.WIDTH);
                byte[] below = files.hashes(level - 1, i, TilePath.WIDTH);
                compare(
                        root(below),
                        files.hashes(level, tile, width),
                        (int) (i % TilePath.WIDTH),
                        new TilePath(level, tile, width));
            }
        }
        RecentTree tree = new RecentTree(files);
        tree.load(size);
        if (!Arrays.equals(MerkleTree.root(size, tree), checkpoint.root())) {
            throw new InvalidProofException("the tiles do not lead to the root of the checkpoint");
        }
        return checkpoint;
    }

    private static byte[] root(byte[] tile) {
        MerkleTree.Nodes leaves = new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                int at = (int) index * MerkleTree.HASH_BYTES;
                return level == 0
                        ? Arrays.copyOfRange(tile, at, at + MerkleTree.HASH_BYTES)
                        : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
        return MerkleTree.root(TilePath.WIDTH, leaves);
    }

    private static void compare(byte[] expected, byte[] hashes, int i, TilePath tile) throws InvalidProofException {
        int at = i * MerkleTree.HASH_BYTES;
        if (!Arrays.equals(expected, 0, MerkleTree.HASH_BYTES, hashes, at, at + MerkleTree.HASH_BYTES)) {
            throw new InvalidProofException("hash " + i + " of " + tile + " is not that of what lies below it");
        }
    }
}
