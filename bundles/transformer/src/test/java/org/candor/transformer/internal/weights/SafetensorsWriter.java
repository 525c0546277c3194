package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes safetensors files for tests. */
public final class SafetensorsWriter {

    private SafetensorsWriter() {}

    /** Writes these tensors under these names, one after the other. */
    public static Path write(Path file, Map<String, StoredTensor> tensors) throws IOException {
        List<String> entries = new ArrayList<>();
        long offset = 0;
        for (Map.Entry<String, StoredTensor> entry : tensors.entrySet()) {
            StoredTensor tensor = entry.getValue();
            long end = offset + tensor.data().byteSize();
            entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(entry.getKey(), tensor.type(), Arrays.toString(tensor.shape()), offset, end));
            offset = end;
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate((int) (8 + header.length + offset)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        for (StoredTensor tensor : tensors.values()) {
            bytes.put(tensor.data().asByteBuffer());
        }
        return Files.write(file, bytes.array());
    }
}
