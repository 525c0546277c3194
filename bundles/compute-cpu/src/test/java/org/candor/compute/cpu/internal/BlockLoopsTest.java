package org.candor.compute.cpu.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.emit.EmittedBlockLoops;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every implementation gives the bits of the scalar formula, and the formula is the product of what was rounded. */
class BlockLoopsTest {

    private static final float UNTOUCHED = 12345.678f;
    private static final ScalarBlockLoops SCALAR = new ScalarBlockLoops();

    static Stream<BlockLoops> implementations() {
        return Stream.concat(
                Stream.of(new VectorBlockLoops()),
                EmittedBlockLoops.available().stream().map(EmittedBlockLoops::open));
    }

    /** Any bytes are codes, the smallest (-128 of Q8_0) too; scales are any finite numbers. */
    private static CpuWeight weight(Random random, BlockLoops loops, BlockType type, int outputs, int inputs) {
        int columns = Math.ceilDiv(inputs, BlockType.VALUES) * BlockType.VALUES;
        byte[][] rows = new byte[outputs][(int) type.rowBytes(columns)];
        for (byte[] row : rows) {
            random.nextBytes(row);
            for (int at = 0; at < row.length; at += type.bytes()) {
                short scale = Float.floatToFloat16((float) (random.nextGaussian() * Math.exp(random.nextGaussian())));
                row[at] = (byte) scale;
                row[at + 1] = (byte) (scale >> 8);
                if (random.nextInt(4) == 0) {
                    Arrays.fill(row, at + 2, at + type.bytes(), (byte) -128);
                }
            }
        }
        BlockMatrix matrix = new BlockMatrix(type, outputs, columns, row -> MemorySegment.ofArray(rows[row]));
        return new BlockPanels(type, outputs, columns, loops.shape().panelRows()).pack(new ScalarKernels(), matrix);
    }

    private static float[] numbers(Random random, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void aProductHasTheBitsOfTheFormula(BlockLoops loops) {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            BlockType type = BlockType.values()[seed % 2];
            int outputs = 1 + random.nextInt(70);
            int inputs = 32 * (1 + random.nextInt(12));
            int rows = 1 + random.nextInt(40);
            try (CpuWeight w = weight(random, loops, type, outputs, inputs);
                    Arena arena = Arena.ofConfined()) {
                BlockPanels panels =
                        new BlockPanels(type, outputs, inputs, loops.shape().panelRows());
                MemorySegment x = arena.allocate(rows * BlockRows.rowBytes(inputs), BlockPanels.ALIGNMENT);
                float[] numbers = numbers(random, rows * inputs);
                if (seed % 10 == 0) {
                    // All pairs as large as they get.
                    Arrays.fill(numbers, random.nextBoolean() ? 1f : -1f);
                }
                for (int t = 0; t < rows; t++) {
                    SCALAR.round(numbers, t * inputs, inputs, x, t * BlockRows.rowBytes(inputs));
                }
                int first = random.nextInt(panels.count());
                int count = 1 + random.nextInt(panels.count() - first);
                int stride = count * panels.rows() + random.nextInt(5);
                int at = random.nextInt(4);
                float[] expected = new float[at + rows * stride + 9];
                Arrays.fill(expected, UNTOUCHED);
                float[] y = expected.clone();
                SCALAR.multiply(panels, w.elements(), first, count, x, rows, expected, at, stride);
                loops.multiply(panels, w.elements(), first, count, x, rows, y, at, stride);
                assertArrayEquals(expected, y, "seed " + seed + ", " + type + ", " + loops.description());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void roundedRowsHaveTheBytesOfTheFormula(BlockLoops loops) {
        float[] special = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, 1e-44f, -3e38f, 1e-38f, 0.5f, 127f};
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int inputs = 1 + random.nextInt(200);
            float[] x = numbers(random, inputs + 3);
            for (int i = 0; seed % 3 == 0 && i < x.length; i += 1 + random.nextInt(40)) {
                x[i] = special[random.nextInt(special.length)];
            }
            if (seed % 7 == 0) {
                Arrays.fill(x, random.nextBoolean() ? 1e-44f : 0f);
            }
            byte[] expected = new byte[(int) BlockRows.rowBytes(inputs) + 8];
            byte[] actual = new byte[expected.length];
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment target = arena.allocate(expected.length, 64);
                SCALAR.round(x, 3, inputs, target, 4);
                MemorySegment.copy(target, ValueLayout.JAVA_BYTE, 0, expected, 0, expected.length);
                target.fill((byte) 0);
                loops.round(x, 3, inputs, target, 4);
                MemorySegment.copy(target, ValueLayout.JAVA_BYTE, 0, actual, 0, actual.length);
            }
            assertArrayEquals(expected, actual, "seed " + seed);
        }
    }

    /** All of the numbers that there are, and what is none. */
    @ParameterizedTest
    @MethodSource("implementations")
    void everyNumberOf16BitsIsWidenedExactly(BlockLoops loops) {
        int all = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(2L * (all + 8), 64);
            MemorySegment target = arena.allocate(4L * all, 64);
            for (int i = 0; i < all; i++) {
                source.setAtIndex(ValueLayout.JAVA_SHORT, 8 + i, (short) i);
            }
            for (boolean half : new boolean[] {true, false}) {
                loops.widen(half ? WeightType.F16 : WeightType.BF16, source, 8, all, target);
                for (int i = 0; i < all; i++) {
                    float expected = half ? Float.float16ToFloat((short) i) : Float.intBitsToFloat(i << 16);
                    float actual = target.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), half + " " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void aRowTimesNumbersOf16BitsIsSummedInOrder(BlockLoops loops) {
        Random random = new Random(3);
        boolean emitted = loops instanceof EmittedBlockLoops;
        for (int width : new int[] {8, 16, 24, 32, 64}) {
            for (WeightType type : List.of(WeightType.F16, WeightType.BF16)) {
                int depth = 1 + random.nextInt(300);
                float[] x = numbers(random, depth + 5);
                float[] y = new float[width + 3];
                float[] expected = y.clone();
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment w = arena.allocate(2L * (7 + depth * width), 64);
                    for (int i = 0; i < 7 + depth * width; i++) {
                        float number = (float) random.nextGaussian();
                        short stored = type == WeightType.F16
                                ? Float.floatToFloat16(number)
                                : (short) (Float.floatToIntBits(number) >> 16);
                        w.setAtIndex(ValueLayout.JAVA_SHORT, i, stored);
                        float wide = type == WeightType.F16
                                ? Float.float16ToFloat(stored)
                                : Float.intBitsToFloat(stored << 16);
                        if (i >= 7) {
                            int c = 2 + (i - 7) % width;
                            expected[c] = Math.fma(x[5 + (i - 7) / width], wide, expected[c]);
                        }
                    }
                    boolean done = loops.multiplyRow(type, w, 7, width, depth, x, 5, y, 2);
                    assertEquals(emitted && width != 24, done, width + " columns, " + loops.description());
                    if (done) {
                        assertArrayEquals(expected, y, width + " columns of " + type);
                        assertThrows(
                                IndexOutOfBoundsException.class,
                                () -> loops.multiplyRow(type, w, 7, width, depth, x, 6, y, 2));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void whatLiesOutsideOfAnArrayIsRefused(BlockLoops loops) {
        int lanes = loops.shape().panelRows();
        for (int rows : new int[] {1, 16}) {
            try (CpuWeight w = weight(new Random(1), loops, BlockType.Q8_0, 2 * lanes, 64);
                    Arena arena = Arena.ofConfined()) {
                BlockPanels panels = new BlockPanels(BlockType.Q8_0, 2 * lanes, 64, lanes);
                MemorySegment x = arena.allocate(rows * BlockRows.rowBytes(64), 64);
                Class<IndexOutOfBoundsException> refused = IndexOutOfBoundsException.class;
                float[] y = new float[2 * lanes * rows];
                MemorySegment elements = w.elements();
                assertThrows(refused, () -> loops.multiply(panels, elements, 0, 2, x, rows, y, 1, 2 * lanes));
                assertThrows(refused, () -> loops.multiply(panels, elements, 1, 2, x, rows, y, 0, 2 * lanes));
                assertThrows(refused, () -> loops.multiply(panels, elements, 0, 1, x, rows + 1, y, 0, lanes));
            }
        }
    }

    /** In binary64, from the definition in {@link BlockType}. */
    @ParameterizedTest
    @EnumSource
    void theFormulaIsTheProductOfWhatWasRounded(BlockType type) {
        Random random = new Random(7);
        int inputs = 96;
        byte[] stored = new byte[(int) type.rowBytes(inputs)];
        random.nextBytes(stored);
        MemorySegment row = MemorySegment.ofArray(stored);
        double[] values = new double[inputs];
        for (int block = 0; block < 3; block++) {
            int from = block * type.bytes();
            short half = Float.floatToFloat16(0.5f + random.nextFloat());
            row.set(ValueLayout.JAVA_SHORT_UNALIGNED, from, half);
            for (int i = 0; i < 32; i++) {
                int code = type == BlockType.Q8_0
                        ? stored[from + 2 + i]
                        : (i < 16 ? stored[from + 2 + i] & 15 : stored[from + 2 + i - 16] >> 4 & 15) - 8;
                values[32 * block + i] = (double) Float.float16ToFloat(half) * code;
            }
        }
        float[] x = numbers(random, inputs);
        BlockPanels panels = new BlockPanels(type, 1, inputs, BlockPanels.ROWS);
        float[] y = new float[BlockPanels.ROWS];
        float[] unpacked = new float[inputs];
        MemorySegment rounded = MemorySegment.ofArray(new int[3 * BlockRows.BYTES / 4]);
        try (CpuWeight w = panels.pack(new ScalarKernels(), new BlockMatrix(type, 1, inputs, i -> row))) {
            SCALAR.round(x, 0, inputs, rounded, 0);
            SCALAR.multiply(panels, w.elements(), 0, 1, rounded, 1, y, 0, BlockPanels.ROWS);
            panels.row(w.elements(), 0, unpacked, 0);
        }
        double expected = 0;
        double size = 0;
        for (int i = 0; i < inputs; i++) {
            assertEquals((float) values[i], unpacked[i]);
            long block = i / 32 * BlockRows.BYTES;
            int q = rounded.get(ValueLayout.JAVA_BYTE, block + i % 32);
            double held = q * (double) rounded.get(ValueLayout.JAVA_FLOAT, block + BlockRows.SCALE);
            double largest = 0;
            for (int j = i / 32 * 32; j < i / 32 * 32 + 32; j++) {
                largest = Math.max(largest, Math.abs(x[j]));
            }
            assertEquals(x[i], held, largest / 127 * 0.50001);
            expected += values[i] * held;
            size += Math.abs(values[i] * held);
        }
        assertEquals(expected, y[0], 1e-6 * size);
    }
}
