package org.candor.benchmarks;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.candor.api.tokenize.Tokenizer;

/**
 * Megabytes of UTF-8 a second that become ids, tokens and offsets, one thread, against the Hugging Face library through its Java
 * binding on the same texts: a third each of English and Chinese paragraphs and of this repository's Java files. Both alternate
 * within each round and must give the same ids. Medians over the rounds.
 */
final class Tokenize implements Benchmark {
    private static final Map<String, String> FILES = Map.of(
            "bytelevel", "vectors/tokenizer/tiny-random-gpt2/tokenizer.json",
            "bytelevel-llama3", "reference/tokenizers/bytelevel-llama3/tokenizer.json",
            "wordpiece", "reference/tokenizers/wordpiece-bert-uncased/tokenizer.json",
            "unigram", "reference/tokenizers/unigram-t5/tokenizer.json",
            "sentencepiece", "reference/tokenizers/sp-bpe-llama2/tokenizer.json");

    /** Arguments: kinds=bytelevel,wordpiece,unigram,sentencepiece,bytelevel-llama3, megabytes=10, rounds=5, data=FOLDER. */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments settings = new Arguments(arguments, "kinds", "megabytes", "rounds", "data");
        int rounds = settings.number("rounds", 5);
        Path data = settings.data();
        List<String> texts = texts(data, settings.number("megabytes", 10) * 1_000_000L);
        long bytes = texts.stream().mapToLong(Tokenize::bytes).sum();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        for (String kind : settings.text("kinds", "bytelevel,wordpiece,unigram,sentencepiece,bytelevel-llama3")
                .split(",")) {
            if (!FILES.containsKey(kind)) {
                throw new IllegalArgumentException("kinds=" + kind + " is none of " + FILES.keySet());
            }
            byte[] json = Files.readAllBytes(data.resolve("..").resolve(FILES.get(kind)));
            measure(kind, json, texts, bytes, rounds, out);
        }
    }

    private static void measure(String kind, byte[] json, List<String> texts, long bytes, int rounds, PrintStream out)
            throws IOException {
        Tokenizer ours = Encode.tokenizers().read(kind, new ByteArrayInputStream(json));
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false"))) {
            for (String text : texts.subList(0, Math.min(300, texts.size()))) {
                long[] wanted = theirs.encode(text).getIds();
                long[] found =
                        Arrays.stream(ours.encode(text).ids()).asLongStream().toArray();
                if (!Arrays.equals(wanted, found)) {
                    throw new IllegalStateException(kind + ": ids differ on " + text);
                }
            }
            double[] ourRates = new double[rounds];
            double[] theirRates = new double[rounds];
            double[] ratios = new double[rounds];
            long tokens = 0;
            for (String text : texts) {
                tokens += ours.encode(text).length();
            }
            for (int round = 0; round < rounds; round++) {
                long begin = System.nanoTime();
                for (String text : texts) {
                    ours.encode(text);
                }
                ourRates[round] = bytes * 1e3 / (System.nanoTime() - begin);
                begin = System.nanoTime();
                for (String text : texts) {
                    theirs.encode(text);
                }
                theirRates[round] = bytes * 1e3 / (System.nanoTime() - begin);
                ratios[round] = ourRates[round] / theirRates[round];
            }
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"tokenize\",\"kind\":\"%s\",\"megabytes\":%.1f,\"tokens\":%d,\"ours_mb_s\":%.1f,"
                            + "\"huggingface_mb_s\":%.2f,\"ratio\":%.1f}%n",
                    kind,
                    bytes / 1e6,
                    tokens,
                    median(ourRates),
                    median(theirRates),
                    median(ratios));
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The same texts each time, shuffled together. */
    private static List<String> texts(Path data, long bytes) throws IOException {
        List<String> texts = new ArrayList<>();
        texts.addAll(upTo(bytes / 3, contexts(data.resolve("squad/train-v1.1.json.gz"))));
        texts.addAll(upTo(bytes / 3, contexts(data.resolve("cmrc2018/train.json.gz"))));
        texts.addAll(upTo(bytes / 3, code()));
        Collections.shuffle(texts, new Random(20261126));
        return texts;
    }

    /** From the beginning, and again from there when there is too little. */
    private static List<String> upTo(long bytes, List<String> texts) {
        List<String> taken = new ArrayList<>();
        long size = 0;
        for (int i = 0; size < bytes; i = (i + 1) % texts.size()) {
            taken.add(texts.get(i));
            size += bytes(texts.get(i));
        }
        return taken;
    }

    private static List<String> contexts(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            JsonNode root = new ObjectMapper().readTree(in);
            return Stream.concat(
                            root.findValuesAsText("context").stream(), root.findValuesAsText("context_text").stream())
                    .toList();
        }
    }

    private static List<String> code() throws IOException {
        Path root = Path.of(System.getProperty("candor.root", "."));
        try (Stream<Path> files = Files.walk(root.resolve("bundles"))) {
            List<String> sources = new ArrayList<>();
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                sources.add(Files.readString(file));
            }
            return sources;
        }
    }
}
