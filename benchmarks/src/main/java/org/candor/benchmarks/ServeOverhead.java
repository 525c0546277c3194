package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.GeneratorSettings;
import org.candor.benchmarks.RandomModel.Storage;
import org.candor.benchmarks.load.TextStream;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.generation.internal.GenerationEngines;
import org.candor.template.internal.TemplateCompiler;
import org.candor.transformer.internal.TransformerLoader;

/**
 * What the server adds to a text: the same prompts through the same engine in this process, and from a server as a stream
 * with everything on (key, policy, energy, log, proof). Time to the first token, and time per token after it, in pairs whose
 * order is drawn. Random weights of a real model's shape. Arguments: model=qwen2.5-0.5b (llama3.2-1b, or 30m for a Llama of 30 million
 * parameters in fp32), type=Q8_0 (Q4_0, F16), pairs=20, warm=4, prompt=512, tokens=64.
 */
final class ServeOverhead implements Benchmark {

    private static final int FIRST_ID = 3;
    private static final int CACHE = 8_192;
    private static final int BLOCK = 16;

    /** Nanoseconds. */
    private record Times(long first, double perToken) {}

    private interface Way {
        Times write(int[] prompt) throws IOException;
    }

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "model", "type", "pairs", "warm", "prompt", "tokens");
        int pairs = given.number("pairs", 20);
        int warm = given.number("warm", 4);
        int prompt = given.number("prompt", 512);
        int tokens = given.number("tokens", 64);
        String shape = given.text("model", "qwen2.5-0.5b");
        Storage storage = Storage.valueOf(given.text("type", "Q8_0"));
        Path folder = Files.createTempDirectory("candor-serve");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort());
                CpuBackend backend = CpuBackend.open(0)) {
            Path files = folder.resolve("model");
            ServedModel model = shape.equals("30m")
                    ? ServedModel.of30Million(files)
                    : ServedModel.of(RandomModel.named(shape), storage, files);
            server.start();
            model.serve(server);
            String key = ServedModel.keys(server, 1).getFirst();
            try (TextGenerator engine = engine(backend, model)) {
                String measured = "\"model\":\"%s\",\"weights\":\"%s\",\"prompt\":%d"
                        .formatted(shape, shape.equals("30m") ? "F32" : storage, prompt);
                measure(
                        ids -> served(server.port(), key, ids, tokens),
                        ids -> inProcess(engine, ids, tokens),
                        new Pairs(pairs, warm, prompt, model.vocabulary()),
                        measured,
                        out);
            }
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    /**
     * @param count of pairs
     * @param warm pairs before them that do not count
     * @param prompt tokens of each prompt
     * @param vocabulary that they are drawn from
     */
    private record Pairs(int count, int warm, int prompt, int vocabulary) {}

    private static void measure(Way served, Way inProcess, Pairs wanted, String measured, PrintStream out)
            throws IOException {
        Random random = new Random(1);
        int pairs = wanted.count();
        double[][] first = new double[2][pairs];
        double[][] perToken = new double[2][pairs];
        Ratios firstRatios = new Ratios();
        Ratios tokenRatios = new Ratios();
        for (int pair = -wanted.warm(); pair < pairs; pair++) {
            // New to both, so that neither knows its beginning.
            int[] ids =
                    random.ints(wanted.prompt(), FIRST_ID, wanted.vocabulary()).toArray();
            boolean servedFirst = random.nextBoolean();
            Times one = (servedFirst ? served : inProcess).write(ids);
            Times other = (servedFirst ? inProcess : served).write(ids);
            if (pair >= 0) {
                Times[] both = servedFirst ? new Times[] {one, other} : new Times[] {other, one};
                for (int way = 0; way < 2; way++) {
                    first[way][pair] = both[way].first() * 1e-6;
                    perToken[way][pair] = both[way].perToken() * 1e-6;
                }
                firstRatios.add((double) both[0].first() / both[1].first());
                tokenRatios.add(both[0].perToken() / both[1].perToken());
            }
        }
        print("firstTokenMillis", first, firstRatios, measured, out);
        print("perTokenMillis", perToken, tokenRatios, measured, out);
    }

    private static void print(String measure, double[][] values, Ratios ratios, String measured, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"serve\",\"measure\":\"%s\",%s,\"served\":%.3f,\"inProcess\":%.3f,\"pairs\":%d,"
                        + "\"costPercent\":%.2f,\"lowerPercent\":%.2f,\"upperPercent\":%.2f}%n",
                measure,
                measured,
                median(values[0]),
                median(values[1]),
                ratios.count(),
                100 * (ratios.mean() - 1),
                100 * (ratios.lower() - 1),
                100 * (ratios.upper() - 1));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static TextGenerator engine(CpuBackend backend, ServedModel model) throws IOException {
        TransformerLoader loader = new TransformerLoader(backend, Encode.tokenizers(), 512, 4);
        return new GenerationEngines(loader, Encode.tokenizers(), new TemplateCompiler(Map.of()), Map.of())
                .load(model.files(), new GeneratorSettings(model.weights(), 0, CACHE, BLOCK));
    }

    private static Times inProcess(TextGenerator engine, int[] prompt, int tokens) {
        Sampling sampling = new Sampling(1, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, true, 1, -1);
        GenerationRequest request = new GenerationRequest(
                prompt, tokens, 1, sampling, List.of(), Set.of(), null, false, "bench", Duration.ofMinutes(5));
        long[] times = new long[tokens];
        int[] count = {0};
        long begun = System.nanoTime();
        engine.generate(List.of(request), piece -> {
            times[count[0]++] = System.nanoTime();
            return true;
        });
        return times(begun, times, count[0]);
    }

    private static Times served(int port, String key, int[] prompt, int tokens) throws IOException {
        String body = "{\"model\":\"" + ServedModel.NAME + "\",\"prompt\":" + Arrays.toString(prompt)
                + ",\"max_tokens\":" + tokens
                + ",\"seed\":1,\"temperature\":1,\"top_p\":1,\"ignore_eos\":true,\"return_token_ids\":true,\"stream\":true}";
        long[] times = new long[tokens];
        int count = 0;
        long begun = System.nanoTime();
        try (TextStream stream = new TextStream(port, key, body)) {
            // What follows the last token is how the text came about.
            for (String data = stream.next(); data != null; data = stream.next()) {
                if (count < tokens && !data.contains("\"token_ids\":[]")) {
                    times[count++] = System.nanoTime();
                }
            }
        }
        return times(begun, times, count);
    }

    private static Times times(long begun, long[] times, int count) {
        if (count != times.length) {
            throw new IllegalStateException(count + " tokens instead of " + times.length);
        }
        return new Times(times[0] - begun, (double) (times[count - 1] - times[0]) / (count - 1));
    }
}
