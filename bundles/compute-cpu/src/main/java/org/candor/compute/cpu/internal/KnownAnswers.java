package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.candor.api.compute.Activation;
import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/** Compares each kernel of a tier with the scalar reference on this machine, in a few milliseconds at start. */
final class KnownAnswers {

    /** Sizes that no vector divides, and sizes that all do: each has loops of its own. */
    private static final int[][] SIZES = {{13, 91, 149, 7}, {29, 96, 160, 6}};

    private static final double TOLERANCE = 2e-5;

    private final Kernels reference = new ScalarKernels();
    private final Kernels tier;
    private final Random random = new Random(1);
    private final Scratch scratch = new Scratch();
    private final int rows;
    private final int inputs;
    private final int outputs;
    private final int heads;

    private KnownAnswers(Kernels tier, int[] sizes) {
        this.tier = tier;
        rows = sizes[0];
        inputs = sizes[1];
        outputs = sizes[2];
        heads = sizes[3];
    }

    /** @throws ArithmeticException when a kernel of the tier disagrees with the reference, naming it */
    static void check(Kernels tier) {
        for (int[] sizes : SIZES) {
            new KnownAnswers(tier, sizes).check();
        }
    }

    private void check() {
        CpuTensor x = matrix(rows, inputs);
        CpuTensor other = matrix(rows, inputs);
        CpuTensor third = matrix(rows, inputs);
        CpuTensor row = matrix(1, inputs);
        CpuTensor bias = matrix(1, outputs);
        HostMatrix stored = stored(outputs, inputs);
        compare("linear with activation", outputs, (kernels, y) -> {
            try (CpuWeight w = kernels.weight(stored, WeightType.F32)) {
                kernels.linear(x, w, bias, Activation.GELU_ERF, y, 0, rows, 0, kernels.panels(outputs), scratch);
            }
        });
        for (WeightType type : List.of(WeightType.F32, WeightType.BF16, WeightType.F16, WeightType.I8)) {
            // One row has loops of its own.
            for (int to : new int[] {1, rows}) {
                compare("linear " + type + ", " + to + " rows", outputs, (kernels, y) -> {
                    try (CpuWeight w = kernels.weight(stored, type)) {
                        int panels = kernels.panels(outputs);
                        kernels.linear(x, w, bias, Activation.IDENTITY, y, 0, to, 0, panels, scratch);
                    }
                });
            }
        }
        for (BlockType type : BlockType.values()) {
            blocks(type, x, stored);
        }
        for (Activation activation : Activation.values()) {
            compare("activation " + activation, inputs, (kernels, y) -> kernels.activate(x, activation, y, 0, rows));
        }
        int headSize = inputs / heads;
        compare("attention", inputs, (kernels, y) -> {
            for (int head = 0; head < heads; head++) {
                kernels.attention(x, other, third, 0, rows, head * headSize, headSize, 0.3f, y, 0, rows, scratch);
            }
        });
        compare("layerNorm", inputs, (kernels, y) -> kernels.layerNorm(x, other, row, row, 1e-6f, y, 0, rows));
        compare("layerNorm alone", inputs, (kernels, y) -> kernels.layerNorm(x, null, row, row, 1e-6f, y, 0, rows));
        compare("add", inputs, (kernels, y) -> kernels.add(x, other, y, 0, rows));
        compare("softmax", inputs, (kernels, y) -> kernels.softmax(x, y, 0, rows));
        compare("normalize", inputs, (kernels, y) -> kernels.normalize(x, y, 0, rows));
        decoder(x, other, third, row);
        compare("mean", inputs, (kernels, y) -> kernels.mean(x, 1, rows, y, 0));
    }

    private void decoder(CpuTensor x, CpuTensor other, CpuTensor third, CpuTensor row) {
        int headSize = inputs / heads;
        CpuTensor gamma = (CpuTensor) row.columns(0, headSize);
        compare("rmsNorm", inputs, (kernels, y) -> kernels.decoder().rmsNorm(x, row, 1e-6f, y, 0, rows));
        compare("rmsNorm by head", inputs, (kernels, y) -> kernels.decoder().rmsNorm(x, gamma, 1e-6f, y, 0, rows));
        CpuTensor cos = matrix(rows, headSize / 2);
        CpuTensor sin = matrix(rows, headSize / 2);
        int[] backwards = IntStream.range(0, rows).map(i -> rows - 1 - i).toArray();
        compare("rope", inputs, (kernels, y) -> kernels.decoder()
                .rope(x, backwards, 0, cos, sin, headSize, y, 0, rows));
        compare("multiply", inputs, (kernels, y) -> kernels.decoder().multiply(x, other, y, 0, rows));
        compare("scale", inputs, (kernels, y) -> kernels.decoder().scale(x, 0.3f, y, 0, rows));
        CpuTensor bias = matrix(heads, 7);
        // The keys lie backwards in blocks of two rows; the last query sees them all.
        int[] blocks = IntStream.range(0, (rows - 1) / 2)
                .map(i -> (rows - 1) / 2 - 1 - i)
                .toArray();
        int keys = 2 * blocks.length;
        CachedSequences cached =
                CachedSequences.of(2, List.of(new CachedSequences.Entry(rows - 2, keys - rows + 2, keys, blocks)));
        for (AttentionShape shape : List.of(
                AttentionShape.causal(heads, heads, headSize, 0.3f),
                new AttentionShape(heads, heads, headSize, 0.3f, true, 5, 2f),
                new AttentionShape(heads, heads, headSize, 0.3f, false, 0, 0))) {
            CpuTensor added = shape.window() > 0 ? null : bias;
            for (ElementType type : List.of(ElementType.F32, ElementType.BF16, ElementType.I8)) {
                CpuCache k = CpuCache.of(other).rounded(type, heads);
                CpuCache v = CpuCache.of(third).rounded(type, heads);
                compare("cached attention in " + type + ", " + shape, inputs, (kernels, y) -> {
                    int half = heads / 2;
                    kernels.decoder()
                            .cachedAttention(x, k, v, cached, 0, shape, 0, half, added, y, 0, rows - 2, scratch);
                    kernels.decoder()
                            .cachedAttention(x, k, v, cached, 0, shape, half, heads, added, y, 0, rows - 2, scratch);
                });
            }
        }
    }

    /** Bit for bit. */
    private void blocks(BlockType type, CpuTensor x, HostMatrix stored) {
        BlockPanels panels = BlockPanels.of(tier, type, outputs, inputs);
        int columns = panels.count() * panels.rows();
        try (CpuWeight w = panels.pack(reference, stored);
                Arena arena = Arena.ofConfined()) {
            float[] expected = new float[rows * columns];
            product(reference.blocks(), panels, w, x, rows, expected, arena);
            // Each number of rows may have code of its own.
            for (int count = 1; count <= rows; count++) {
                float[] actual = new float[count * columns];
                product(tier.blocks(), panels, w, x, count, actual, arena);
                int differs = Arrays.mismatch(expected, 0, actual.length, actual, 0, actual.length);
                if (differs >= 0) {
                    throw new ArithmeticException(tier.tier() + ", "
                            + tier.blocks().description() + ": blocks of "
                            + type + " give " + actual[differs] + " instead of " + expected[differs] + " at element "
                            + differs + " of " + count + " rows");
                }
            }
        }
    }

    private static void product(
            BlockLoops loops, BlockPanels panels, CpuWeight w, CpuTensor x, int rows, float[] y, Arena arena) {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        MemorySegment rounded = arena.allocate(rows * rowBytes, BlockPanels.ALIGNMENT);
        for (int t = 0; t < rows; t++) {
            loops.round(x.floats(), x.at(t), panels.inputs(), rounded, t * rowBytes);
        }
        loops.multiply(panels, w.elements(), 0, panels.count(), rounded, rows, y, 0, panels.count() * panels.rows());
    }

    private interface Call {
        void run(Kernels kernels, CpuTensor y);
    }

    private void compare(String what, int columns, Call call) {
        CpuTensor expected = CpuTensor.of(new float[rows * columns], ElementType.F32, rows, columns);
        CpuTensor actual = CpuTensor.of(new float[rows * columns], ElementType.F32, rows, columns);
        call.run(reference, expected);
        call.run(tier, actual);
        for (int i = 0; i < rows * columns; i++) {
            double difference = Math.abs(expected.floats()[i] - actual.floats()[i]);
            if (!(difference <= TOLERANCE * (1 + Math.abs(expected.floats()[i])))) {
                throw new ArithmeticException(tier.tier() + ": " + what + " gives " + actual.floats()[i]
                        + " instead of " + expected.floats()[i] + " at element " + i);
            }
        }
    }

    private CpuTensor matrix(int rows, int columns) {
        float[] elements = new float[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) random.nextGaussian();
        }
        return CpuTensor.of(elements, ElementType.F32, rows, columns);
    }

    private HostMatrix stored(int rows, int columns) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * columns; i++) {
            bytes.putFloat((float) random.nextGaussian());
        }
        return new HostMatrix(MemorySegment.ofArray(bytes.array()), ElementType.F32, rows, columns, false);
    }
}
