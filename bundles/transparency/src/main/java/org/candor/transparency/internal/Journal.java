package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Where batches become durable: one write and one force of file content a batch. Segments are laid out in full before
 * they are used, so that forcing one never has to write metadata.
 *
 * <p>A segment is named by the index of its first entry. It holds records, one a batch: magic, length, first index, count,
 * CRC32C of all but itself; then each entry behind its length (16 bits); then the signed checkpoint of the tree with this
 * batch, UTF-8. A record counts when its checksum is right and its first index is the expected one; the first that does
 * not ends the segment, which covers torn writes and what an earlier use of the file left behind.
 *
 * <p>Appending and opening happen on one thread; {@link #prepareSpare} and {@link #drop} on another.
 */
final class Journal implements AutoCloseable {

    private static final int MAGIC = 0x43414e44; // "CAND"
    private static final int HEADER = 4 + 4 + 8 + 4 + 4;
    private static final String PREFIX = "journal-";
    private static final String SPARE = "journal.spare";

    private final Path folder;
    private final Disk disk;
    private final int segmentBytes;
    private final List<Segment> full = new ArrayList<>();

    private volatile Segment current;
    private FileChannel channel;
    private int position;
    /** Where the newest record that was read begins, or -1. */
    private int newest = -1;
    /** Whether the name of the current segment is durable. */
    private boolean named = true;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

    /**
     * @param start index of its first entry
     * @param path of its file
     */
    record Segment(long start, Path path) {}

    /** Takes batches while a journal is opened. */
    @FunctionalInterface
    interface Replay {
        void batch(long first, List<byte[]> entries, String checkpoint) throws IOException;
    }

    Journal(Path folder, Disk disk, int segmentBytes) {
        this.folder = folder;
        this.disk = disk;
        this.segmentBytes = segmentBytes;
    }

    int segmentBytes() {
        return segmentBytes;
    }

    /** Name of the segment that begins with this entry. */
    static String name(long first) {
        return PREFIX + String.format("%020d", first);
    }

    /** Segments on disk, oldest first. */
    List<Segment> segments() throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path file : files) {
                segments.add(
                        new Segment(Long.parseLong(file.getFileName().toString().substring(PREFIX.length())), file));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::start));
        return segments;
    }

    /**
     * Gives every durable batch in order and makes ready to append behind the last.
     *
     * @throws IOException when entries are missing between two segments, or a whole record follows a damaged one: the
     *     damaged one had been acknowledged, and reading on would lose it silently
     */
    void open(Replay replay) throws IOException {
        List<Segment> segments = segments();
        long next = segments.isEmpty() ? 0 : segments.getFirst().start();
        for (Segment segment : segments) {
            if (segment.start() != next) {
                throw new IOException("the log's journal ends at entry " + next + ", but " + segment.path()
                        + " starts at entry " + segment.start() + ": restore the folder from a backup");
            }
            next = replay(segment, next, replay);
        }
        if (segments.isEmpty()) {
            start(0);
            return;
        }
        full.addAll(segments.subList(0, segments.size() - 1));
        current = segments.getLast();
        channel = FileChannel.open(current.path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (newest >= 0) {
            forceAgain(newest, position - newest);
        }
    }

    /**
     * The newest record may have been read from memory after its force failed, and not be on the disk: it counts from now
     * on, so it has to be. All others were forced before their successors were written.
     */
    private void forceAgain(int at, int length) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(length);
        while (record.hasRemaining() && channel.read(record, at + record.position()) >= 0) {
            // until it is whole
        }
        disk.write(current.path(), channel, record.flip(), at);
        disk.force(current.path(), channel, false);
        forceFolder();
    }

    private long replay(Segment segment, long start, Replay replay) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment.path()));
        long next = start;
        position = 0;
        newest = -1;
        while (bytes.remaining() >= HEADER) {
            int at = bytes.position();
            int magic = bytes.getInt();
            int length = bytes.getInt();
            long first = bytes.getLong();
            int count = bytes.getInt();
            int checksum = bytes.getInt();
            if (magic != MAGIC || first != next || count < 1 || length < HEADER || length > bytes.capacity() - at) {
                break;
            }
            bytes.putInt(at + HEADER - 4, 0);
            if (checksum != checksum(bytes.slice(at, length))) {
                break;
            }
            List<byte[]> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                byte[] entry = new byte[bytes.getShort() & 0xffff];
                bytes.get(entry);
                entries.add(entry);
            }
            byte[] checkpoint = new byte[at + length - bytes.position()];
            bytes.get(checkpoint);
            replay.batch(first, entries, new String(checkpoint, StandardCharsets.UTF_8));
            next += count;
            newest = at;
            position = at + length;
        }
        refuseLater(segment, bytes, next);
        return next;
    }

    /** Each record is durable before the next is written, so that none follows one that was torn. */
    private void refuseLater(Segment segment, ByteBuffer bytes, long next) throws IOException {
        for (int at = position + 1; at <= bytes.capacity() - HEADER; at++) {
            if (bytes.get(at) != MAGIC >>> 24 || bytes.getInt(at) != MAGIC || bytes.getLong(at + 8) <= next) {
                continue;
            }
            int length = bytes.getInt(at + 4);
            if (length >= HEADER && length <= bytes.capacity() - at) {
                ByteBuffer record = ByteBuffer.allocate(length).put(0, bytes, at, length);
                record.putInt(HEADER - 4, 0);
                if (bytes.getInt(at + HEADER - 4) == checksum(record)) {
                    throw new IOException("the log's journal " + segment.path() + " is damaged: entry " + next
                            + " cannot be read, but entry " + bytes.getLong(at + 8)
                            + " can. Restore the folder from a backup");
                }
            }
        }
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /**
     * Makes a batch durable.
     *
     * @throws TornException when it was written, but may or may not be durable; the journal is of no use any more
     * @throws IOException when it was not written; the journal is as before
     */
    void append(long first, List<byte[]> entries, String checkpoint) throws IOException {
        byte[] note = checkpoint.getBytes(StandardCharsets.UTF_8);
        int length = HEADER + note.length;
        for (byte[] entry : entries) {
            length += 2 + entry.length;
        }
        if (length > segmentBytes) {
            throw new IllegalArgumentException("a batch of " + length + " bytes does not fit into a segment");
        }
        if (length > segmentBytes - position) {
            start(first);
        }
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(length) << 1);
        }
        buffer.clear();
        buffer.putInt(MAGIC)
                .putInt(length)
                .putLong(first)
                .putInt(entries.size())
                .putInt(0);
        for (byte[] entry : entries) {
            buffer.putShort((short) entry.length).put(entry);
        }
        buffer.put(note).flip();
        buffer.putInt(HEADER - 4, checksum(buffer.duplicate()));
        if (!named) {
            forceFolder();
            named = true;
        }
        disk.write(current.path(), channel, buffer, position);
        try {
            disk.force(current.path(), channel, false);
        } catch (IOException e) {
            throw new TornException(e);
        }
        position += length;
    }

    /** What was written may or may not be durable, and the system will not tell. */
    static final class TornException extends IOException {
        private static final long serialVersionUID = 1L;

        TornException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private void start(long first) throws IOException {
        Path spare = folder.resolve(SPARE);
        if (!Files.exists(spare)) {
            prepareSpare();
        }
        Path path = folder.resolve(name(first));
        FileChannel next = FileChannel.open(spare, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            disk.rename(spare, path);
        } catch (IOException e) {
            next.close();
            throw e;
        }
        // From here on the segment is in use, even when its name cannot be forced yet: a file that is named by its
        // first
        // entry must not be left behind empty.
        FileChannel last = channel;
        synchronized (full) {
            if (current != null) {
                full.add(current);
            }
            current = new Segment(first, path);
        }
        channel = next;
        position = 0;
        named = false;
        if (last != null) {
            last.close();
        }
    }

    /** Lays out the next segment ahead of time, unless there is one. */
    synchronized void prepareSpare() throws IOException {
        Path spare = folder.resolve(SPARE);
        if (Files.exists(spare)) {
            return;
        }
        Path temporary = folder.resolve("." + SPARE + ".new");
        try (FileChannel file = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (int at = 0; at < segmentBytes; at += zeros.capacity()) {
                disk.write(temporary, file, zeros.clear().limit(Math.min(zeros.capacity(), segmentBytes - at)), at);
            }
            disk.force(temporary, file, true);
        }
        disk.rename(temporary, spare);
        forceFolder();
    }

    private void forceFolder() throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            disk.force(folder, directory, true);
        }
    }

    /** Indices of the first entries of all segments but the oldest, ascending. */
    List<Long> laterStarts() {
        synchronized (full) {
            List<Long> starts = new ArrayList<>();
            for (int i = 1; i < full.size(); i++) {
                starts.add(full.get(i).start());
            }
            if (!full.isEmpty()) {
                starts.add(current.start());
            }
            return starts;
        }
    }

    /** Removes full segments whose entries all lie before this index: tiles hold them durably. One becomes the spare. */
    void drop(long before) throws IOException {
        // Oldest first, each for good before the next: what a crash or a failing disk leaves has no gap.
        while (true) {
            Segment oldest;
            synchronized (full) {
                long end = full.isEmpty()
                        ? Long.MAX_VALUE
                        : full.size() > 1 ? full.get(1).start() : current.start();
                if (end > before) {
                    return;
                }
                oldest = full.getFirst();
            }
            synchronized (this) {
                Path spare = folder.resolve(SPARE);
                if (Files.exists(spare)) {
                    Files.deleteIfExists(oldest.path());
                } else if (Files.exists(oldest.path())) {
                    disk.rename(oldest.path(), spare);
                }
            }
            forceFolder();
            synchronized (full) {
                full.removeFirst();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
