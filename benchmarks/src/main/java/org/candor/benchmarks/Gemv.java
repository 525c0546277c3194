package org.candor.benchmarks;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;

/**
 * Bytes of weights that a product with few rows reads per second, over what a loop reads that does nothing else. The weights
 * are many and together larger than the caches, as those of a model are. Both alternate; medians are printed.
 */
public final class Gemv implements Benchmark {

    private static final long LEAST_BYTES = 192L << 20;

    /** Arguments: types=Q8,Q4,F16,BF16,F32, rows=1, inputs=896, outputs=4864, rounds=15, threads=0 (one per processor). */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "types", "rows", "inputs", "outputs", "rounds", "threads");
        int threads = given.number("threads", 0);
        threads = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        try (CpuBackend backend = CpuBackend.open(threads);
                ReadBandwidth bandwidth = new ReadBandwidth(threads)) {
            System.err.println(backend.description());
            for (String type : given.text("types", "Q8,Q4,F16,BF16,F32").split(",")) {
                measure(given, WeightType.named(type), threads, backend, bandwidth, out);
            }
        }
    }

    private static void measure(
            Arguments given, WeightType type, int threads, CpuBackend backend, ReadBandwidth bandwidth, PrintStream out)
            throws Exception {
        int rows = given.number("rows", 1);
        int inputs = given.number("inputs", 896);
        int outputs = given.number("outputs", 4_864);
        int rounds = given.number("rounds", 15);
        List<Weight> weights = new ArrayList<>();
        try (Ops ops = backend.ops();
                Tensor x = backend.allocate(ElementType.F32, rows, inputs);
                Tensor y = backend.allocate(ElementType.F32, rows, outputs)) {
            HostMatrix matrix = matrix(new Random(1), outputs, inputs);
            ops.upload(floats(new Random(2), rows * inputs), 0, x);
            long bytes = 0;
            while (bytes < LEAST_BYTES) {
                weights.add(backend.weight(matrix, type));
                bytes += weights.getLast().bytes();
            }
            double[] ours = new double[rounds];
            double[] most = new double[rounds];
            double[] ratios = new double[rounds];
            for (int round = -3; round < rounds; round++) {
                double read = bandwidth.measure();
                long begin = System.nanoTime();
                for (Weight weight : weights) {
                    ops.linear(x, weight, null, Activation.IDENTITY, y);
                }
                ops.finish();
                double rate = 1e9 * bytes / (System.nanoTime() - begin);
                if (round >= 0) {
                    ours[round] = rate;
                    most[round] = read;
                    ratios[round] = rate / read;
                }
            }
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"gemv\",\"type\":\"%s\",\"shape\":\"%dx%dx%d\",\"threads\":%d,\"gbPerSecond\":%.2f,"
                            + "\"readGbPerSecond\":%.2f,\"ratio\":%.3f}%n",
                    type,
                    rows,
                    inputs,
                    outputs,
                    threads,
                    median(ours) / 1e9,
                    median(most) / 1e9,
                    median(ratios));
        } finally {
            weights.forEach(Weight::close);
        }
    }

    private static HostMatrix matrix(Random random, int rows, int columns) {
        float[] numbers = floats(random, rows * columns);
        MemorySegment data = Arena.ofAuto().allocate(4L * numbers.length);
        MemorySegment.copy(numbers, 0, data, ValueLayout.JAVA_FLOAT, 0, numbers.length);
        return new HostMatrix(data, ElementType.F32, rows, columns, false);
    }

    private static float[] floats(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
