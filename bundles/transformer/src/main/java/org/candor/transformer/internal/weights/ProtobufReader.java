package org.candor.transformer.internal.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.candor.api.model.ModelFormatException;

/**
 * Reads one protobuf message field by field (Protocol Buffers, Encoding). Nothing is copied but strings and numbers; a
 * length is believed only when it lies within the message. Groups, which ONNX never uses, are refused.
 */
final class ProtobufReader {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private static final int MAX_STRING_BYTES = 1 << 20;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final MemorySegment data;
    private long position;
    private int field;
    private int wireType;

    /**
     * @param file for messages
     * @param data exactly the message
     */
    ProtobufReader(String file, MemorySegment data) {
        this.file = file;
        this.data = data;
    }

    /** Moves to the next field; false at the end of the message. Its value must then be read or skipped. */
    boolean next() throws ModelFormatException {
        if (position == data.byteSize()) {
            return false;
        }
        long tag = varint();
        long number = tag >>> 3;
        if (number < 1 || number > 0x1FFFFFFF) {
            throw damaged("field number " + Long.toUnsignedString(number));
        }
        field = (int) number;
        wireType = (int) (tag & 7);
        if (wireType != VARINT && wireType != FIXED64 && wireType != BYTES && wireType != FIXED32) {
            throw damaged("wire type " + wireType + " of field " + field);
        }
        return true;
    }

    /** Number of the current field. */
    int field() {
        return field;
    }

    /** Wire type of the current field. */
    int wireType() {
        return wireType;
    }

    /** Bytes not yet read. */
    boolean hasRemaining() {
        return position < data.byteSize();
    }

    /** A whole number of the current field. */
    long number() throws ModelFormatException {
        expect(VARINT);
        return varint();
    }

    /** The next varint, whatever field it belongs to: packed fields are a row of them. */
    long varint() throws ModelFormatException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position == data.byteSize()) {
                throw damaged("ends inside a number");
            }
            byte b = data.get(ValueLayout.JAVA_BYTE, position++);
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged("a number of more than 10 bytes");
    }

    /** The 32 bits of the current field. */
    int fixed32() throws ModelFormatException {
        expect(FIXED32);
        need(4);
        int value = data.get(INT, position);
        position += 4;
        return value;
    }

    /** The bytes of the current field: a string, a packed list, or a message of its own. */
    MemorySegment bytes() throws ModelFormatException {
        expect(BYTES);
        long length = varint();
        need(length);
        MemorySegment slice = data.asSlice(position, length);
        position += length;
        return slice;
    }

    /** The current field as a message. */
    ProtobufReader message() throws ModelFormatException {
        return new ProtobufReader(file, bytes());
    }

    /** The current field as text. */
    String string() throws ModelFormatException {
        MemorySegment bytes = bytes();
        if (bytes.byteSize() > MAX_STRING_BYTES) {
            throw damaged("a string of " + bytes.byteSize() + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("a string that is not UTF-8");
        }
    }

    /** Passes over the current field. */
    void skip() throws ModelFormatException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> {
                need(8);
                position += 8;
            }
            case BYTES -> bytes();
            default -> {
                need(4);
                position += 4;
            }
        }
    }

    private void expect(int type) throws ModelFormatException {
        if (wireType != type) {
            throw damaged("field " + field + " has wire type " + wireType + " where " + type + " belongs");
        }
    }

    private void need(long bytes) throws ModelFormatException {
        if (bytes < 0 || bytes > data.byteSize() - position) {
            throw damaged("a field of " + Long.toUnsignedString(bytes) + " bytes where " + (data.byteSize() - position)
                    + " are left");
        }
    }

    private ModelFormatException damaged(String what) {
        return new ModelFormatException(file + ": not a whole protobuf message: " + what);
    }
}
