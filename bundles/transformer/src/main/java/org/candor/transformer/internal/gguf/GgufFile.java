package org.candor.transformer.internal.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One GGUF file with its data mapped, never copied.
 *
 * @param name of the file, for messages
 * @param header what it says about itself
 * @param data from the first tensor to the end of the file
 */
public record GgufFile(String name, GgufHeader header, MemorySegment data) {

    /**
     * Reads the header of a file and, when all of it holds, maps the data.
     *
     * @param arena owns the mapping
     * @throws org.candor.api.model.ModelFormatException when anything in the file breaks the format; names file, rule
     *     and, where known, key or tensor
     */
    public static GgufFile map(Path path, Arena arena) throws IOException {
        String name = path.getFileName().toString();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            GgufHeader header = GgufHeader.read(name, channel);
            MemorySegment data = header.dataBytes() == 0
                    ? MemorySegment.NULL
                    : channel.map(FileChannel.MapMode.READ_ONLY, header.dataStart(), header.dataBytes(), arena);
            return new GgufFile(name, header, data);
        }
    }

    /** The bytes of one of this file's tensors. */
    public MemorySegment bytes(GgufTensor tensor) {
        return data.asSlice(tensor.offset(), tensor.bytes());
    }
}
