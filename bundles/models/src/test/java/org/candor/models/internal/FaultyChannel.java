package org.candor.models.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a disk that fails while it is told to. */
final class FaultyChannel extends FileChannel {

    /** What the disk does. */
    enum Fault {
        NONE,
        /** Takes half of what is written, then is full. */
        FULL,
        /** Takes everything, and cannot force it. */
        UNFORCED
    }

    private final FileChannel file;
    private Fault fault = Fault.NONE;
    private boolean half;

    FaultyChannel(FileChannel file) {
        this.file = file;
    }

    void fault(Fault next) {
        fault = next;
        half = false;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        if (fault != Fault.FULL) {
            return file.write(source);
        }
        if (half) {
            throw new IOException("No space left on device");
        }
        half = true;
        int limit = source.limit();
        source.limit(source.position() + source.remaining() / 2);
        int written = file.write(source);
        source.limit(limit);
        return written;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        if (fault == Fault.UNFORCED) {
            throw new IOException("Input/output error");
        }
        file.force(metaData);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long next) throws IOException {
        file.position(next);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return file.read(to);
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
        return file.read(to, at);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return file.read(to, offset, length);
    }

    @Override
    public int write(ByteBuffer source, long at) {
        throw unused();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw unused();
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel target) {
        throw unused();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) {
        throw unused();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw unused();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw unused();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
        throw unused();
    }

    /** A write that the faults would not reach. */
    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("the activation record does not use this");
    }
}
