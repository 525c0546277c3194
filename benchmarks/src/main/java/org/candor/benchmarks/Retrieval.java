package org.candor.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.Hit;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.retrieval.internal.RetrievalService;
import org.candor.retrieval.internal.index.Legs;

/**
 * Quality and speed of the library on published test collections, through the product's own classes: NFCorpus (nDCG@10),
 * CACM (MAP), and answers with citations on SQuAD dev v1.1 and CMRC 2018 dev, paragraph by paragraph.
 */
public final class Retrieval implements Benchmark {
    /** Estimated tokens of a passage in the ranking collections: an abstract stays whole up to the encoder's limit. */
    private static final int WHOLE = 500;

    private static final int DEPTH = 1_000;

    /**
     * Arguments: {@code only=nfcorpus,cacm,squad,cmrc,speed} (default all), {@code data=FOLDER}, {@code threads=2}, {@code
     * cache=FILE} (remembers vectors between runs; not for speed).
     */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "only", "data", "threads", "cache");
        Set<String> only =
                Set.of(given.text("only", "nfcorpus,cacm,squad,cmrc,speed").split(","));
        Path data = given.data();
        Path folder = Files.createTempDirectory("candor-encoders");
        try (CpuBackend backend = CpuBackend.open(given.number("threads", 2))) {
            if (only.contains("nfcorpus") || only.contains("cacm") || only.contains("squad")) {
                try (TextEncoder encoder = given.cached(Encoder.EN.load(folder, backend), Encoder.EN)) {
                    if (only.contains("nfcorpus")) {
                        nfcorpus(data, encoder, out);
                    }
                    if (only.contains("cacm")) {
                        cacm(data, encoder, out);
                    }
                    if (only.contains("squad")) {
                        QuestionSet squad = QuestionSet.read(data.resolve("squad/dev-v1.1.json.gz"), 0, 1_000);
                        new Answers("squad", squad, 10, Encoder.EN, encoder).run(out);
                    }
                }
            }
            if (only.contains("speed")) {
                try (TextEncoder encoder = Encoder.EN.load(folder.resolve("speed"), backend)) {
                    QuestionSet some = QuestionSet.read(data.resolve("squad/dev-v1.1.json.gz"), 0, 4);
                    new Answers("squad, 4 articles", some, 5, Encoder.EN, encoder).speed(out);
                }
            }
            if (only.contains("cmrc")) {
                try (TextEncoder encoder = given.cached(Encoder.ZH.load(folder, backend), Encoder.ZH)) {
                    QuestionSet cmrc = QuestionSet.read(data.resolve("cmrc2018/dev-squad-style.json.gz"), 0, 10_000);
                    new Answers("cmrc", cmrc, 3, Encoder.ZH, encoder).run(out);
                }
            }
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static void nfcorpus(Path data, TextEncoder encoder, PrintStream out) throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        for (JsonNode document : lines(data.resolve("nfcorpus/corpus.jsonl.gz"))) {
            files.put(
                    document.get("_id").asText() + ".txt",
                    document.get("title").asText() + "\n" + document.get("text").asText());
        }
        Map<String, Map<String, Integer>> judgements =
                TrecEval.judgements(data.resolve("nfcorpus/qrels.beir-v1.0.0-nfcorpus.test.txt"));
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode query : lines(data.resolve("nfcorpus/queries.jsonl.gz"))) {
            if (judgements.containsKey(query.get("_id").asText())) {
                queries.put(query.get("_id").asText(), query.get("text").asText());
            }
        }
        try (BenchLibrary library =
                new BenchLibrary(Encoder.EN, new WholeTexts(encoder, files.values()), files, WHOLE, WHOLE, 0.5)) {
            for (Legs legs : Legs.values()) {
                double ndcg = TrecEval.ndcg(judgements, run(library, queries, legs), 10);
                out.printf(
                        Locale.ROOT,
                        "{\"bench\":\"retrieval\",\"corpus\":\"nfcorpus\",\"legs\":\"%s\",\"queries\":%d,\"ndcg@10\":%.4f}%n",
                        legs.name().toLowerCase(Locale.ROOT),
                        judgements.size(),
                        ndcg);
            }
        }
    }

    private static void cacm(Path data, TextEncoder encoder, PrintStream out) throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        try (TarGzip tar = new TarGzip(data.resolve("cacm/cacm.tar.gz"))) {
            for (TarGzip.Member member = tar.next(); member != null; member = tar.next()) {
                files.put(
                        member.name().substring(member.name().lastIndexOf('/') + 1),
                        new String(member.content(), StandardCharsets.UTF_8));
            }
        }
        Map<String, String> queries = new LinkedHashMap<>();
        String topics = Files.readString(data.resolve("cacm/topics.cacm.txt"));
        for (String topic : topics.split("</DOC>")) {
            int number = topic.indexOf("</DOCNO>");
            if (number >= 0) {
                String id =
                        topic.substring(topic.indexOf("<DOCNO>") + 7, number).strip();
                queries.put(id, topic.substring(number + 8).strip());
            }
        }
        Map<String, Map<String, Integer>> judgements = TrecEval.judgements(data.resolve("cacm/qrels.cacm.txt"));
        try (BenchLibrary library = new BenchLibrary(
                Encoder.EN, new WholeTexts(encoder, Set.of(), Integer.MAX_VALUE), files, WHOLE, WHOLE, 0.5)) {
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"retrieval\",\"corpus\":\"cacm\",\"legs\":\"lexical\",\"queries\":%d,\"map\":%.4f}%n",
                    judgements.size(),
                    TrecEval.map(judgements, run(library, queries, Legs.LEXICAL)));
        }
    }

    /** Documents of each query in rank order: a document stands where its best passage does. */
    private static Map<String, List<String>> run(BenchLibrary library, Map<String, String> queries, Legs legs) {
        RetrievalService retrieval = library.retrieval();
        Map<String, List<String>> run = new LinkedHashMap<>();
        queries.forEach((id, text) -> {
            Set<String> documents = new LinkedHashSet<>();
            for (Hit hit : retrieval
                    .search(text, "en", BenchLibrary.everything(), DEPTH, legs)
                    .hits()) {
                String name = hit.document().document();
                documents.add(name.substring(0, name.lastIndexOf('.')));
            }
            run.put(id, List.copyOf(documents));
        });
        return run;
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> lines = new ArrayList<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(mapper.readTree(line));
            }
        }
        return lines;
    }
}
