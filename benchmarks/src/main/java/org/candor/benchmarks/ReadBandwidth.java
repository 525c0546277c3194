package org.candor.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/** How fast all threads together read memory that is in no cache: each sums a part of its own, front to back. */
final class ReadBandwidth implements AutoCloseable {

    private static final VectorSpecies<Long> LANE = LongVector.SPECIES_PREFERRED;
    private static final int STEP = 8 * LANE.vectorByteSize();
    private static final long PART = 128L << 20;

    private final int threads;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> parts = new ArrayList<>();
    private final ExecutorService executor;
    private volatile long sink;

    ReadBandwidth(int threads) {
        this.threads = threads;
        executor = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory());
        for (int i = 0; i < threads; i++) {
            parts.add(arena.allocate(PART, 64).fill((byte) (i + 1)));
        }
    }

    /** Bytes per second, all threads reading their parts once. */
    double measure() throws Exception {
        List<Future<Long>> sums = new ArrayList<>();
        long begin = System.nanoTime();
        for (MemorySegment part : parts) {
            sums.add(executor.submit(() -> sum(part)));
        }
        for (Future<Long> sum : sums) {
            sink += sum.get();
        }
        return 1e9 * threads * PART / (System.nanoTime() - begin);
    }

    private static long sum(MemorySegment part) {
        ByteOrder order = ByteOrder.nativeOrder();
        int lane = LANE.vectorByteSize();
        LongVector a = LongVector.zero(LANE);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        for (long at = 0; at < PART; at += STEP) {
            a = a.add(LongVector.fromMemorySegment(LANE, part, at, order));
            b = b.add(LongVector.fromMemorySegment(LANE, part, at + lane, order));
            c = c.add(LongVector.fromMemorySegment(LANE, part, at + 2L * lane, order));
            d = d.add(LongVector.fromMemorySegment(LANE, part, at + 3L * lane, order));
            a = a.add(LongVector.fromMemorySegment(LANE, part, at + 4L * lane, order));
            b = b.add(LongVector.fromMemorySegment(LANE, part, at + 5L * lane, order));
            c = c.add(LongVector.fromMemorySegment(LANE, part, at + 6L * lane, order));
            d = d.add(LongVector.fromMemorySegment(LANE, part, at + 7L * lane, order));
        }
        return a.add(b).add(c.add(d)).lane(0);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        arena.close();
    }
}
