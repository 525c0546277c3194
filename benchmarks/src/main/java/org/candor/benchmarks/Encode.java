package org.candor.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.TextEncoder;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.tokenizer.internal.JsonTokenizerFactory;
import org.candor.transformer.internal.TransformerLoader;

/**
 * Tokens per second of the English encoder (bge-small-en-v1.5) against ONNX Runtime on the same file, in fp32 or in its dynamic
 * int8, with as many threads. Both alternate within each round, since the machine's speed moves; medians over the rounds are printed, and the
 * best round of each, which is nearer to the truth where others use the machine too. ONNX Runtime's result is not even
 * copied out. Where weights are not fp32, the least cosine between a vector of theirs and the one of ours in fp32 is
 * printed, too.
 */
public final class Encode implements Benchmark {

    private static final int SLICE_MILLIS = 250;
    private static final String QUANTIZER = "onnxruntime.quantization";
    private static final String INT8 = "model-int8.onnx";
    /** ONNX Runtime's threads look for work for a while after a run; beside them the other side has one core less. */
    private static final int PAUSE_MILLIS = 150;

    private static final String CONFIG = """
            {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12, "max_position_embeddings": 512,
             "hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 1536,
             "vocab_size": 30522, "type_vocab_size": 2, "pad_token_id": 0}
            """;

    /** One side: runs the batch once. */
    private interface Side {
        void run() throws Exception;
    }

    /**
     * Arguments: shapes like 32x128 (batch x tokens), rounds=15, threads=2, pass=512, pooling=FIRST, type=F32, peer=f32|int8, clock=wall,
     * and --peers to install what makes the peer's int8 model.
     * With threads=1 everything runs on the calling thread and clock=cpu counts the processor time it was given: a figure
     * that others on the machine hardly move.
     */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        int rounds = 15;
        int threads = 2;
        int pass = 512;
        Pooling pooling = Pooling.FIRST;
        WeightType type = WeightType.F32;
        boolean cpuTime = false;
        boolean int8 = false;
        List<int[]> shapes = new ArrayList<>();
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.equals("--peers")) {
                Peers.install(QUANTIZER, "onnxruntime==1.23.2", "onnx==1.19.1");
                continue;
            }
            switch (argument.substring(0, argument.length() - value.length())) {
                case "rounds=" -> rounds = Integer.parseInt(value);
                case "threads=" -> threads = Integer.parseInt(value);
                case "pass=" -> pass = Integer.parseInt(value);
                case "pooling=" -> pooling = Pooling.valueOf(value);
                case "type=" -> type = WeightType.valueOf(value);
                case "peer=" -> int8 = int8(value);
                case "clock=" -> cpuTime = cpuTime(value);
                default -> shapes.add(shape(argument));
            }
        }
        if (cpuTime && threads != 1) {
            throw new IllegalArgumentException("clock=cpu needs threads=1");
        }
        LongSupplier clock = cpuTime ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
        if (shapes.isEmpty()) {
            for (int batch : new int[] {1, 32}) {
                for (int tokens : new int[] {16, 128, 384}) {
                    shapes.add(new int[] {batch, tokens});
                }
            }
        }
        Path folder = Files.createTempDirectory("candor-encode");
        try {
            ModelFiles files = unpack(folder);
            try (CpuBackend backend = CpuBackend.open(threads);
                    TextEncoder ours = new TransformerLoader(backend, tokenizers(), pass, 1)
                            .loadEncoder(files, new EncoderSettings(pooling, true, 512, "", type));
                    TextEncoder exact = new TransformerLoader(backend, tokenizers(), pass, 1)
                            .loadEncoder(files, new EncoderSettings(pooling, true, 512, "", WeightType.F32));
                    OnnxRuntime theirs = new OnnxRuntime(peer(files, int8), threads)) {
                System.err.println(backend.description());
                for (int[] shape : shapes) {
                    String settings = ",\"type\":\"" + type + "\",\"peer\":\"" + (int8 ? "int8" : "f32") + "\"";
                    List<int[]> ids = ids(shape);
                    if (type != WeightType.F32) {
                        settings += String.format(Locale.ROOT, ",\"cosine\":%.5f", least(exact, ours, ids));
                    }
                    measure(ours, theirs, ids, settings, rounds, clock, out);
                }
            }
        } finally {
            for (String name : List.of("config.json", "tokenizer.json", "model.onnx", INT8, "")) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    private static boolean int8(String peer) {
        return switch (peer) {
            case "int8" -> true;
            case "f32" -> false;
            default -> throw new IllegalArgumentException("peer=" + peer + " is neither f32 nor int8");
        };
    }

    private static Path peer(ModelFiles files, boolean int8) throws IOException {
        Path model = files.files().get("model.onnx");
        if (!int8) {
            return model;
        }
        if (!Peers.has(QUANTIZER)) {
            throw new IllegalStateException(
                    "peer=int8 needs ONNX Runtime's tools for Python: run it with --peers once");
        }
        Path quantized = model.resolveSibling(INT8);
        Peers.script("quantize_peer.py", model.toString(), quantized.toString());
        return quantized;
    }

    private static List<int[]> ids(int[] shape) {
        Random random = new Random(1);
        return IntStream.range(0, shape[0])
                .mapToObj(i -> random.ints(shape[1], 1000, 30_000).toArray())
                .toList();
    }

    /** The least cosine of a vector of the one and the same one of the other; both have length 1. */
    private static double least(TextEncoder exact, TextEncoder ours, List<int[]> ids) {
        float[][] expected = exact.embedTokens(ids).vectors();
        float[][] actual = ours.embedTokens(ids).vectors();
        return IntStream.range(0, ids.size())
                .mapToDouble(i -> IntStream.range(0, expected[i].length)
                        .mapToDouble(j -> (double) expected[i][j] * actual[i][j])
                        .sum())
                .min()
                .orElseThrow();
    }

    private static boolean cpuTime(String clock) {
        return switch (clock) {
            case "cpu" -> true;
            case "wall" -> false;
            default -> throw new IllegalArgumentException("clock=" + clock + " is neither wall nor cpu");
        };
    }

    private static int[] shape(String text) {
        if (!text.matches("[1-9]\\d{0,3}x[1-9]\\d{0,2}")) {
            throw new IllegalArgumentException("\"" + text + "\" is no shape like 32x128 (batch x tokens)");
        }
        return Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    private static void measure(
            TextEncoder ours,
            OnnxRuntime theirs,
            List<int[]> ids,
            String settings,
            int rounds,
            LongSupplier clock,
            PrintStream out)
            throws Exception {
        int batch = ids.size();
        int tokens = ids.getFirst().length;
        try (OnnxRuntime.Batch inputs = theirs.batch(ids)) {
            Side our = () -> ours.embedTokens(ids);
            Side their = () -> theirs.run(inputs);
            double[] ourRates = new double[rounds];
            double[] theirRates = new double[rounds];
            double[] ratios = new double[rounds];
            rate(our, 4 * SLICE_MILLIS, clock);
            rate(their, 2 * SLICE_MILLIS, clock);
            for (int round = 0; round < rounds; round++) {
                ourRates[round] = rate(our, SLICE_MILLIS, clock) * batch * tokens;
                theirRates[round] = rate(their, SLICE_MILLIS, clock) * batch * tokens;
                ratios[round] = ourRates[round] / theirRates[round];
            }
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"encode\",\"batch\":%d,\"tokens\":%d%s,\"ours\":%.0f,\"onnxruntime\":%.0f,"
                            + "\"ratio\":%.2f,\"ours_best\":%.0f,\"onnxruntime_best\":%.0f}%n",
                    batch,
                    tokens,
                    settings,
                    median(ourRates),
                    median(theirRates),
                    median(ratios),
                    Arrays.stream(ourRates).max().orElseThrow(),
                    Arrays.stream(theirRates).max().orElseThrow());
        }
    }

    /** Runs per second over about so many milliseconds. */
    private static double rate(Side side, int millis, LongSupplier clock) throws Exception {
        Thread.sleep(PAUSE_MILLIS);
        long begin = clock.getAsLong();
        long runs = 0;
        do {
            side.run();
            runs++;
        } while (clock.getAsLong() - begin < millis * 1_000_000L);
        return runs * 1e9 / (clock.getAsLong() - begin);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static ModelFiles unpack(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG);
        for (String[] file : new String[][] {
            {"bge-small-en-v1.5.onnx", "model.onnx"}, {"bge-small-en-v1.5-tokenizer.json", "tokenizer.json"}
        }) {
            try (InputStream in = Encode.class.getResourceAsStream("/" + file[0])) {
                Files.copy(in, folder.resolve(file[1]));
            }
        }
        return new ModelFiles(
                new ModelId("bge-small-en-v1.5", "1.5", "sha256:" + "0".repeat(64)),
                Map.of(
                        "config.json", folder.resolve("config.json"),
                        "tokenizer.json", folder.resolve("tokenizer.json"),
                        "model.onnx", folder.resolve("model.onnx")));
    }

    static JsonTokenizerFactory tokenizers() {
        return new JsonTokenizerFactory(Map.of());
    }

    /** The peer. */
    private static final class OnnxRuntime implements AutoCloseable {

        private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        private final OrtSession session;

        OnnxRuntime(Path model, int threads) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(threads);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                this.session = environment.createSession(model.toString(), options);
            }
        }

        /** Inputs that are made once. */
        private record Batch(Map<String, OnnxTensor> tensors) implements AutoCloseable {
            @Override
            public void close() {
                tensors.values().forEach(OnnxTensor::close);
            }
        }

        Batch batch(List<int[]> sequences) throws OrtException {
            long[][] ids = new long[sequences.size()][];
            long[][] mask = new long[sequences.size()][];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = Arrays.stream(sequences.get(i)).asLongStream().toArray();
                mask[i] = new long[ids[i].length];
                Arrays.fill(mask[i], 1);
            }
            return new Batch(Map.of(
                    "input_ids", OnnxTensor.createTensor(environment, ids),
                    "attention_mask", OnnxTensor.createTensor(environment, mask),
                    "token_type_ids", OnnxTensor.createTensor(environment, new long[ids.length][ids[0].length])));
        }

        void run(Batch batch) throws OrtException {
            session.run(batch.tensors()).close();
        }

        @Override
        public void close() throws OrtException {
            session.close();
        }
    }
}
