package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * The safetensors format (huggingface/safetensors, format description): eight bytes of header length, a JSON header, the
 * data. Data are mapped, never copied.
 *
 * @param tensors by name, in the order of the header
 * @param metadata the strings under {@code __metadata__}
 */
public record Safetensors(Map<String, StoredTensor> tensors, Map<String, String> metadata) {

    /** Longest header the format allows. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /**
     * Reads the header of a file and, when all of it holds, maps the data.
     *
     * @param arena owns the mapping; its tensors live as long as it does
     * @throws ModelFormatException when anything in the file breaks the format; names file, rule and tensor
     */
    public static Safetensors map(Path path, Arena arena) throws IOException {
        String file = path.getFileName().toString();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            long headerBytes = headerLength(file, channel, size);
            ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
            readFully(file, channel, header, 8);
            long dataStart = 8 + headerBytes;
            SafetensorsHeader checked = SafetensorsHeader.read(file, header.flip(), size - dataStart);
            MemorySegment data = size == dataStart
                    ? MemorySegment.NULL
                    : channel.map(FileChannel.MapMode.READ_ONLY, dataStart, size - dataStart, arena);
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : checked.entries().values()) {
                tensors.put(
                        entry.name(),
                        new StoredTensor(
                                file,
                                entry.name(),
                                entry.type(),
                                entry.shape(),
                                data.asSlice(entry.begin(), entry.end() - entry.begin()),
                                false));
            }
            return new Safetensors(tensors, checked.metadata());
        }
    }

    private static long headerLength(String file, FileChannel channel, long size) throws IOException {
        if (size < 8) {
            throw new ModelFormatException(
                    file + ": " + size + " bytes; a safetensors file begins with 8 bytes of header length");
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(file, channel, length, 0);
        long headerBytes = length.getLong(0);
        if ((headerBytes < 0 || headerBytes > size - 8) && PickledWeights.recognizes(length.array())) {
            throw PickledWeights.refusal(file);
        }
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
            throw new ModelFormatException(file + ": header length " + Long.toUnsignedString(headerBytes)
                    + " is above the limit of " + MAX_HEADER_BYTES);
        }
        if (headerBytes > size - 8) {
            throw new ModelFormatException(file + ": header length " + headerBytes
                    + " reaches past the end of the file of " + size + " bytes");
        }
        if (headerBytes == 0) {
            throw new ModelFormatException(file + ": header length 0; a header is at least {}");
        }
        return headerBytes;
    }

    private static void readFully(String file, FileChannel channel, ByteBuffer target, long position)
            throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new ModelFormatException(file + ": ended while its header was read");
            }
        }
    }
}
