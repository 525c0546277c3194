package org.candor.transformer.internal.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a GGUF file (ggml, docs/gguf.md, versions 2 and 3, little-endian), checked completely before a byte of
 * the data is touched: every count fits into the file, every tensor's size follows from its type and shape, and the
 * tensors cover the data in any order without overlap and with no gap but the alignment's.
 *
 * @param metadata keys and values
 * @param tensors by name, in the order of the file
 * @param dataStart first byte of the data
 * @param dataBytes bytes from there to the end of the file
 */
public record GgufHeader(GgufMetadata metadata, Map<String, GgufTensor> tensors, long dataStart, long dataBytes) {

    private static final int MAX_KEYS = 65_536;
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_TENSORS = 1_000_000;
    /** Longest name of a tensor in bytes, as the format has it. */
    private static final int MAX_NAME_BYTES = 64;

    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_NESTING = 4;
    /** Most strings and inner arrays of one file: each costs more on the heap than in the file. */
    private static final int MAX_OBJECTS = 4_000_000;

    private static final String ALIGNMENT = "general.alignment";
    private static final long DEFAULT_ALIGNMENT = 32;
    /** Shortest entries that can exist: key of one byte with a boolean; tensor of one-byte name without dimensions. */
    private static final int LEAST_KEY_BYTES = 8 + 1 + 4 + 1;

    private static final int LEAST_TENSOR_BYTES = 8 + 1 + 4 + 4 + 8;

    /**
     * Reads and checks the header of a file.
     *
     * @param file its name, for messages
     * @throws org.candor.api.model.ModelFormatException when anything breaks the format; names file, rule and, where
     *     known, key or tensor
     */
    public static GgufHeader read(String file, FileChannel channel) throws IOException {
        return new Reading(file, new HeaderBytes(file, channel)).header();
    }

    /** One pass over the header. */
    private static final class Reading {

        private final String file;
        private final HeaderBytes in;
        private int objects;

        Reading(String file, HeaderBytes in) {
            this.file = file;
            this.in = in;
        }

        GgufHeader header() throws IOException {
            byte[] magic = in.bytes(Math.min(4, in.size()), "the magic");
            require(
                    Arrays.equals(magic, "GGUF".getBytes(StandardCharsets.US_ASCII)),
                    "a GGUF file begins with the four bytes GGUF, not with " + hex(magic));
            checkVersion(in.int32("the version"));
            long tensorCount = count("tensors", MAX_TENSORS, LEAST_TENSOR_BYTES);
            long keyCount = count("metadata keys", MAX_KEYS, LEAST_KEY_BYTES);
            GgufMetadata metadata = metadata(keyCount);
            long alignment = alignment(metadata);
            Map<String, GgufTensor> tensors = tensors(tensorCount, alignment);
            // A file without tensors may end right behind its header.
            long dataStart = tensors.isEmpty()
                    ? Math.min(align(in.position(), alignment), in.size())
                    : align(in.position(), alignment);
            require(
                    dataStart <= in.size(),
                    "the data begin at byte " + dataStart + ", behind the end of the file of " + in.size() + " bytes");
            checkCoverage(tensors, in.size() - dataStart, alignment);
            return new GgufHeader(metadata, Collections.unmodifiableMap(tensors), dataStart, in.size() - dataStart);
        }

        private void checkVersion(int version) throws IOException {
            int swapped = Integer.reverseBytes(version);
            require(
                    swapped < 1 || swapped > 3,
                    "version " + swapped + " in big-endian order; only little-endian files are read");
            require(
                    version == 2 || version == 3,
                    "GGUF version " + Integer.toUnsignedString(version) + " is not supported (2 and 3 are)");
        }

        private long count(String what, int most, int leastBytes) throws IOException {
            long count = in.int64("the number of " + what);
            require(
                    count >= 0 && count <= most && count * leastBytes <= in.remaining(),
                    Long.toUnsignedString(count) + " " + what + " are announced; at most " + most
                            + " are read, and no more than the file has room for");
            return count;
        }

        private GgufMetadata metadata(long count) throws IOException {
            Map<String, GgufMetadata.Entry> entries = new LinkedHashMap<>();
            for (long i = 0; i < count; i++) {
                String key = in.text("metadata key " + i, MAX_KEY_BYTES);
                checkName(key, "metadata key " + i);
                GgufValueType type = type(key);
                Object value = value(key, type, 0);
                require(
                        entries.put(key, new GgufMetadata.Entry(type, value)) == null,
                        "the key " + key + " comes twice");
            }
            return new GgufMetadata(file, entries);
        }

        /** Names go into messages and logs as they are. */
        private void checkName(String name, String what) throws IOException {
            require(!name.isEmpty(), what + " is empty");
            require(name.chars().noneMatch(Character::isISOControl), what + " has control characters");
        }

        private GgufValueType type(String key) throws IOException {
            int number = in.int32("the type of " + key);
            GgufValueType type = GgufValueType.of(number);
            require(
                    type != null,
                    key + " has the value type " + Integer.toUnsignedString(number) + ", which does not exist (0 to "
                            + (GgufValueType.values().length - 1) + " do)");
            return type;
        }

        private Object value(String key, GgufValueType type, int depth) throws IOException {
            return switch (type) {
                case STRING -> in.text(key, HeaderBytes.MAX_BYTES);
                case ARRAY -> array(key, depth + 1);
                case BOOL -> truth(key, in.uint8(key));
                default ->
                    GgufArray.decode(
                            type, ByteBuffer.wrap(in.bytes(type.bytes(), key)).order(ByteOrder.LITTLE_ENDIAN), 0);
            };
        }

        private boolean truth(String key, int value) throws IOException {
            require(value <= 1, key + " is a boolean of value " + value + " (0 and 1 are allowed)");
            return value == 1;
        }

        private GgufArray array(String key, int depth) throws IOException {
            require(depth <= MAX_NESTING, key + " has arrays nested deeper than " + MAX_NESTING);
            GgufValueType type = type(key);
            long count = in.int64("the length of " + key);
            int least =
                    switch (type) {
                        case STRING -> 8;
                        case ARRAY -> 12;
                        default -> type.bytes();
                    };
            require(
                    count >= 0 && count <= in.remaining() / least,
                    key + " is an array of " + Long.toUnsignedString(count) + " values, but only " + in.remaining()
                            + " bytes are left");
            if (type != GgufValueType.STRING && type != GgufValueType.ARRAY) {
                byte[] bytes = in.bytes(count * type.bytes(), key);
                if (type == GgufValueType.BOOL) {
                    for (byte value : bytes) {
                        truth(key, value & 0xFF);
                    }
                }
                return GgufArray.ofNumbers(type, bytes);
            }
            require(
                    count <= MAX_OBJECTS - objects,
                    key + " brings the strings and inner arrays of the file above " + MAX_OBJECTS);
            objects += (int) count;
            List<Object> values = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                values.add(value(key, type, depth));
            }
            return GgufArray.ofObjects(type, values);
        }

        private long alignment(GgufMetadata metadata) throws IOException {
            GgufValueType type = metadata.type(ALIGNMENT);
            if (type == null) {
                return DEFAULT_ALIGNMENT;
            }
            require(type == GgufValueType.UINT32, ALIGNMENT + " must be of type UINT32, but is of type " + type);
            long alignment = metadata.whole(ALIGNMENT);
            require(Long.bitCount(alignment) == 1, ALIGNMENT + " is " + alignment + ", which is no power of two");
            return alignment;
        }

        private Map<String, GgufTensor> tensors(long count, long alignment) throws IOException {
            Map<String, GgufTensor> tensors = new LinkedHashMap<>();
            for (long i = 0; i < count; i++) {
                String name = in.text("the name of tensor " + i, MAX_NAME_BYTES);
                checkName(name, "the name of tensor " + i);
                GgufTensor tensor = tensor(name);
                require(
                        tensor.offset() >= 0 && tensor.offset() % alignment == 0,
                        "tensor " + name + ": offset " + Long.toUnsignedString(tensor.offset())
                                + " is no multiple of the alignment of " + alignment + " below 2^63");
                require(tensors.put(name, tensor) == null, "two tensors are called " + name);
            }
            return tensors;
        }

        private GgufTensor tensor(String name) throws IOException {
            String tensor = "tensor " + name;
            int dimensions = in.int32("the dimensions of " + tensor);
            require(
                    dimensions >= 0 && dimensions <= MAX_DIMENSIONS,
                    tensor + " has " + Integer.toUnsignedString(dimensions) + " dimensions; at most " + MAX_DIMENSIONS
                            + " are allowed");
            long[] shape = new long[dimensions];
            for (int i = dimensions - 1; i >= 0; i--) {
                shape[i] = in.int64("the dimensions of " + tensor);
                require(
                        shape[i] >= 0,
                        tensor + ": a dimension of " + Long.toUnsignedString(shape[i]) + " is not below 2^63");
            }
            GgmlType type = GgmlType.read(file, tensor, in.int32("the type of " + tensor));
            long offset = in.int64("the offset of " + tensor);
            return new GgufTensor(name, type, shape, offset, bytes(tensor, type, shape));
        }

        private long bytes(String tensor, GgmlType type, long[] shape) throws IOException {
            long row = shape.length == 0 ? 1 : shape[shape.length - 1];
            require(
                    row % type.blockValues() == 0,
                    tensor + ": rows of " + row + " values are not whole blocks of " + type.blockValues() + " of "
                            + type);
            try {
                long bytes = Math.multiplyExact(row / type.blockValues(), (long) type.blockBytes());
                for (int i = 0; i < shape.length - 1; i++) {
                    bytes = Math.multiplyExact(bytes, shape[i]);
                }
                return bytes;
            } catch (ArithmeticException e) {
                throw in.refusal(
                        tensor + ": the size of shape " + Arrays.toString(shape) + " of " + type + " overflows");
            }
        }

        private void checkCoverage(Map<String, GgufTensor> tensors, long dataBytes, long alignment) throws IOException {
            List<GgufTensor> byPlace = new ArrayList<>(tensors.values());
            byPlace.sort(Comparator.comparingLong(GgufTensor::offset).thenComparingLong(GgufTensor::bytes));
            long covered = 0;
            for (GgufTensor tensor : byPlace) {
                String name = "tensor " + tensor.name();
                require(
                        tensor.offset() >= covered,
                        name + " begins at byte " + tensor.offset()
                                + " and overlaps the tensor before it, which ends at " + covered);
                require(
                        tensor.offset() <= dataBytes && tensor.bytes() <= dataBytes - tensor.offset(),
                        name + ": " + tensor.bytes() + " bytes from byte " + tensor.offset()
                                + " on reach past the data of " + dataBytes + " bytes");
                require(
                        tensor.offset() == align(covered, alignment),
                        "a gap: bytes " + covered + " to " + tensor.offset() + " before " + name
                                + " belong to no tensor");
                covered = tensor.offset() + tensor.bytes();
            }
            require(
                    dataBytes <= align(covered, alignment),
                    (dataBytes - covered) + " bytes after the last tensor belong to no tensor");
        }

        private static long align(long position, long alignment) {
            return (position + alignment - 1) & -alignment;
        }

        private static String hex(byte[] bytes) {
            return bytes.length == 0 ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(bytes);
        }

        private void require(boolean condition, String rule) throws IOException {
            if (!condition) {
                throw in.refusal(rule);
            }
        }
    }
}
