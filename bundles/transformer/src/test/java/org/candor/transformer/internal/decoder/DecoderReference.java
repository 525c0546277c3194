package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.candor.api.model.ModelFiles;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.Assumptions;

/** What the reference library answers for one of its models that write. */
record DecoderReference(List<Case> cases, List<Greedy> greedy, Map<String, StoredTensor> expected) {

    /**
     * One call.
     *
     * @param rows token ids of each row of the batch, without padding
     * @param decoderRows of the decoder where there is an encoder, otherwise null
     * @param starts where in the padded rows the tokens begin
     * @param time tokens of a padded row
     * @param outputs names of expected tensors
     */
    record Case(
            String name,
            List<int[]> rows,
            List<int[]> decoderRows,
            int[] starts,
            int time,
            Map<String, Object> outputs) {

        boolean has(String output) {
            return outputs.get(output) != null;
        }

        /** Name of an expected tensor, or of the i-th of a list. */
        String output(String output, int i) {
            Object names = outputs.get(output);
            return names instanceof List<?> list ? (String) list.get(i) : (String) names;
        }
    }

    /** A greedy continuation. */
    record Greedy(
            String name,
            int[] prompt,
            int maxNewTokens,
            int[] continuation,
            double[] logProbabilities,
            int[] continuationWithEnd) {}

    /** Folder of a model: the shared one, or its copy among the test resources; without both the test is skipped. */
    static Path folder(String model) {
        Path folder = Reference.shared().resolve("models").resolve(model);
        Path copy = Reference.resource("bert").resolveSibling(model);
        if (!Files.isDirectory(folder) && Files.isDirectory(copy)) {
            return copy;
        }
        Assumptions.assumeTrue(Files.isDirectory(folder), "the shared reference is absent: " + folder);
        return folder;
    }

    /** The files of a model under other names. */
    static ModelFiles files(String model, String config, String weights) {
        return Reference.files(folder(model), Map.of("config.json", config, "model.safetensors", weights));
    }

    /** Reads a folder; the arena holds the expected tensors. */
    @SuppressWarnings("unchecked")
    static DecoderReference read(Path folder, Arena arena) throws IOException {
        Map<String, Object> expected = StrictJson.object(folder.resolve("expected.json"));
        List<Case> cases = new ArrayList<>();
        for (Object value : (List<Object>) expected.get("cases")) {
            Map<String, Object> one = (Map<String, Object>) value;
            cases.add(read((String) one.get("name"), (Map<String, Object>) one.get("inputs"), (Map<String, Object>)
                    one.get("outputs")));
        }
        List<Greedy> greedy = new ArrayList<>();
        for (Object value : (List<Object>) expected.get("greedy")) {
            Map<String, Object> one = (Map<String, Object>) value;
            greedy.add(new Greedy(
                    (String) one.get("name"),
                    ints(one.get("prompt")),
                    ((Long) one.get("max_new_tokens")).intValue(),
                    ints(one.get("continuation")),
                    ((List<Number>) one.get("logprobs"))
                            .stream().mapToDouble(Number::doubleValue).toArray(),
                    one.containsKey("continuation_with_eos") ? ints(one.get("continuation_with_eos")) : null));
        }
        return new DecoderReference(
                cases,
                greedy,
                Safetensors.map(folder.resolve("expected.safetensors"), arena).tensors());
    }

    private static Case read(String name, Map<String, Object> inputs, Map<String, Object> outputs) {
        List<?> ids = (List<?>) inputs.get("input_ids");
        List<?> masks = (List<?>) inputs.get("attention_mask");
        List<?> decoderIds = (List<?>) inputs.get("decoder_input_ids");
        List<int[]> rows = new ArrayList<>();
        List<int[]> decoderRows = decoderIds == null ? null : new ArrayList<>();
        int[] starts = new int[ids.size()];
        int time = ((List<?>) ids.getFirst()).size();
        for (int i = 0; i < starts.length; i++) {
            int[] row = ints(ids.get(i));
            if (masks != null) {
                int[] mask = ints(masks.get(i));
                starts[i] = IntStream.range(0, mask.length)
                        .filter(t -> mask[t] == 1)
                        .findFirst()
                        .orElseThrow();
                row = Arrays.copyOfRange(
                        row, starts[i], starts[i] + Arrays.stream(mask).sum());
            }
            rows.add(row);
            if (decoderRows != null) {
                decoderRows.add(ints(decoderIds.get(i)));
            }
        }
        return new Case(name, rows, decoderRows, starts, time, outputs);
    }

    static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(n -> ((Long) n).intValue()).toArray();
    }

    /** Expected values, all dimensions flattened. */
    float[] values(String name) {
        StoredTensor tensor = expected.get(name);
        float[] values = new float[(int) (tensor.data().byteSize() / 4)];
        tensor.copy(0, values, values.length);
        return values;
    }
}
