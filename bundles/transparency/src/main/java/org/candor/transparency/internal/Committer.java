package org.candor.transparency.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.proof.MerkleTree;
import org.candor.proof.TlogProof;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes entries durable, a batch at a time. Whoever has the turn adds a batch to the tree and signs it; the writing thread
 * alone touches the journal.
 *
 * <p>While batches follow each other the turn stays with the writing thread. A caller who finds the log idle takes it: the
 * caller signs while the writing thread wakes and lets the disk have the entries, so that one who appends alone waits
 * for the longer of the two instead of their sum. No caller touches a file: an interrupt would close it.
 */
final class Committer {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final int MAX_BATCH = 4096;
    private static final int MAX_BATCH_BYTES = 4 << 20;
    private static final int MAX_WAITING = 1 << 17;
    /** So small that nobody notices, and a second batch does not start with the first few of those just answered. */
    private static final long LINGER_NANOS = 150_000;

    /** What a signature may still take when the disk has its entries. */
    private static final long SPIN_NANOS = 50_000;

    private record Waiting(byte[] entry, byte[] leafHash, CompletableFuture<Appended> done) {}

    /** Entries that become durable together. Who has the turn fills and signs it, and is done when it is {@code ready}. */
    private static final class Batch {
        private final List<Waiting> waiting = new ArrayList<>();
        private final List<byte[]> entries = new ArrayList<>();
        private long first;
        private SignedTree signed;
        private Throwable failed;
        /** Signed, or failed. */
        private volatile boolean ready;
    }

    private final RecentTree tree;
    private final EntryTail tail;
    private final Journal journal;
    private final Supplier<SignedTree> sign;
    private final Thread writer;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Whether nobody has the turn; the writing thread begins with it. */
    private final AtomicBoolean idle = new AtomicBoolean();

    /** A caller's batch, on its way to the writing thread. With it goes the turn. */
    private volatile Batch ahead;

    private volatile SignedTree signed;
    private volatile boolean closing;
    private volatile String failure;
    /** Leaves that can be read from full tiles; their nodes are dropped from memory. */
    private volatile long readable;

    /**
     * @param sign signs the tree as it is
     * @param signed the newest tree that was signed
     * @param readable leaves that can be read from full tiles
     */
    Committer(
            RecentTree tree,
            EntryTail tail,
            Journal journal,
            Supplier<SignedTree> sign,
            SignedTree signed,
            long readable) {
        this.tree = tree;
        this.tail = tail;
        this.journal = journal;
        this.sign = sign;
        this.signed = signed;
        this.readable = readable;
        writer = Thread.ofPlatform().name("candor-log").unstarted(this::write);
    }

    void start() {
        writer.start();
    }

    /** The newest tree that is durable. */
    SignedTree signed() {
        return signed;
    }

    void readable(long leaves) {
        readable = leaves;
    }

    /** Whether all that was to be written has been. */
    boolean ended() {
        return closing && !writer.isAlive();
    }

    /** Lets what waits become durable, and takes no more. */
    void close() {
        closing = true;
        LockSupport.unpark(writer);
    }

    Thread thread() {
        return writer;
    }

    /** Takes an entry; it waits for the writing thread. */
    CompletableFuture<Appended> later(byte[] entry) {
        CompletableFuture<Appended> done = take(entry);
        if (idle.get()) {
            LockSupport.unpark(writer);
        }
        return done;
    }

    /** Takes an entry, and signs it here and now when nothing else goes on. */
    CompletableFuture<Appended> now(byte[] entry) {
        CompletableFuture<Appended> done = take(entry);
        if (!done.isDone() && idle.compareAndSet(true, false)) {
            lead();
        }
        return done;
    }

    private CompletableFuture<Appended> take(byte[] entry) {
        CompletableFuture<Appended> done = new CompletableFuture<>();
        if (closing || failure != null) {
            done.completeExceptionally(stopped());
            return done;
        }
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            done.completeExceptionally(new LogUnavailableException(MAX_WAITING + " entries wait already: try later"));
            return done;
        }
        queue.add(new Waiting(entry, MerkleTree.leafHash(entry), done));
        if (ended()) {
            refuseWaiting();
        }
        return done;
    }

    private LogUnavailableException stopped() {
        return new LogUnavailableException(failure != null ? failure : "the log is closed");
    }

    /** With the turn, on a caller's thread. */
    private void lead() {
        Batch batch = new Batch();
        fill(batch);
        if (batch.waiting.isEmpty()) {
            // Who had the turn before took the caller's entry along.
            idle.set(true);
        } else {
            ahead = batch;
            LockSupport.unpark(writer);
            sign(batch);
        }
        LockSupport.unpark(writer);
    }

    private void write() {
        try {
            writeAll();
        } catch (Throwable e) {
            failure = "the log stopped because of an error (" + e + "): restart it";
            LOG.error("the log's writer ended", e);
            throw e;
        } finally {
            closing = true;
            refuseWaiting();
        }
    }

    /** Ends those who wait, once nobody writes any more. */
    void refuseWaiting() {
        for (Waiting late = queue.poll(); late != null; late = queue.poll()) {
            late.done.completeExceptionally(stopped());
        }
    }

    private void writeAll() {
        boolean mine = true;
        int before = 0;
        while (true) {
            Batch given = ahead;
            if (given != null) {
                ahead = null;
                mine = true;
                before = given.waiting.size();
                commitGiven(given);
            } else if (mine) {
                linger(before);
                Batch batch = new Batch();
                fill(batch);
                before = batch.waiting.size();
                if (before > 0) {
                    sign(batch);
                    commit(batch);
                } else if (closing) {
                    return;
                } else {
                    mine = false;
                    idle.set(true);
                }
            } else if ((closing || !queue.isEmpty()) && idle.compareAndSet(true, false)) {
                mine = true;
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** Gives those who were just answered the time to come back, when there are many. */
    private void linger(int before) {
        if (before < 8 || closing) {
            return;
        }
        long end = System.nanoTime() + LINGER_NANOS;
        while (waiting.get() < before && System.nanoTime() < end) {
            Thread.yield();
        }
    }

    /** With the turn: takes what waits, and adds it to the tree. */
    private void fill(Batch batch) {
        batch.first = tree.size();
        try {
            int bytes = 0;
            while (batch.waiting.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
                Waiting next = queue.poll();
                if (next == null) {
                    break;
                }
                bytes += next.entry.length;
                batch.waiting.add(next);
                batch.entries.add(next.entry);
            }
            waiting.addAndGet(-batch.waiting.size());
            if (failure != null) {
                throw new LogUnavailableException(failure);
            }
            tree.trim(readable);
            batch.waiting.forEach(one -> tree.append(one.leafHash));
        } catch (RuntimeException | Error e) {
            batch.failed = e;
        }
    }

    private void sign(Batch batch) {
        try {
            if (batch.failed == null) {
                batch.signed = sign.get();
            }
        } catch (RuntimeException | Error e) {
            batch.failed = e;
        } finally {
            batch.ready = true;
        }
    }

    /** A batch that a caller signs meanwhile. */
    private void commitGiven(Batch batch) {
        Exception early = null;
        try {
            if (failure == null) {
                journal.prepare(batch.entries);
            }
        } catch (IOException | RuntimeException e) {
            early = e;
        }
        long end = System.nanoTime() + SPIN_NANOS;
        while (!batch.ready) {
            if (System.nanoTime() < end) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        if (early != null) {
            refuse(batch, early);
        } else {
            commit(batch);
        }
    }

    private void commit(Batch batch) {
        try {
            if (batch.failed != null) {
                refuse(batch, batch.failed);
                return;
            }
            journal.append(batch.first, batch.entries, batch.signed.checkpoint());
            for (int i = 0; i < batch.entries.size(); i++) {
                tail.add(batch.first + i, batch.entries.get(i));
            }
            signed = batch.signed;
            for (int i = 0; i < batch.waiting.size(); i++) {
                batch.waiting.get(i).done.complete(new Entry(batch.first + i, batch.signed));
            }
        } catch (Journal.TornException e) {
            // After a failed force the system may have dropped the pages: nothing said from now on could be trusted.
            failure = "the log stopped because the disk failed (" + e.getMessage() + "): check it, then restart";
            refuse(batch, e);
        } catch (IOException | RuntimeException e) {
            refuse(batch, e);
        }
    }

    private void refuse(Batch batch, Throwable e) {
        tree.truncate(batch.first);
        if (e instanceof Error) {
            failure = "the log stopped because of an error (" + e + "): restart it";
        }
        LOG.error("{} entries could not be written to the log: {}", batch.waiting.size(), e.getMessage());
        LogUnavailableException refusal = new LogUnavailableException(
                failure != null ? failure : "the entry could not be written to the log: " + e.getMessage(), e);
        for (Waiting one : batch.waiting) {
            one.done.completeExceptionally(refusal);
        }
    }

    private final class Entry implements Appended {
        private final long index;
        private final SignedTree in;

        Entry(long index, SignedTree in) {
            this.index = index;
            this.in = in;
        }

        @Override
        public long index() {
            return index;
        }

        @Override
        public long size() {
            return in.size();
        }

        @Override
        public String checkpoint() {
            return in.checkpoint();
        }

        @Override
        public String proof() {
            try {
                return new TlogProof(index, MerkleTree.inclusion(index, in.size(), tree), in.checkpoint()).text();
            } catch (UncheckedIOException e) {
                throw new LogUnavailableException(e.getCause().getMessage(), e);
            }
        }
    }
}
