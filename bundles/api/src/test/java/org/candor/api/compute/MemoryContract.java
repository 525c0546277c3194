package org.candor.api.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Tensors, views, queues: memory, errors, repeatability. */
interface MemoryContract extends Contract {

    @Test
    default void aNewTensorIsZero() {
        try (Ops ops = backend().ops();
                Tensor x = backend().allocate(ElementType.F32, 37, 41)) {
            assertArrayEquals(new float[37 * 41], read(ops, x));
            assertEquals(41, x.rowStride());
        }
    }

    @Test
    default void everyTensorTypeButHalfPrecisionIsAllocated() {
        for (ElementType type : ElementType.values()) {
            if (type == ElementType.F16) {
                assertThrows(IllegalArgumentException.class, () -> backend().allocate(type, 2, 3));
            } else {
                try (Tensor x = backend().allocate(type, 2, 3)) {
                    assertEquals(type, x.type());
                    assertEquals(2, x.rows());
                    assertEquals(3, x.columns());
                }
            }
        }
    }

    @Test
    default void uploadsAreCopiesAndViewsShareMemory() {
        try (Ops ops = backend().ops()) {
            Random random = new Random(1);
            float[] numbers = random(random, 5 + 6 * 9);
            float[] original = numbers.clone();
            Tensor x = backend().allocate(ElementType.F32, 6, 9);
            ops.upload(numbers, 5, x);
            java.util.Arrays.fill(numbers, 0);
            Tensor part = x.rows(1, 5).columns(2, 8).rows(1, 3).columns(1, 3);
            assertEquals(2, part.rows());
            assertEquals(2, part.columns());
            assertEquals(9, part.rowStride());
            float[] corner = new float[7];
            ops.read(part, corner, 3);
            for (int r = 0; r < 2; r++) {
                for (int c = 0; c < 2; c++) {
                    assertEquals(original[5 + (2 + r) * 9 + 3 + c], corner[3 + 2 * r + c]);
                }
            }
            ops.upload(new float[] {1, 2, 3, 4}, 0, part);
            part.close();
            float[] all = read(ops, x);
            for (int i = 0; i < all.length; i++) {
                int r = i / 9 - 2;
                int c = i % 9 - 3;
                boolean inside = r >= 0 && r < 2 && c >= 0 && c < 2;
                assertEquals(inside ? 1 + 2 * r + c : original[5 + i], all[i]);
            }
        }
    }

    @Test
    default void shapesAndViewsOutsideTheirLimitsAreRefused() {
        Class<IllegalArgumentException> refused = IllegalArgumentException.class;
        assertThrows(refused, () -> backend().allocate(ElementType.F32, 0, 3));
        assertThrows(refused, () -> backend().allocate(ElementType.F32, 3, -1));
        Tensor x = backend().allocate(ElementType.F32, 4, 6);
        Class<IndexOutOfBoundsException> outside = IndexOutOfBoundsException.class;
        assertThrows(outside, () -> x.rows(2, 5));
        assertThrows(outside, () -> x.rows(-1, 2));
        assertThrows(outside, () -> x.rows(2, 2));
        assertThrows(outside, () -> x.columns(0, 7));
        assertThrows(outside, () -> x.columns(3, 3));
        assertThrows(outside, () -> x.columns(1, 4).columns(0, 4));
    }

    @Test
    default void transfersWithoutRoomAreRefused() {
        try (Ops ops = backend().ops()) {
            Tensor x = backend().allocate(ElementType.F32, 4, 6);
            Class<IllegalArgumentException> refused = IllegalArgumentException.class;
            assertThrows(refused, () -> ops.upload(new float[23], 0, x));
            assertThrows(refused, () -> ops.upload(new float[24], 1, x));
            assertThrows(refused, () -> ops.upload(new float[24], -1, x));
            assertThrows(refused, () -> ops.upload(new int[24], 0, x));
            assertThrows(refused, () -> ops.read(x, new float[23], 0));
        }
    }

    @Test
    default void closedTensorsAndQueuesAreNotUsed() {
        Ops ops = backend().ops();
        Tensor x = backend().allocate(ElementType.F32, 2, 2);
        Tensor view = x.rows(0, 1);
        x.close();
        x.close();
        Class<IllegalStateException> closed = IllegalStateException.class;
        assertThrows(closed, () -> ops.read(x, new float[4], 0));
        assertThrows(closed, () -> ops.read(view, new float[4], 0));
        ops.close();
        ops.close();
        Tensor y = backend().allocate(ElementType.F32, 2, 2);
        assertThrows(closed, () -> ops.upload(new float[4], 0, y));
    }

    @Test
    default void aBackendSaysWhatItIs() {
        assertFalse(backend().name().isBlank());
        assertTrue(backend().description().length() > backend().name().length());
        assertFalse(backend().description().contains("\n"));
    }

    @Test
    default void queuesOnManyThreadsGiveTheBytesOfOne() throws Exception {
        Random random = new Random(17);
        Weight weight =
                backend().weight(matrix(random(random, 200 * 96), ElementType.F32, 200, 96, false), WeightType.F32);
        List<float[]> inputs = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            inputs.add(random(random, (10 + 23 * i) * 96));
            expected.add(layer(weight, inputs.get(i)));
        }
        try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
            List<Callable<float[]>> calls = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (float[] input : inputs) {
                    calls.add(() -> layer(weight, input));
                }
            }
            List<Future<float[]>> results = callers.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                assertArrayEquals(expected.get(i % 6), results.get(i).get(), "call " + i);
            }
        }
        weight.close();
    }

    private float[] layer(Weight weight, float[] input) {
        int rows = input.length / 96;
        try (Ops ops = backend().ops();
                Tensor x = tensor(ops, input, rows, 96);
                Tensor y = backend().allocate(ElementType.F32, rows, 200);
                Tensor z = backend().allocate(ElementType.F32, rows, 200)) {
            ops.linear(x, weight, null, Activation.GELU_ERF, y);
            ops.attention(y, y, y, Sequences.ofLengths(4, rows - 4), 5, 0.1f, z);
            float[] result = read(ops, z);
            assertTrue(ops.busyNanos() > 0);
            return result;
        }
    }

    @Test
    default void busyTimeGrowsWithWorkAndIsPerQueue() {
        try (Ops ops = backend().ops();
                Ops idle = backend().ops()) {
            Random random = new Random(1);
            Tensor x = tensor(ops, random(random, 64 * 64), 64, 64);
            Tensor y = backend().allocate(ElementType.F32, 64, 64);
            long last = ops.busyNanos();
            for (int i = 0; i < 3; i++) {
                ops.softmax(x, y);
                ops.finish();
                assertTrue(ops.busyNanos() > last);
                last = ops.busyNanos();
            }
            assertEquals(0, idle.busyNanos());
        }
    }
}
