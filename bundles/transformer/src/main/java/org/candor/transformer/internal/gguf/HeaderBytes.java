package org.candor.transformer.internal.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.candor.api.model.ModelFormatException;

/**
 * Reads a header of unknown length from its beginning on. Nothing is allocated before it is known that the file holds
 * as many bytes. Not thread safe.
 */
final class HeaderBytes {

    /** Longest header read; that of a vocabulary of 262,144 tokens with merges has about 16 MB. */
    static final long MAX_BYTES = 256L << 20;

    private final String file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer window =
            ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long windowEnd;

    HeaderBytes(String file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Bytes of the whole file. */
    long size() {
        return size;
    }

    /** Bytes read so far. */
    long position() {
        return windowEnd - window.remaining();
    }

    /** Bytes of the file not read yet. */
    long remaining() {
        return size - position();
    }

    int uint8(String what) throws IOException {
        need(1, what);
        return window.get() & 0xFF;
    }

    int int32(String what) throws IOException {
        need(4, what);
        return window.getInt();
    }

    long int64(String what) throws IOException {
        need(8, what);
        return window.getLong();
    }

    /** The next bytes, a copy. */
    byte[] bytes(long count, String what) throws IOException {
        checkAhead(count, what);
        byte[] bytes = new byte[(int) count];
        int buffered = (int) Math.min(count, window.remaining());
        window.get(bytes, 0, buffered);
        if (buffered < count) {
            ByteBuffer rest = ByteBuffer.wrap(bytes, buffered, bytes.length - buffered);
            windowEnd = fill(rest, windowEnd);
        }
        return bytes;
    }

    /**
     * A string: 64 bits of length, then UTF-8.
     *
     * @param most longest allowed, in bytes
     */
    String text(String what, long most) throws IOException {
        long length = int64(what + ", its length");
        if (length < 0 || length > most) {
            throw refusal(what + " has a length of " + Long.toUnsignedString(length) + " bytes; at most " + most
                    + " are allowed");
        }
        byte[] bytes = bytes(length, what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file + ": " + GgufMetadata.shown(what, 300) + " is not valid UTF-8", e);
        }
    }

    /** Keys in a rule can be long. */
    ModelFormatException refusal(String rule) {
        return new ModelFormatException(file + ": " + GgufMetadata.shown(rule, 300));
    }

    private void need(int count, String what) throws IOException {
        if (window.remaining() < count) {
            checkAhead(count, what);
            window.compact();
            window.limit((int) Math.min(window.capacity(), window.position() + (size - windowEnd)));
            windowEnd = fill(window, windowEnd);
            window.flip();
        }
    }

    private void checkAhead(long count, String what) throws ModelFormatException {
        if (count > remaining()) {
            throw refusal("ends inside " + what + ": " + count + " bytes are needed, " + remaining() + " are left");
        }
        if (position() + count > MAX_BYTES) {
            throw refusal("the header is longer than " + MAX_BYTES + " bytes at " + what);
        }
    }

    private long fill(ByteBuffer target, long from) throws IOException {
        long at = from;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                throw refusal("became shorter while its header was read");
            }
            at += read;
        }
        return at;
    }
}
