package org.candor.api.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** What every part of the contract works with: a backend, random numbers, tensors from arrays and back. */
interface Contract {

    /** Random shapes are drawn from these; a failure names its seed. */
    int SEEDS = 12;

    /** The backend under test, the same for every test of a class; its owner closes it. */
    Backend backend();

    /** Normally distributed numbers. */
    default float[] random(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** A dense tensor with these elements. */
    default Tensor tensor(Ops ops, float[] elements, int rows, int columns) {
        Tensor tensor = backend().allocate(ElementType.F32, rows, columns);
        ops.upload(elements, 0, tensor);
        return tensor;
    }

    /** A tensor with these elements that is a view into a larger one, whose other elements are NaN. */
    default Tensor view(Ops ops, float[] elements, int rows, int columns, Random random) {
        int above = random.nextInt(3);
        int left = random.nextInt(20);
        float[] noise = new float[(rows + above + 1) * (columns + left + 5)];
        java.util.Arrays.fill(noise, Float.NaN);
        Tensor whole = tensor(ops, noise, rows + above + 1, columns + left + 5);
        Tensor part = whole.rows(above, above + rows).columns(left, left + columns);
        ops.upload(elements, 0, part);
        return part;
    }

    default float[] read(Ops ops, Tensor x) {
        float[] elements = new float[x.rows() * x.columns()];
        ops.read(x, elements, 0);
        return elements;
    }

    /** A matrix as it would lie in a weight file: little-endian and at an odd address. */
    default HostMatrix matrix(float[] elements, ElementType type, int rows, int columns, boolean transposed) {
        MemorySegment memory = Arena.ofAuto().allocate((long) elements.length * type.bytes() + 1, 64);
        MemorySegment data = memory.asSlice(1);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                long at = (transposed ? (long) c * rows + r : (long) r * columns + c) * type.bytes();
                float value = elements[r * columns + c];
                switch (type) {
                    case F32 ->
                        data.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, value);
                    case BF16 ->
                        data.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, (short)
                                (Float.floatToRawIntBits(value) >>> 16));
                    case F16 ->
                        data.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                                at,
                                Float.floatToFloat16(value));
                    case I8, I32 -> throw new IllegalArgumentException("weights are not stored as " + type);
                }
            }
        }
        return new HostMatrix(data, type, rows, columns, transposed);
    }

    /** Asserts |actual - expected| <= absolute + relative * |expected| for each element. */
    static void assertClose(double[] expected, float[] actual, double absolute, double relative, String what) {
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            double allowed = absolute + relative * Math.abs(expected[i]);
            int at = i;
            assertTrue(
                    Math.abs(actual[i] - expected[i]) <= allowed,
                    () -> what + ": element " + at + " is " + actual[at] + ", expected " + expected[at] + " +- "
                            + allowed);
        }
    }
}
