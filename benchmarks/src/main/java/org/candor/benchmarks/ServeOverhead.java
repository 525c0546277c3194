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
import org.candor.api.compute.WeightType;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.benchmarks.load.TextStream;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.generation.internal.GenerationEngines;
import org.candor.template.internal.TemplateCompiler;
import org.candor.transformer.internal.TransformerLoader;

/**
 * What the server adds to a text: the same prompts through the same engine in this process, and from a server as a stream
 * with everything on (key, policy, energy, log, proof). Time to the first token, and time per token after it, in pairs whose
 * order is drawn. A Llama of random weights with 30 million parameters. Arguments: pairs=60, warm=20, prompt=256, tokens=128.
 */
final class ServeOverhead implements Benchmark {

    private static final int FIRST_ID = 3;
    private static final int LAST_ID = 512;
    private static final int CACHE = 8_192;
    private static final int BLOCK = 16;

    /** Nanoseconds. */
    private record Times(long first, double perToken) {}

    private interface Way {
        Times write(int[] prompt) throws IOException;
    }

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "pairs", "warm", "prompt", "tokens");
        int pairs = given.number("pairs", 60);
        int warm = given.number("warm", 20);
        int prompt = given.number("prompt", 256);
        int tokens = given.number("tokens", 128);
        Path folder = Files.createTempDirectory("candor-serve");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort());
                CpuBackend backend = CpuBackend.open(0)) {
            Path model = ServedModel.write(folder.resolve("model"));
            server.start();
            ServedModel.serve(server, model);
            String key = ServedModel.keys(server, 1).getFirst();
            try (TextGenerator engine = engine(backend, model)) {
                measure(
                        ids -> served(server.port(), key, ids, tokens),
                        ids -> inProcess(engine, ids, tokens),
                        pairs,
                        warm,
                        prompt,
                        out);
            }
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static void measure(Way served, Way inProcess, int pairs, int warm, int prompt, PrintStream out)
            throws IOException {
        Random random = new Random(1);
        double[][] first = new double[2][pairs];
        double[][] perToken = new double[2][pairs];
        Ratios firstRatios = new Ratios();
        Ratios tokenRatios = new Ratios();
        for (int pair = -warm; pair < pairs; pair++) {
            // New to both, so that neither knows its beginning.
            int[] ids = random.ints(prompt, FIRST_ID, LAST_ID).toArray();
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
        print("firstTokenMillis", first, firstRatios, prompt, out);
        print("perTokenMillis", perToken, tokenRatios, prompt, out);
    }

    private static void print(String measure, double[][] values, Ratios ratios, int prompt, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"serve\",\"measure\":\"%s\",\"prompt\":%d,\"served\":%.3f,\"inProcess\":%.3f,\"pairs\":%d,"
                        + "\"costPercent\":%.2f,\"lowerPercent\":%.2f,\"upperPercent\":%.2f}%n",
                measure,
                prompt,
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

    private static TextGenerator engine(CpuBackend backend, Path model) throws IOException {
        ModelFiles files = new ModelFiles(
                new ModelId(ServedModel.NAME, "1.0.0", "sha256:" + "0".repeat(64)),
                Map.of(
                        "config.json", model.resolve("config.json"),
                        "tokenizer.json", model.resolve("tokenizer.json"),
                        "model.safetensors", model.resolve("model.safetensors")));
        TransformerLoader loader = new TransformerLoader(backend, Encode.tokenizers(), 512, 4);
        return new GenerationEngines(loader, Encode.tokenizers(), new TemplateCompiler(Map.of()), Map.of())
                .load(files, new GeneratorSettings(WeightType.F32, 0, CACHE, BLOCK));
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
