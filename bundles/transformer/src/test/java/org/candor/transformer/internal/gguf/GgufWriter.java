package org.candor.transformer.internal.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes GGUF files, version 3, for tests. */
public final class GgufWriter {

    private static final int ALIGNMENT = 32;

    private record Tensor(String name, GgmlType type, long[] shape, byte[] bytes) {}

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();

    /**
     * Adds a value: Integer becomes UINT32, Short UINT16, Long INT64, Float FLOAT32, Double FLOAT64; Boolean and String as
     * they are; a List an array of its first element's type.
     */
    public GgufWriter with(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    /** Takes a value away. */
    public GgufWriter without(String key) {
        metadata.remove(key);
        return this;
    }

    /** @param shape outermost first */
    public GgufWriter tensor(String name, GgmlType type, long[] shape, byte[] bytes) {
        tensors.add(new Tensor(name, type, shape, bytes));
        return this;
    }

    /** A tensor of type F32. */
    public GgufWriter tensor(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(name, GgmlType.F32, shape, bytes.array());
    }

    /** Writes the file. */
    public Path write(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(out, 3);
        int64(out, tensors.size());
        int64(out, metadata.size());
        metadata.forEach((key, value) -> {
            text(out, key);
            int32(out, type(value).ordinal());
            value(out, value);
        });
        long offset = 0;
        for (Tensor tensor : tensors) {
            text(out, tensor.name);
            int32(out, tensor.shape.length);
            for (int i = tensor.shape.length - 1; i >= 0; i--) {
                int64(out, tensor.shape[i]);
            }
            int32(out, tensor.type.number());
            int64(out, offset);
            offset = (offset + tensor.bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
        for (Tensor tensor : tensors) {
            pad(out);
            out.writeBytes(tensor.bytes);
        }
        pad(out);
        return Files.write(file, out.toByteArray());
    }

    private static GgufValueType type(Object value) {
        return switch (value) {
            case Short s -> GgufValueType.UINT16;
            case Integer i -> GgufValueType.UINT32;
            case Long l -> GgufValueType.INT64;
            case Float f -> GgufValueType.FLOAT32;
            case Double d -> GgufValueType.FLOAT64;
            case Boolean b -> GgufValueType.BOOL;
            case String s -> GgufValueType.STRING;
            case List<?> l -> GgufValueType.ARRAY;
            default -> throw new IllegalArgumentException(value.getClass().toString());
        };
    }

    private static void value(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case Short s -> {
                out.write(s);
                out.write(s >> 8);
            }
            case Integer i -> int32(out, i);
            case Long l -> int64(out, l);
            case Float f -> int32(out, Float.floatToRawIntBits(f));
            case Double d -> int64(out, Double.doubleToRawLongBits(d));
            case Boolean b -> out.write(b ? 1 : 0);
            case String s -> text(out, s);
            case List<?> list -> {
                int32(out, (list.isEmpty() ? GgufValueType.STRING : type(list.getFirst())).ordinal());
                int64(out, list.size());
                list.forEach(element -> value(out, element));
            }
            default -> throw new IllegalArgumentException(value.getClass().toString());
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void int32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private static void int64(ByteArrayOutputStream out, long value) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
    }
}
