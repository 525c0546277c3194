package org.candor.transformer.internal.bert;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.candor.transformer.internal.Reference.output;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.Reference.Case;
import org.candor.transformer.internal.SpanReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every output of every case of transformers 5.23, in both spellings of configuration and weights. */
class ReferenceModelsTest {

    /** One folder in one spelling. */
    record Variant(String model, String config, String weights) {}

    private static CpuBackend backend;

    @BeforeAll
    static void openBackend() {
        backend = Reference.cpu();
    }

    @AfterAll
    static void closeBackend() {
        backend.close();
    }

    static Stream<Variant> variants() {
        List<Variant> variants = new ArrayList<>();
        for (String model : List.of(
                "bert", "bert-mlm", "bert-classifier", "bert-qa", "distilbert", "roberta", "xlm-roberta-classifier")) {
            for (String config : List.of("config.json", "config.legacy.json")) {
                variants.add(new Variant(model, config, "model.safetensors"));
            }
        }
        variants.add(new Variant("bert-mlm", "config.json", "model.legacy.safetensors"));
        variants.add(new Variant("bert-mlm", "config.legacy.json", "model.legacy.safetensors"));
        return variants.stream();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void outputsEqualTheReference(Variant variant) throws IOException {
        Path folder = folder(variant.model());
        ModelFiles files = Reference.files(
                folder, Map.of("config.json", variant.config(), "model.safetensors", variant.weights()));
        BertFamily family = new BertFamily(backend, 64, 2);
        try (Arena arena = Arena.ofConfined()) {
            Reference reference = Reference.read(folder, arena);
            body(family, files, reference);
            switch (variant.model()) {
                case "bert", "roberta" -> pooled(family, files, reference);
                case "bert-mlm" -> maskedLanguage(family, files, reference);
                case "bert-qa" -> questionAnswering(family, files, reference);
                default -> classification(family, files, reference);
            }
        }
    }

    private static Path folder(String model) {
        Path copy = Reference.resource("bert").resolveSibling(model);
        if (Files.isDirectory(copy)) {
            return copy;
        }
        Path folder = Reference.shared().resolve("models").resolve(model);
        Assumptions.assumeTrue(Files.isDirectory(folder), "the shared reference is absent: " + folder);
        return folder;
    }

    /** Hidden states and attention weights of every block. */
    private static void body(BertFamily family, ModelFiles files, Reference reference) throws IOException {
        try (BertModel model =
                family.load(files, WeightType.F32, BertLoader.Head.NONE).body()) {
            int compared = 0;
            for (Case one : reference.cases()) {
                BertBatch batch = BertBatch.of(one.sequences().stream()
                        .map(s -> BertBatch.Sequence.of(model.configuration(), s))
                        .toList());
                Recording recording = new Recording(model.configuration(), batch);
                model.with(batch, (ops, space) -> model.forward(space, batch, recording));
                for (int i = 0; i <= model.configuration().layers(); i++) {
                    float[] expected = reference.values(output(one, "hidden_states", i));
                    compareRows(one, "hidden state " + i, expected, recording.hiddenStates.get(i));
                    compared++;
                }
                for (int i = 0; i < model.configuration().layers(); i++) {
                    float[] expected = reference.values(output(one, "attentions", i));
                    compareAttention(
                            one,
                            i,
                            expected,
                            recording.attention,
                            model.configuration().heads());
                    compared++;
                }
            }
            assertEquals(reference.cases().size() * (2 * model.configuration().layers() + 1), compared);
        }
    }

    /** Compares the rows of tokens that are no padding; expected is (batch, time, columns). */
    private static void compareRows(Case one, String what, float[] expected, float[][] actual) {
        int columns = actual[0].length;
        int row = 0;
        for (int b = 0; b < one.sequences().size(); b++) {
            for (int t = 0; t < one.length(b); t++) {
                assertClose(
                        one.name() + " " + what + " row " + b + " token " + t,
                        expected,
                        (b * one.time() + t) * columns,
                        actual[row++]);
            }
        }
        assertEquals(row, actual.length);
    }

    /** Expected is (batch, heads, time, time). */
    private static void compareAttention(
            Case one, int layer, float[] expected, Map<Integer, List<float[][]>> actual, int heads) {
        for (int b = 0; b < one.sequences().size(); b++) {
            float[][] rows = actual.get(layer).get(b);
            int length = one.length(b);
            for (int head = 0; head < heads; head++) {
                for (int query = 0; query < length; query++) {
                    assertClose(
                            one.name() + " attention " + layer + " head " + head + " query " + query,
                            expected,
                            ((b * heads + head) * one.time() + query) * one.time(),
                            rows[head * length + query]);
                }
            }
        }
    }

    private static final class Recording implements BertModel.Observer {
        private final BertConfiguration configuration;
        private final BertBatch batch;
        private final Map<Integer, float[][]> hiddenStates = new HashMap<>();
        private final Map<Integer, List<float[][]>> attention = new HashMap<>();

        Recording(BertConfiguration configuration, BertBatch batch) {
            this.configuration = configuration;
            this.batch = batch;
        }

        @Override
        public void hiddenStates(Ops ops, int i, Tensor x) {
            hiddenStates.put(i, Rows.read(ops, x));
        }

        @Override
        public void attention(Ops ops, int i, Tensor q, Tensor k, float scale) {
            List<float[][]> sequences = new ArrayList<>();
            for (int s = 0; s < batch.sequences().count(); s++) {
                int length = batch.sequences().length(s);
                try (Tensor y = backend.allocate(ElementType.F32, configuration.heads() * length, length)) {
                    ops.attentionWeights(q, k, batch.sequences(), s, configuration.heads(), scale, y);
                    sequences.add(Rows.read(ops, y));
                }
            }
            attention.put(i, sequences);
        }
    }

    private static void pooled(BertFamily family, ModelFiles files, Reference reference) throws IOException {
        BertLoader.Loaded loaded = family.load(files, WeightType.F32, BertLoader.Head.POOLER);
        try (BertModel model = loaded.body()) {
            BertHead.Pooler pooler = (BertHead.Pooler) loaded.head();
            int hidden = model.configuration().hidden();
            for (Case one : reference.cases()) {
                BertBatch batch = BertBatch.of(one.sequences().stream()
                        .map(s -> BertBatch.Sequence.of(model.configuration(), s))
                        .toList());
                int count = batch.sequences().count();
                model.with(batch, (ops, space) -> {
                    try (Tensor y = backend.allocate(ElementType.F32, count, hidden)) {
                        Tensor x = model.forward(space, batch, BertModel.Observer.NONE);
                        compareRows(
                                one, "last", reference.values(output(one, "last_hidden_state", 0)), Rows.read(ops, x));
                        ops.pool(x, batch.sequences(), Pooling.MEAN, y);
                        compareVectors(one, "mean", reference.values(output(one, "mean_pooled", 0)), Rows.read(ops, y));
                        ops.normalize(y, y);
                        compareVectors(
                                one,
                                "normalised",
                                reference.values(output(one, "mean_pooled_normalised", 0)),
                                Rows.read(ops, y));
                        float[][] firstRows = firstRows(batch, Rows.read(ops, x));
                        Tensor first = model.forwardFirst(space, batch);
                        float[][] only = Rows.read(ops, first);
                        for (int i = 0; i < count; i++) {
                            assertClose(one.name() + " first token alone", firstRows[i], 0, only[i]);
                        }
                        BertModel.linear(ops, first, pooler.dense(), Activation.TANH, y);
                        compareVectors(
                                one, "pooler", reference.values(output(one, "pooler_output", 0)), Rows.read(ops, y));
                        return null;
                    }
                });
            }
        }
    }

    private static float[][] firstRows(BertBatch batch, float[][] rows) {
        float[][] first = new float[batch.sequences().count()][];
        Arrays.setAll(first, i -> rows[batch.sequences().start(i)]);
        return first;
    }

    private static void compareVectors(Case one, String what, float[] expected, float[][] actual) {
        for (int b = 0; b < actual.length; b++) {
            assertClose(one.name() + " " + what + " row " + b, expected, b * actual[b].length, actual[b]);
        }
        assertEquals(expected.length, actual.length * actual[0].length);
    }

    private static void classification(BertFamily family, ModelFiles files, Reference reference) throws IOException {
        try (var classifier = family.classifier(files, WeightType.F32)) {
            for (Case one : reference.cases()) {
                float[][] logits = classifier.logits(one.sequences());
                assertEquals(classifier.labels().size(), logits[0].length);
                compareVectors(one, "logits", reference.values(output(one, "logits", 0)), logits);
            }
        }
    }

    private static void maskedLanguage(BertFamily family, ModelFiles files, Reference reference) throws IOException {
        try (var model = family.maskedLanguageModel(files, WeightType.F32)) {
            for (Case one : reference.cases()) {
                float[][] rows = model.logits(one.sequences()).stream()
                        .flatMap(Arrays::stream)
                        .toArray(float[][]::new);
                compareRows(one, "logits", reference.values(output(one, "logits", 0)), rows);
            }
        }
    }

    private static void questionAnswering(BertFamily family, ModelFiles files, Reference reference) throws IOException {
        try (SpanReader reader = family.spanReader(files, WeightType.F32)) {
            for (Case one : reference.cases()) {
                List<SpanReader.Scores> scores = reader.scores(one.sequences());
                float[] start = reference.values(output(one, "start_logits", 0));
                float[] end = reference.values(output(one, "end_logits", 0));
                for (int b = 0; b < scores.size(); b++) {
                    assertEquals(one.length(b), scores.get(b).start().length);
                    assertClose(
                            one.name() + " start",
                            start,
                            b * one.time(),
                            scores.get(b).start());
                    assertClose(
                            one.name() + " end",
                            end,
                            b * one.time(),
                            scores.get(b).end());
                }
            }
        }
    }
}
