package org.candor.benchmarks;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.candor.api.compute.Activation;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;

/**
 * Speed of the linear layer against the machine's peak. The peak is measured between the shapes of every round, since
 * both move with the machine's neighbours; medians over the rounds are printed.
 */
public final class Gemm implements Benchmark {

    private static final int SLICE_MILLIS = 40;

    /** A linear layer: rows of x, inputs, outputs. */
    private record Shape(int rows, int inputs, int outputs) {

        private static Shape parse(String text) {
            String[] parts = text.split("x");
            try {
                return new Shape(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException("\"" + text + "\" is no shape like 128x768x3072", e);
            }
        }

        private double operations() {
            return 2.0 * rows * inputs * outputs;
        }

        @Override
        public String toString() {
            return rows + "x" + inputs + "x" + outputs;
        }
    }

    /** One shape with its tensors, ready to run. */
    private record Product(Shape shape, WeightType type, Ops ops, Tensor x, Weight w, Tensor y) {

        private static Product of(Shape shape, WeightType type, Backend backend) {
            Random random = new Random(1);
            float[] x = new float[shape.rows * shape.inputs];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
            }
            Ops ops = backend.ops();
            Tensor xs = backend.allocate(ElementType.F32, shape.rows, shape.inputs);
            ops.upload(x, 0, xs);
            try (Arena arena = Arena.ofConfined()) {
                long count = (long) shape.outputs * shape.inputs;
                MemorySegment elements = arena.allocate(4 * count);
                for (long i = 0; i < count; i++) {
                    elements.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
                }
                HostMatrix matrix = new HostMatrix(elements, ElementType.F32, shape.outputs, shape.inputs, false);
                Tensor y = backend.allocate(ElementType.F32, shape.rows, shape.outputs);
                return new Product(shape, type, ops, xs, backend.weight(matrix, type), y);
            }
        }

        /** GFLOP/s over about {@code millis} milliseconds. */
        private double measure(int millis) {
            long begin = System.nanoTime();
            long calls = 0;
            while (System.nanoTime() - begin < millis * 1_000_000L) {
                ops.linear(x, w, null, Activation.IDENTITY, y);
                ops.finish();
                calls++;
            }
            return shape.operations() * calls / (System.nanoTime() - begin);
        }
    }

    /** Arguments: shapes like 128x768x3072, rounds=25, threads=0 (one per processor), type=F32. */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        int rounds = 25;
        int threads = Runtime.getRuntime().availableProcessors();
        WeightType type = WeightType.F32;
        List<Shape> shapes = new java.util.ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("rounds=")) {
                rounds = Integer.parseInt(argument.substring(7));
            } else if (argument.startsWith("threads=")) {
                threads = Integer.parseInt(argument.substring(8));
            } else if (argument.startsWith("type=")) {
                type = WeightType.valueOf(argument.substring(5));
            } else {
                shapes.add(Shape.parse(argument));
            }
        }
        if (shapes.isEmpty()) {
            shapes = List.of(new Shape(128, 768, 3072), new Shape(1024, 1024, 1024));
        }
        measure(shapes, type, rounds, threads, out);
    }

    private static void measure(List<Shape> shapes, WeightType type, int rounds, int threads, PrintStream out)
            throws Exception {
        try (CpuBackend backend = CpuBackend.open(threads);
                Peak peak = new Peak(threads)) {
            System.err.println(backend.description());
            List<Product> products = shapes.stream()
                    .map(shape -> Product.of(shape, type, backend))
                    .toList();
            double[][] ours = new double[shapes.size()][rounds];
            peak.measure(1000);
            for (Product product : products) {
                product.measure(1000);
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < products.size(); i++) {
                    peak.measure(SLICE_MILLIS / 2);
                    ours[i][round] = products.get(i).measure(SLICE_MILLIS);
                }
            }
            for (int i = 0; i < products.size(); i++) {
                double our = median(ours[i]);
                double most = peak.most();
                out.printf(
                        Locale.ROOT,
                        "{\"bench\":\"gemm\",\"shape\":\"%s\",\"type\":\"%s\",\"threads\":%d,\"ours\":%.1f,"
                                + "\"best\":%.1f,\"peak\":%.1f,\"ratio\":%.3f}%n",
                        products.get(i).shape(),
                        type,
                        threads,
                        our,
                        Arrays.stream(ours[i]).max().orElseThrow(),
                        most,
                        our / most);
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
