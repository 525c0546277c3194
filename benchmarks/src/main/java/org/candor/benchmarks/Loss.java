package org.candor.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.TransformerLoader;

/** What rounding costs: the perplexity of a model on the beginning of tiny-shakespeare, by how its cache is held. */
public final class Loss implements Benchmark {

    /**
     * Arguments: model=FOLDER (stories-tiny), data=../shared/data, characters=24000, window=256 tokens that are read from
     * nothing each, weights=f32, caches=f32,bf16,int8.
     */
    @Override
    public void run(String[] arguments, PrintStream out) throws IOException {
        Arguments given = new Arguments(arguments, "model", "data", "characters", "window", "weights", "caches");
        Path folder =
                Path.of(given.text("model", System.getProperty("candor.root") + "/packs/stories-tiny/src/main/model"));
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.forEach(file -> files.put(file.getFileName().toString(), file));
        }
        int window = given.number("window", 256);
        WeightType weights = WeightType.named(given.text("weights", "f32"));
        int[] ids = Encode.tokenizers()
                .read("tokenizer.json", new ByteArrayInputStream(Files.readAllBytes(files.get("tokenizer.json"))))
                .encode(text(given.data(), given.number("characters", 24_000)))
                .ids();
        for (String name : given.text("caches", "f32,bf16,int8").split(",")) {
            CacheType cache = CacheType.named(name);
            try (CpuBackend backend = CpuBackend.open(0);
                    Generator model = new TransformerLoader(backend, Encode.tokenizers(), 512, 1)
                            .loadGenerator(
                                    new ModelFiles(new ModelId("model", "1.0.0", ""), files),
                                    new GeneratorSettings(weights, cache, window, 2 * window, 16))) {
                out.printf(
                        Locale.ROOT,
                        "{\"bench\":\"loss\",\"weights\":\"%s\",\"cache\":\"%s\",\"tokens\":%d,\"perplexity\":%.4f}%n",
                        weights,
                        cache,
                        ids.length,
                        perplexity(model, ids, window));
            }
        }
    }

    private static String text(Path data, int characters) throws IOException {
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(data.resolve("tiny-shakespeare/input.txt.gz")))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).substring(0, characters);
        }
    }

    private static double perplexity(Generator model, int[] ids, int window) {
        int vocabulary = model.vocabulary();
        double sum = 0;
        int count = 0;
        for (int from = 0; from + 1 < ids.length; from += window) {
            int[] read = Arrays.copyOfRange(ids, from, Math.min(ids.length - 1, from + window));
            float[] scores = new float[read.length * vocabulary];
            try (CachedText text = model.open()) {
                model.forward(List.of(new Step(text, read, read.length, read.length)), scores);
            }
            for (int i = 0; i < read.length; i++) {
                int next = i * vocabulary + ids[from + i + 1];
                double all = 0;
                for (int id = 0; id < vocabulary; id++) {
                    all += Math.exp(scores[i * vocabulary + id] - scores[next]);
                }
                sum += Math.log(all);
                count++;
            }
        }
        return Math.exp(sum / count);
    }
}
