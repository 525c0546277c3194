package org.candor.transformer.internal;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.tokenizer.internal.JsonTokenizerFactory;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.StoredTensor;

/** What the reference library answers for one of its models. */
public record Reference(Path folder, List<Case> cases, Map<String, StoredTensor> expected) {

    /** One call: inputs by name, each (batch, time), and the names of expected tensors. */
    public record Case(String name, Map<String, List<List<Long>>> inputs, Map<String, Object> outputs) {

        /** The rows of the batch as inputs of a model. */
        public List<TokenSequence> sequences() {
            List<TokenSequence> sequences = new ArrayList<>();
            for (int i = 0; i < inputs.get("input_ids").size(); i++) {
                sequences.add(
                        new TokenSequence(row("input_ids", i), row("token_type_ids", i), row("attention_mask", i)));
            }
            return sequences;
        }

        /** Tokens of a row that are no padding; padding is on the right here. */
        public int length(int row) {
            int[] mask = row("attention_mask", row);
            if (mask == null) {
                return inputs.get("input_ids").get(row).size();
            }
            int length = 0;
            for (int m : mask) {
                length += m;
            }
            return length;
        }

        /** Tokens of a row, padding included. */
        public int time() {
            return inputs.get("input_ids").getFirst().size();
        }

        private int[] row(String input, int i) {
            List<List<Long>> rows = inputs.get(input);
            return rows == null
                    ? null
                    : rows.get(i).stream().mapToInt(Long::intValue).toArray();
        }
    }

    private static final float TOLERANCE = 1e-4f;

    /** Reads a folder of the reference; the arena holds the expected tensors. */
    @SuppressWarnings("unchecked")
    public static Reference read(Path folder, Arena arena) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (Object value : (List<Object>)
                StrictJson.object(folder.resolve("expected.json")).get("cases")) {
            Map<String, Object> one = (Map<String, Object>) value;
            cases.add(new Case(
                    (String) one.get("name"), (Map<String, List<List<Long>>>) one.get("inputs"), (Map<String, Object>)
                            one.get("outputs")));
        }
        return new Reference(
                folder,
                cases,
                Safetensors.map(folder.resolve("expected.safetensors"), arena).tensors());
    }

    /** A folder of the test resources. */
    public static Path resource(String name) {
        try {
            return Path.of(Reference.class.getResource("/reference/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shared reference folder, which may be absent. */
    public static Path shared() {
        return Path.of(System.getProperty("candor.shared", "absent")).resolve("reference");
    }

    /** Expected values, all dimensions flattened. */
    public float[] values(String name) {
        StoredTensor tensor = expected.get(name);
        assertNotNull(tensor, name);
        float[] values = new float[(int) (tensor.data().byteSize() / 4)];
        tensor.copy(0, values, values.length);
        return values;
    }

    /** Name of an expected tensor of a case, or of the i-th of a list. */
    public static String output(Case one, String output, int i) {
        Object names = one.outputs().get(output);
        return names instanceof List<?> list ? (String) list.get(i) : (String) names;
    }

    /** |actual - expected| is at most 1e-4 + 1e-4 |expected|. */
    public static void assertClose(String what, float[] expected, int from, float[] actual) {
        for (int i = 0; i < actual.length; i++) {
            float e = expected[from + i];
            if (!(Math.abs(actual[i] - e) <= TOLERANCE + TOLERANCE * Math.abs(e))) {
                fail(what + " [" + i + "]: " + actual[i] + " instead of " + e);
            }
        }
    }

    /** All files of a folder as a model's files, with others under the names that loaders look for. */
    public static ModelFiles files(Path folder, Map<String, String> renamed) {
        Map<String, Path> files = new HashMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            paths.filter(Files::isRegularFile)
                    .forEach(path -> files.put(path.getFileName().toString(), path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        renamed.forEach((name, file) -> files.put(name, folder.resolve(file)));
        return files(files);
    }

    /** These files. */
    public static ModelFiles files(Map<String, Path> files) {
        return new ModelFiles(new ModelId("test", "1.0.0", "sha256:" + "0".repeat(64)), files);
    }

    /** The CPU with two threads. */
    public static CpuBackend cpu() {
        return CpuBackend.open(2);
    }

    /** The platform's own tokenizers. */
    public static TokenizerFactory tokenizers() {
        return new JsonTokenizerFactory(Map.of());
    }
}
