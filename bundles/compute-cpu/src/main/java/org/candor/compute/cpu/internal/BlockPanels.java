package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/**
 * How a weight of quantised blocks lies in memory: rows in panels of as many as a vector has lanes, so that one vector holds
 * four bytes of each row, a row's sum stays in its lane, and one conversion serves the scales of all. It takes the file's
 * bytes, besides filling up to {@link #ALIGNMENT}: only their order is another. A block of 16 rows of Q8_0 lies as AMX wants
 * its second factor.
 *
 * <p>A panel is the scales, block by block, binary16 of each row; then, from {@link #scaleBytes} on, the codes, block by
 * block: word g (four bytes as ggml has them) of each row, for g = 0, 1, ... Rows and values behind the matrix are zeros.
 *
 * @param type how values are coded
 * @param outputs rows of the matrix
 * @param inputs columns of the matrix; the last block is filled up with zeros
 * @param rows of one panel: {@link #ROWS} or {@link #WIDE_ROWS}, as {@link BlockLoops#shape} wants them
 */
public record BlockPanels(BlockType type, int outputs, int inputs, int rows) {

    /** Rows of one panel, for vectors of 256 bits. */
    public static final int ROWS = 8;

    /** Rows of one panel, for vectors of 512 bits. */
    public static final int WIDE_ROWS = 16;

    /** Scales and codes begin at multiples of so many bytes. */
    static final int ALIGNMENT = 64;

    private static final int WORD = 4;
    private static final ValueLayout.OfInt STORED_WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort STORED_SCALE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    static BlockPanels of(CpuWeight w) {
        return of(w.kernels(), typeOf(w.type()), w.outputs(), w.inputs());
    }

    static BlockPanels of(Kernels kernels, BlockType type, int outputs, int inputs) {
        return new BlockPanels(type, outputs, inputs, kernels.blocks().shape().panelRows());
    }

    static boolean held(WeightType type) {
        return type == WeightType.Q8 || type == WeightType.Q4;
    }

    private static BlockType typeOf(WeightType type) {
        return switch (type) {
            case Q8 -> BlockType.Q8_0;
            case Q4 -> BlockType.Q4_0;
            default -> throw new IllegalArgumentException(type + " has no blocks");
        };
    }

    /** Number of panels. */
    int count() {
        return Math.ceilDiv(outputs, rows);
    }

    /** Rows of the matrix in a panel. */
    int valid(int panel) {
        return Math.min(rows, outputs - panel * rows);
    }

    /** Blocks of a row. */
    public int blocks() {
        return Math.ceilDiv(inputs, BlockType.VALUES);
    }

    /** Words of the codes of one row's block. */
    public int words() {
        return (type.bytes() - Short.BYTES) / WORD;
    }

    /** Bytes from the start of a panel to its codes. */
    public long scaleBytes() {
        return Math.ceilDiv((long) blocks() * rows * Short.BYTES, ALIGNMENT) * ALIGNMENT;
    }

    /** Bytes of one panel. */
    public long panelBytes() {
        return scaleBytes() + (long) blocks() * words() * rows * WORD;
    }

    /** Takes stored blocks over, bit for bit. */
    CpuWeight pack(Kernels kernels, BlockMatrix matrix) {
        Arena arena = Arena.ofShared();
        MemorySegment elements = arena.allocate(count() * panelBytes(), ALIGNMENT);
        for (int row = 0; row < outputs; row++) {
            put(elements, row, matrix.bytes(row));
        }
        return new CpuWeight(kernels, held(), outputs, inputs, arena, elements, null);
    }

    /** Rounds a matrix. */
    CpuWeight pack(Kernels kernels, HostMatrix matrix) {
        Arena arena = Arena.ofShared();
        MemorySegment elements = arena.allocate(count() * panelBytes(), ALIGNMENT);
        float[] values = new float[blocks() * BlockType.VALUES];
        MemorySegment stored = MemorySegment.ofArray(new byte[blocks() * type.bytes()]);
        for (int row = 0; row < outputs; row++) {
            Rounding.row(matrix, row, values);
            for (int block = 0; block < blocks(); block++) {
                Rounding.block(type, values, block * BlockType.VALUES, stored, (long) block * type.bytes());
            }
            put(elements, row, stored);
        }
        return new CpuWeight(kernels, held(), outputs, inputs, arena, elements, null);
    }

    private WeightType held() {
        return type == BlockType.Q8_0 ? WeightType.Q8 : WeightType.Q4;
    }

    private void put(MemorySegment elements, int row, MemorySegment stored) {
        long panel = row / rows * panelBytes();
        int lane = row % rows;
        int words = words();
        for (int block = 0; block < blocks(); block++) {
            long from = (long) block * type.bytes();
            elements.set(STORED_SCALE, scaleAt(panel, block, lane), stored.get(STORED_SCALE, from));
            for (int g = 0; g < words; g++) {
                int word = stored.get(STORED_WORD, from + Short.BYTES + (long) g * WORD);
                elements.set(INT, wordAt(panel, block, g, lane), word);
            }
        }
    }

    private long scaleAt(long panel, int block, int lane) {
        return panel + ((long) block * rows + lane) * Short.BYTES;
    }

    private long wordAt(long panel, int block, int g, int lane) {
        return panel + scaleBytes() + (((long) block * words() + g) * rows + lane) * WORD;
    }

    /** The scale of a block of a row. */
    float scale(MemorySegment elements, int row, int block) {
        return Float.float16ToFloat(elements.get(STORED_SCALE, scaleAt(row / rows * panelBytes(), block, row % rows)));
    }

    /** The whole number that value i of a block of a row is times its scale. */
    int code(MemorySegment elements, int row, int block, int i) {
        long panel = row / rows * panelBytes();
        int within = type == BlockType.Q8_0 ? i : i % (BlockType.VALUES / 2);
        int code = elements.get(ValueLayout.JAVA_BYTE, wordAt(panel, block, within / WORD, row % rows) + within % WORD);
        return switch (type) {
            case Q8_0 -> code;
            case Q4_0 -> (i < BlockType.VALUES / 2 ? code & 15 : code >> 4 & 15) - 8;
        };
    }

    /** Writes the values of one row, scale times code. */
    void row(MemorySegment elements, int row, float[] target, int to) {
        for (int block = 0; block < blocks(); block++) {
            float scale = scale(elements, row, block);
            int first = block * BlockType.VALUES;
            for (int i = 0; i < Math.min(BlockType.VALUES, inputs - first); i++) {
                target[to + first + i] = scale * code(elements, row, block, i);
            }
        }
    }
}
