package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.benchmarks.RandomModel.Storage;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.TransformerLoader;

/**
 * Tokens per second of a model with random weights, as a GGUF file that both sides read: one stream that writes behind a
 * text ({@code decode}), or one text that is read ({@code prefill}). Ours and llama.cpp's runs alternate, with as many
 * threads each; medians are printed.
 */
public final class Generation implements Benchmark {

    private static final int CACHE_TOKENS = 2_048;
    private static final int WARM_UP = 2;

    private final boolean decode;

    private Generation(boolean decode) {
        this.decode = decode;
    }

    /** One stream that writes. */
    static Benchmark decode() {
        return new Generation(true);
    }

    /** One text that is read. */
    static Benchmark prefill() {
        return new Generation(false);
    }

    /**
     * Arguments: model=qwen2.5-0.5b, types=Q8_0,Q4_0,F16, weights=stored, cache=f32, context=128 (decode), tokens=32 (decode) or 512
     * (prefill), streams=1 (decode), rounds=7, threads=0 (one per processor), peers=auto|off, and --peers to
     * compile llama.cpp where it is not yet.
     */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        List<String> rest = new ArrayList<>(List.of(arguments));
        if (rest.remove("--peers")) {
            LlamaCpp.install();
        }
        Arguments given = new Arguments(
                rest.toArray(String[]::new),
                "model",
                "types",
                "weights",
                "cache",
                "context",
                "tokens",
                "streams",
                "rounds",
                "threads",
                "peers");
        int threads = given.number("threads", 0);
        threads = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        RandomModel model = RandomModel.named(given.text("model", "qwen2.5-0.5b"));
        boolean peer = !given.text("peers", "auto").equals("off") && LlamaCpp.installed();
        for (String type : given.text("types", "Q8_0,Q4_0,F16").split(",")) {
            Storage storage = Storage.valueOf(type);
            Path file = Files.createTempFile("candor-" + model.title(), ".gguf");
            try {
                model.write(file, storage);
                measure(given, model, storage, file, threads, peer, out);
            } finally {
                Files.delete(file);
            }
        }
    }

    private void measure(
            Arguments given, RandomModel model, Storage storage, Path file, int threads, boolean peer, PrintStream out)
            throws Exception {
        int context = decode ? given.number("context", 128) : 0;
        int tokens = given.number("tokens", decode ? 32 : 512);
        int streams = decode ? given.number("streams", 1) : 1;
        int rounds = given.number("rounds", 7);
        ModelFiles files = new ModelFiles(new ModelId(model.title(), "1.0.0", ""), Map.of("model.gguf", file));
        WeightType weights = WeightType.named(given.text("weights", "stored"));
        CacheType cache = CacheType.named(given.text("cache", "f32"));
        int room = Math.max(CACHE_TOKENS, Math.ceilDiv(context + tokens, 16) * 16);
        GeneratorSettings settings = new GeneratorSettings(weights, cache, 0, room * streams, 16);
        try (CpuBackend backend = CpuBackend.open(threads);
                Generator ours =
                        new TransformerLoader(backend, Encode.tokenizers(), 512, 1).loadGenerator(files, settings);
                LlamaCpp theirs = peer ? new LlamaCpp(file, threads, streams) : null;
                ReadBandwidth bandwidth = new ReadBandwidth(threads)) {
            System.err.println(backend.description() + ", " + ours.bytes() / 1_000_000 + " MB");
            double[] our = new double[rounds];
            double[] their = new double[rounds];
            double[] read = new double[rounds];
            double[] ratios = new double[rounds];
            for (int round = -WARM_UP; round < rounds; round++) {
                double mine = streams * tokens / run(ours, model, context, tokens, streams);
                double other = theirs == null
                        ? Double.NaN
                        : streams
                                * tokens
                                / (decode ? theirs.decode(context, tokens, streams) : theirs.prefill(tokens));
                double bytes = bandwidth.measure();
                if (round >= 0) {
                    our[round] = mine;
                    their[round] = other;
                    read[round] = bytes;
                    ratios[round] = mine / other;
                }
            }
            String compared = theirs == null
                    ? ""
                    : String.format(Locale.ROOT, ",\"llamaCpp\":%.2f,\"ratio\":%.3f", median(their), median(ratios));
            String memory = decode && streams == 1
                    ? String.format(
                            Locale.ROOT,
                            ",\"gbPerSecond\":%.2f,\"readGbPerSecond\":%.2f",
                            median(our) * model.weightBytes(storage) / 1e9,
                            median(read) / 1e9)
                    : "";
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"%s\",\"model\":\"%s\",\"type\":\"%s\",\"weights\":\"%s\",\"cache\":\"%s\",\"threads\":%d,"
                            + "\"context\":%d,\"tokens\":%d,\"streams\":%d,\"tokensPerSecond\":%.2f,\"best\":%.2f%s%s}%n",
                    decode ? "decode" : "prefill",
                    model.title(),
                    storage,
                    weights,
                    cache,
                    threads,
                    context,
                    tokens,
                    streams,
                    median(our),
                    Arrays.stream(our).max().orElseThrow(),
                    compared,
                    memory);
        }
    }

    /** Seconds. */
    private double run(Generator generator, RandomModel model, int context, int tokens, int streams)
            throws IOException {
        float[] scores = new float[streams * generator.vocabulary()];
        List<CachedText> texts = new ArrayList<>();
        try {
            for (int i = 0; i < streams; i++) {
                texts.add(generator.open());
                if (decode) {
                    int[] ids = ids(model, context, i + 1);
                    generator.forward(List.of(new Step(texts.get(i), ids, context, true)), scores);
                }
            }
            long begin = System.nanoTime();
            if (decode) {
                int[] written = ids(model, tokens, 5);
                for (int n = 0; n < tokens; n++) {
                    List<Step> steps = new ArrayList<>();
                    for (CachedText text : texts) {
                        steps.add(new Step(text, new int[] {written[n]}, context + n + 1, true));
                    }
                    generator.forward(steps, scores);
                }
            } else {
                generator.forward(List.of(new Step(texts.getFirst(), ids(model, tokens, 1), tokens, true)), scores);
            }
            return (System.nanoTime() - begin) / 1e9;
        } finally {
            texts.forEach(CachedText::close);
        }
    }

    private static int[] ids(RandomModel model, int count, int first) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = (int) ((first + 7919L * i) % model.vocabulary());
        }
        return ids;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
