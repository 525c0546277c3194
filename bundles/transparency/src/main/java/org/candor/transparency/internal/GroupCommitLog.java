package org.candor.transparency.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.TilePath;
import org.candor.proof.TlogProof;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: whoever wants to append queues up; one thread takes all that wait, adds them to the tree, signs the tree and
 * makes entries and checkpoint durable in one write. Leaf hashes and proofs are computed on the callers' threads.
 */
public final class GroupCommitLog implements TransparencyLog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitLog.class);
    private static final int MAX_BATCH = 4096;
    private static final int MAX_BATCH_BYTES = 4 << 20;
    private static final int MAX_WAITING = 1 << 17;
    /** So small that nobody notices, and a second batch does not start with the first few of those just answered. */
    private static final long LINGER_NANOS = 150_000;

    private static final int PUBLISH_MILLIS = 500;

    /**
     * @param directory folder of the log
     * @param origin name of a new log, or empty
     * @param segmentBytes of a journal segment, at least 8 MiB outside of tests
     * @param publishMillis between two writings of tiles and checkpoint to the folder
     */
    public record Settings(Path directory, String origin, int segmentBytes, int publishMillis) {

        /** Tiles twice a second. */
        public Settings(Path directory, String origin, int segmentBytes) {
            this(directory, origin, segmentBytes, PUBLISH_MILLIS);
        }
    }

    private record Waiting(byte[] entry, byte[] leafHash, CompletableFuture<Appended> done) {}

    private final LogFolder folder;
    private final TileFiles files;
    private final RecentTree tree;
    private final EntryTail tail = new EntryTail();
    private final Journal journal;
    private final Publisher publisher;
    private final Thread writer;
    private final Thread publishing;
    private final long publishNanos;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile SignedTree signed;
    private volatile boolean closing;
    private volatile boolean parked;
    private volatile String failure;
    /** Leaves that can be read from full tiles; the writer drops their nodes from memory. */
    private volatile long readable;

    /**
     * Opens or makes the log.
     *
     * @throws IOException when it is damaged or held by another process; the message says what to do
     */
    public GroupCommitLog(Settings settings, Disk disk) throws IOException {
        folder = new LogFolder(settings.directory(), settings.origin());
        files = new TileFiles(folder.path(), disk);
        tree = new RecentTree(files);
        journal = new Journal(folder.path(), disk, settings.segmentBytes());
        boolean opened = false;
        try {
            long start = recover();
            publisher = new Publisher(tree, tail, files, journal, start);
            // What a crash left of later tiles may be anything; from here on what is on the disk can be read.
            readable = publisher.show(signed);
            opened = true;
        } catch (InvalidProofException e) {
            throw new IOException(
                    "the log in " + folder.path() + " is damaged: " + e.getMessage() + ". Restore it from a backup", e);
        } finally {
            if (!opened) {
                journal.close();
                folder.close();
            }
        }
        publishNanos = TimeUnit.MILLISECONDS.toNanos(settings.publishMillis());
        writer = Thread.ofPlatform().name("candor-log").start(this::write);
        publishing = Thread.ofPlatform().name("candor-log-tiles").start(this::publishAll);
    }

    /** @return size of the tree that the oldest journal segment continues */
    private long recover() throws IOException, InvalidProofException {
        List<Journal.Segment> segments = journal.segments();
        long start = segments.isEmpty() ? 0 : segments.getFirst().start();
        tree.load(start);
        long bundle = start / TilePath.WIDTH;
        int width = (int) (start % TilePath.WIDTH);
        List<byte[]> before = width == 0 ? List.of() : files.edgeEntries(bundle, width);
        for (int i = 0; i < width; i++) {
            tail.add(bundle * TilePath.WIDTH + i, before.get(i));
        }
        byte[] published = published();
        signed = published == null ? sign() : new SignedTree(start, text(published));
        journal.open((first, entries, checkpoint) -> {
            for (int i = 0; i < entries.size(); i++) {
                tree.append(MerkleTree.leafHash(entries.get(i)));
                tail.add(first + i, entries.get(i));
            }
            signed = new SignedTree(tree.size(), checkpoint);
        });
        if (published != null) {
            Checkpoint shown = checkpoint(text(published));
            if (shown.size() > tree.size()) {
                throw new InvalidProofException(
                        "its checkpoint shows " + shown.size() + " entries, but only " + tree.size() + " are there");
            }
            if (!java.util.Arrays.equals(MerkleTree.root(shown.size(), tree), shown.root())) {
                throw new InvalidProofException("its entries do not lead to the root of its checkpoint");
            }
            if (tree.size() == start) {
                signed = shown.size() == start ? new SignedTree(start, text(published)) : sign();
            }
        }
        Checkpoint newest = checkpoint(signed.checkpoint());
        if (newest.size() != tree.size()
                || !java.util.Arrays.equals(MerkleTree.root(tree.size(), tree), newest.root())) {
            throw new InvalidProofException("its entries do not lead to the root of its newest checkpoint");
        }
        return start;
    }

    /** The checkpoint that was shown last, or null. A power cut may leave an empty file: it is not forced, the journal is. */
    private byte[] published() throws IOException {
        byte[] note = files.read("checkpoint");
        boolean cut = note != null
                && new String(note, StandardCharsets.ISO_8859_1).chars().allMatch(c -> c == 0);
        return cut ? null : note;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private Checkpoint checkpoint(String note) throws InvalidProofException {
        SignedNote parsed = SignedNote.parse(note);
        parsed.verify(List.of(folder.key().verifier()));
        return Checkpoint.parse(parsed.text());
    }

    private SignedTree sign() {
        long size = tree.size();
        Checkpoint checkpoint = new Checkpoint(origin(), size, MerkleTree.root(size, tree), List.of());
        return new SignedTree(size, folder.key().sign(checkpoint.text()));
    }

    @Override
    public Appended append(byte[] entry) {
        try {
            return appendLater(entry).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable) {
                throw unavailable;
            }
            throw e;
        }
    }

    @Override
    public CompletableFuture<Appended> appendLater(byte[] entry) {
        if (entry.length > MAX_ENTRY_BYTES) {
            throw new IllegalArgumentException(
                    "an entry of " + entry.length + " bytes, " + MAX_ENTRY_BYTES + " are allowed");
        }
        byte[] own = entry.clone();
        CompletableFuture<Appended> done = new CompletableFuture<>();
        if (closing || failure != null) {
            done.completeExceptionally(new LogUnavailableException(failure != null ? failure : "the log is closed"));
            return done;
        }
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            done.completeExceptionally(new LogUnavailableException(MAX_WAITING + " entries wait already: try later"));
            return done;
        }
        queue.add(new Waiting(own, MerkleTree.leafHash(own), done));
        if (parked) {
            LockSupport.unpark(writer);
        }
        if (closing && !writer.isAlive()) {
            refuseWaiting();
        }
        return done;
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

    private void refuseWaiting() {
        for (Waiting late = queue.poll(); late != null; late = queue.poll()) {
            late.done.completeExceptionally(
                    new LogUnavailableException(failure != null ? failure : "the log is closed"));
        }
    }

    private void writeAll() {
        List<Waiting> batch = new ArrayList<>();
        int before = 0;
        while (true) {
            linger(before);
            int bytes = 0;
            while (batch.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
                Waiting next = queue.poll();
                if (next == null) {
                    break;
                }
                bytes += next.entry.length;
                batch.add(next);
            }
            if (batch.isEmpty()) {
                if (closing) {
                    return;
                }
                before = 0;
                park();
                continue;
            }
            before = batch.size();
            waiting.addAndGet(-before);
            commit(batch);
            batch.clear();
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

    private void park() {
        parked = true;
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void commit(List<Waiting> batch) {
        long first = tree.size();
        try {
            if (failure != null) {
                throw new LogUnavailableException(failure);
            }
            tree.trim(readable);
            List<byte[]> entries = new ArrayList<>(batch.size());
            for (Waiting one : batch) {
                tree.append(one.leafHash);
                entries.add(one.entry);
            }
            SignedTree next = sign();
            journal.append(first, entries, next.checkpoint());
            for (int i = 0; i < entries.size(); i++) {
                tail.add(first + i, entries.get(i));
            }
            signed = next;
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).done.complete(new Entry(first + i, next));
            }
        } catch (Journal.TornException e) {
            // After a failed force the system may have dropped the pages: nothing said from now on could be trusted.
            failure = "the log stopped because the disk failed (" + e.getMessage() + "): check it, then restart";
            refuse(batch, first, e);
        } catch (IOException | RuntimeException e) {
            refuse(batch, first, e);
        }
    }

    private void refuse(List<Waiting> batch, long first, Exception e) {
        tree.truncate(first);
        LOG.error("{} entries could not be written to the log: {}", batch.size(), e.getMessage());
        LogUnavailableException refusal = new LogUnavailableException(
                failure != null ? failure : "the entry could not be written to the log: " + e.getMessage(), e);
        for (Waiting one : batch) {
            one.done.completeExceptionally(refusal);
        }
    }

    private void publishAll() {
        SignedTree published = null;
        while (true) {
            boolean last = closing && !writer.isAlive();
            SignedTree now = signed;
            if (now != published) {
                try {
                    readable = publisher.publish(now);
                    published = now;
                } catch (IOException | RuntimeException e) {
                    LOG.warn("Tiles could not be written; the journal keeps the entries: {}", e.getMessage());
                }
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(this, publishNanos);
        }
    }

    @Override
    public String origin() {
        return folder.key().verifier().name();
    }

    @Override
    public String verifierKey() {
        return folder.key().verifier().toString();
    }

    @Override
    public long size() {
        return signed.size();
    }

    @Override
    public String checkpoint() {
        return signed.checkpoint();
    }

    @Override
    public byte[] entry(long index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("entry " + index + " of a log of " + size());
        }
        byte[] recent = tail.get(index);
        if (recent != null) {
            return recent.clone();
        }
        try {
            int at = (int) (index % TilePath.WIDTH);
            return files.entries(index / TilePath.WIDTH, at + 1).get(at);
        } catch (IOException e) {
            throw new LogUnavailableException(e.getMessage(), e);
        }
    }

    @Override
    public List<byte[]> inclusion(long index, long size) {
        if (size > size()) {
            throw new IndexOutOfBoundsException("a tree of " + size + " entries of a log of " + size());
        }
        try {
            return MerkleTree.inclusion(index, size, tree);
        } catch (UncheckedIOException e) {
            throw new LogUnavailableException(e.getCause().getMessage(), e);
        }
    }

    @Override
    public List<byte[]> consistency(long from, long to) {
        if (to > size()) {
            throw new IndexOutOfBoundsException("a tree of " + to + " entries of a log of " + size());
        }
        try {
            return MerkleTree.consistency(from, to, tree);
        } catch (UncheckedIOException e) {
            throw new LogUnavailableException(e.getCause().getMessage(), e);
        }
    }

    @Override
    public Optional<byte[]> resource(String path) {
        if (path.equals("checkpoint")) {
            return Optional.of(checkpoint().getBytes(StandardCharsets.UTF_8));
        }
        Optional<TilePath> tile = TilePath.parse(path).filter(t -> t.existsAt(size()));
        if (tile.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Publisher.content(tile.get(), tree, tail, files));
        } catch (UncheckedIOException e) {
            throw new LogUnavailableException(e.getCause().getMessage(), e);
        } catch (IOException e) {
            throw new LogUnavailableException(e.getMessage(), e);
        }
    }

    /**
     * Writes the log as it is now to an empty folder, in the form in which a log is opened: key, tiles, checkpoint and an
     * empty journal behind them. Appending goes on meanwhile.
     *
     * @return what was signed of the copy
     */
    SignedTree copy(Path to) throws IOException {
        SignedTree copied = signed;
        LogCopy copy = new LogCopy(to);
        copy.key(folder.path());
        try {
            copy.tiles(copied.size(), tile -> Publisher.content(tile, tree, tail, files));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        copy.checkpoint(copied.checkpoint());
        copy.journal(copied.size(), journal.segmentBytes());
        return copied;
    }

    /** Everything that waits is still made durable. */
    @Override
    public void close() throws IOException {
        closing = true;
        LockSupport.unpark(writer);
        boolean interrupted = false;
        for (Thread thread : List.of(writer, publishing)) {
            while (thread.isAlive()) {
                try {
                    LockSupport.unpark(thread);
                    thread.join(200);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        refuseWaiting();
        journal.close();
        folder.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
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
            return new TlogProof(index, inclusion(index, in.size()), in.checkpoint()).text();
        }
    }
}
