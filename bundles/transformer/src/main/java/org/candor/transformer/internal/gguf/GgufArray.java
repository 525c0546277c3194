package org.candor.transformer.internal.gguf;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.List;

/**
 * An array of metadata values. Numbers stay in the bytes of the file and become objects one at a time, so that an array
 * takes no more memory than in the file. Immutable.
 */
public final class GgufArray extends AbstractList<Object> {

    private final GgufValueType elementType;
    private final byte[] numbers;
    private final List<Object> objects;

    private GgufArray(GgufValueType elementType, byte[] numbers, List<Object> objects) {
        this.elementType = elementType;
        this.numbers = numbers;
        this.objects = objects;
    }

    /** Numbers or booleans, little-endian. */
    static GgufArray ofNumbers(GgufValueType elementType, byte[] bytes) {
        return new GgufArray(elementType, bytes, null);
    }

    /** Strings or arrays. */
    static GgufArray ofObjects(GgufValueType elementType, List<Object> objects) {
        return new GgufArray(elementType, null, List.copyOf(objects));
    }

    /** The type of every element. */
    public GgufValueType elementType() {
        return elementType;
    }

    @Override
    public Object get(int index) {
        if (objects != null) {
            return objects.get(index);
        }
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index);
        }
        return decode(
                elementType, ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN), index * elementType.bytes());
    }

    @Override
    public int size() {
        return objects != null ? objects.size() : numbers.length / elementType.bytes();
    }

    /**
     * A number or boolean: Long for whole numbers (BigInteger above 2^63 - 1), Float, Double or Boolean.
     *
     * @param bytes little-endian
     */
    static Object decode(GgufValueType type, ByteBuffer bytes, int at) {
        return switch (type) {
            case UINT8 -> (long) (bytes.get(at) & 0xFF);
            case INT8 -> (long) bytes.get(at);
            case UINT16 -> (long) (bytes.getShort(at) & 0xFFFF);
            case INT16 -> (long) bytes.getShort(at);
            case UINT32 -> bytes.getInt(at) & 0xFFFF_FFFFL;
            case INT32 -> (long) bytes.getInt(at);
            case INT64 -> bytes.getLong(at);
            case UINT64 -> {
                long value = bytes.getLong(at);
                yield value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
            }
            case FLOAT32 -> bytes.getFloat(at);
            case FLOAT64 -> bytes.getDouble(at);
            case BOOL -> bytes.get(at) != 0;
            case STRING, ARRAY -> throw new IllegalArgumentException(type + " has no fixed size");
        };
    }
}
