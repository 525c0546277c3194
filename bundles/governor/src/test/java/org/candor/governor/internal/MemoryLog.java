package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.MerkleTree;
import org.candor.proof.SigningKey;
import org.candor.proof.TlogProof;

/** A real Merkle log with a real key, in memory. */
final class MemoryLog implements TransparencyLog {

    private final SigningKey key;
    private final List<byte[]> entries = new ArrayList<>();

    MemoryLog(String origin) {
        try {
            key = SigningKey.generate(origin);
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private byte[] node(int level, long index) {
        return level == 0
                ? MerkleTree.leafHash(entries.get((int) index))
                : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
    }

    @Override
    public synchronized Appended append(byte[] entry) {
        entries.add(entry.clone());
        long size = entries.size();
        String signed = key.sign(new Checkpoint(origin(), size, MerkleTree.root(size, this::node), List.of()).text());
        String proof = new TlogProof(size - 1, MerkleTree.inclusion(size - 1, size, this::node), signed).text();
        return new Appended() {
            @Override
            public long index() {
                return size - 1;
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public String checkpoint() {
                return signed;
            }

            @Override
            public String proof() {
                return proof;
            }
        };
    }

    @Override
    public CompletableFuture<Appended> appendLater(byte[] entry) {
        return CompletableFuture.completedFuture(append(entry));
    }

    @Override
    public String origin() {
        return key.verifier().name();
    }

    @Override
    public String verifierKey() {
        return key.verifier().toString();
    }

    @Override
    public long size() {
        return entries.size();
    }

    @Override
    public synchronized String checkpoint() {
        long size = entries.size();
        return key.sign(new Checkpoint(origin(), size, MerkleTree.root(size, this::node), List.of()).text());
    }

    @Override
    public byte[] entry(long index) {
        return entries.get((int) index).clone();
    }

    @Override
    public List<byte[]> inclusion(long index, long size) {
        return MerkleTree.inclusion(index, size, this::node);
    }

    @Override
    public List<byte[]> consistency(long from, long to) {
        return MerkleTree.consistency(from, to, this::node);
    }

    @Override
    public Optional<byte[]> resource(String path) {
        return Optional.empty();
    }
}
