package org.candor.transformer.internal.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes protobuf messages for tests (Protocol Buffers, Encoding). */
final class ProtobufWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtobufWriter number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    ProtobufWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    ProtobufWriter string(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtobufWriter message(int field, ProtobufWriter value) {
        return bytes(field, value.toByteArray());
    }

    ProtobufWriter fixed32(int field, float value) {
        varint((long) field << 3 | 5);
        out.writeBytes(floats(value));
        return this;
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    static byte[] varints(long... values) {
        ProtobufWriter writer = new ProtobufWriter();
        for (long value : values) {
            writer.varint(value);
        }
        return writer.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
