package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * A journal segment that is written from front to back. Where the file system can, it is written past the system's cache
 * ({@link Disk#direct}): a write then is on its way to the medium when it returns, and forcing it finds no page that
 * is still to be written. Such writes consist of whole blocks. The first one begins with what is in its block already;
 * behind the last byte its block is filled with zeros. Used by one thread.
 */
final class SegmentFile implements AutoCloseable {

    private static final int SMALLEST_IMAGE = 1 << 16;

    private final Path path;
    private final Disk disk;
    private final FileChannel channel;
    /** Writes begin and end at multiples of it. */
    private final int block;

    /** What is being written, from a block's begin on. */
    private ByteBuffer image;
    /** Content of the block that holds the end, up to the end. */
    private final byte[] begun;

    private SegmentFile(Path path, Disk disk, FileChannel channel, int block) {
        this.path = path;
        this.disk = disk;
        this.channel = channel;
        this.block = block;
        this.begun = new byte[block];
        this.image = buffer(SMALLEST_IMAGE);
    }

    /**
     * Opens a file that is laid out in full.
     *
     * @param path under which it is known to the disk, also when it lies elsewhere until it is renamed
     */
    static SegmentFile open(Path file, Path path, Disk disk) throws IOException {
        int block = disk.direct(file);
        Set<OpenOption> how = new HashSet<>(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        boolean direct = block > 0 && Files.size(file) % block == 0;
        if (direct) {
            how.add(Disk.DIRECT);
        }
        return new SegmentFile(path, disk, FileChannel.open(file, how), direct ? block : 1);
    }

    /** Whether a write goes to the medium at once. */
    boolean isDirect() {
        return block > 1;
    }

    private ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(wholeBlocks(bytes) + 2 * block).alignedSlice(block);
    }

    private int wholeBlocks(int bytes) {
        return (bytes + block - 1) / block * block;
    }

    /** Reads what a write at this position needs to know. */
    void continueAt(int position) throws IOException {
        int from = position / block * block;
        if (position > from) {
            read(from, block).get(0, begun, 0, position - from);
        }
    }

    /** The content of whole blocks, in the image. */
    private ByteBuffer read(int from, int bytes) throws IOException {
        if (image.capacity() < bytes) {
            image = buffer(bytes);
        }
        image.clear().limit(bytes);
        while (image.hasRemaining()) {
            if (channel.read(image, from + image.position()) < 0) {
                throw new IOException(path + " is shorter than it was laid out");
            }
        }
        return image.flip();
    }

    /** Writes once more what is there. */
    void writeAgain(int position, int bytes) throws IOException {
        int from = position / block * block;
        disk.write(path, channel, read(from, wholeBlocks(position + bytes) - from), from);
    }

    /**
     * A place for what is to be written at a position: the last one, or the one up to which was {@link #written}.
     *
     * @return of this length; good until the next call
     */
    ByteBuffer at(int position, int bytes) {
        int before = position % block;
        if (image.capacity() < wholeBlocks(before + bytes)) {
            image = buffer(before + bytes);
        }
        image.clear().put(begun, 0, before);
        return image.slice(before, bytes);
    }

    /** Writes what was put in the place {@link #at} this position. */
    void write(int position, int bytes) throws IOException {
        int before = position % block;
        int end = wholeBlocks(before + bytes);
        for (int i = before + bytes; i < end; i++) {
            image.put(i, (byte) 0);
        }
        disk.write(path, channel, image.clear().limit(end), position - before);
    }

    /** What was written last stays: the next write is at this position. */
    void written(int position, int bytes) {
        int end = position % block + bytes;
        int last = end / block * block;
        image.clear().get(last, begun, 0, end - last);
    }

    /** Returns when what was written has reached the medium. */
    void force() throws IOException {
        disk.force(path, channel, false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
