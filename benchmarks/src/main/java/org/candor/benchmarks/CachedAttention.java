package org.candor.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CacheTensor;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.compute.cpu.internal.CpuBackend;

/**
 * Attention of one text over a long cache in all layers of a model, by how keys and values are held. Runs alternate within each
 * round; medians are printed.
 */
public final class CachedAttention implements Benchmark {

    private static final int BLOCK = 16;
    private static final int WARM_UP = 20;

    /** One cache of all layers. */
    private record Cache(CacheType type, List<CacheTensor> keys, List<CacheTensor> values) {
        double bytes(int context) {
            CacheTensor one = keys.getFirst();
            return 2.0 * keys.size() * one.bytes() / one.elements().rows() * context;
        }
    }

    /**
     * Arguments: heads=14, keyValueHeads=2, headSize=64, layers=24 (Qwen2.5-0.5B's shape), context=2048, queries=1, rounds=31,
     * threads=0 (one per processor), clock=wall or cpu: processor time of the calling thread, for threads=1 beside other work.
     */
    @Override
    public void run(String[] arguments, PrintStream out) {
        Arguments given = new Arguments(
                arguments,
                "heads",
                "keyValueHeads",
                "headSize",
                "layers",
                "context",
                "queries",
                "rounds",
                "threads",
                "clock");
        boolean processor = given.text("clock", "wall").equals("cpu");
        int queries = given.number("queries", 1);
        int context = given.number("context", 2_048);
        int layers = given.number("layers", 24);
        int rounds = given.number("rounds", 31);
        int threads = given.number("threads", 0);
        AttentionShape shape = AttentionShape.causal(
                given.number("heads", 14), given.number("keyValueHeads", 2), given.number("headSize", 64), 0.125f);
        Random random = new Random(1);
        try (CpuBackend backend = CpuBackend.open(threads);
                Ops ops = backend.ops()) {
            System.err.println(backend.description());
            int[] blocks = IntStream.range(0, Math.ceilDiv(context, BLOCK)).toArray();
            CachedSequences one = CachedSequences.of(
                    BLOCK, List.of(new CachedSequences.Entry(queries, context - queries, context, blocks)));
            List<Cache> caches = new ArrayList<>();
            for (CacheType type : CacheType.values()) {
                caches.add(filled(backend, ops, type, shape, layers, blocks.length * BLOCK, random));
            }
            Tensor q = uniform(backend, ops, queries, shape.heads() * shape.headSize(), random);
            Tensor y = backend.allocate(ElementType.F32, queries, q.columns());
            double[][] seconds = new double[caches.size()][rounds];
            for (int round = -WARM_UP; round < rounds; round++) {
                for (int i = 0; i < caches.size(); i++) {
                    long begin = now(processor);
                    for (int layer = 0; layer < layers; layer++) {
                        CacheTensor keys = caches.get(i).keys().get(layer);
                        ops.cachedAttention(q, keys, caches.get(i).values().get(layer), one, shape, null, y);
                    }
                    ops.finish();
                    if (round >= 0) {
                        seconds[i][round] = (now(processor) - begin) / 1e9;
                    }
                }
            }
            double exact = median(seconds[0]);
            for (int i = 0; i < caches.size(); i++) {
                double bytes = caches.get(i).bytes(context);
                out.printf(
                        Locale.ROOT,
                        "{\"bench\":\"attention\",\"cache\":\"%s\",\"context\":%d,\"queries\":%d,\"layers\":%d,\"milliseconds\":%.3f,"
                                + "\"best\":%.3f,\"megabytes\":%.1f,\"gbPerSecond\":%.2f,\"ofF32\":%.2f}%n",
                        caches.get(i).type(),
                        context,
                        queries,
                        layers,
                        1e3 * median(seconds[i]),
                        1e3 * Arrays.stream(seconds[i]).min().orElseThrow(),
                        bytes / 1e6,
                        bytes / median(seconds[i]) / 1e9,
                        exact / median(seconds[i]));
            }
        }
    }

    private static long now(boolean processor) {
        return processor ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() : System.nanoTime();
    }

    private static Cache filled(
            CpuBackend backend, Ops ops, CacheType type, AttentionShape shape, int layers, int slots, Random random) {
        int heads = shape.keyValueHeads();
        Cache cache = new Cache(type, new ArrayList<>(), new ArrayList<>());
        Tensor rows = backend.allocate(ElementType.I32, 1, slots);
        ops.upload(IntStream.range(0, slots).toArray(), 0, rows);
        for (int layer = 0; layer < layers; layer++) {
            for (List<CacheTensor> tensors : List.of(cache.keys(), cache.values())) {
                CacheTensor tensor = CacheTensor.allocate(backend, type, slots, heads, shape.headSize());
                ops.store(uniform(backend, ops, slots, heads * shape.headSize(), random), rows, tensor);
                tensors.add(tensor);
            }
        }
        return cache;
    }

    private static Tensor uniform(CpuBackend backend, Ops ops, int rows, int columns, Random random) {
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        Tensor tensor = backend.allocate(ElementType.F32, rows, columns);
        ops.upload(numbers, 0, tensor);
        return tensor;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
