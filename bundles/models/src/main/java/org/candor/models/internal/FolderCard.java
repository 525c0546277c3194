package org.candor.models.internal;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.TextEncoder;

/**
 * Makes the card and the self-test that a Hugging Face folder lacks. Its golden vectors are what the model computes here
 * when it is installed: later runs show that it still does.
 */
final class FolderCard {

    private static final List<String> TEXTS = List.of(
            "Candor",
            "The committee approved the budget on the third of May.",
            "Otters sleep on a bed of kelp.",
            "委员会批准了预算。");
    private static final double TOLERANCE = 0.001;
    private static final double LEAST_COSINE = 0.999;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FolderCard() {}

    /** Both files by name. */
    static Map<String, byte[]> make(
            String name, String version, Path folder, HuggingFaceFolder model, ModelLoader loader) throws IOException {
        byte[] selfTest = selfTest(name, version, folder, model, loader);
        Map<String, Object> files = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : model.files().entrySet()) {
            files.put(file.getKey(), entry(ContentStore.digest(file.getValue()), Files.size(file.getValue())));
        }
        files.put(
                "selftest.json",
                entry(HexFormat.of().formatHex(ModelCard.sha256().digest(selfTest)), selfTest.length));
        Map<String, Object> encoder = new LinkedHashMap<>();
        encoder.put("pooling", model.settings().pooling().name().toLowerCase(Locale.ROOT));
        encoder.put("normalize", model.settings().normalize());
        encoder.put("maxTokens", model.settings().maxTokens());
        encoder.put("queryPrefix", model.settings().queryPrefix());
        encoder.put("weights", model.settings().weights().name());
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("name", name);
        card.put("version", version);
        card.put("family", model.family());
        card.put("tasks", List.of("embed"));
        card.put("title", folder.getFileName() + ", a folder by reference");
        card.put("source", Map.of("folder", folder.getFileName().toString()));
        card.put("encoder", encoder);
        card.put(
                "selftest",
                "Vectors that this server computed when the folder was installed, not those of another implementation.");
        card.put("notes", model.notes());
        card.put("files", files);
        Map<String, byte[]> made = new LinkedHashMap<>();
        made.put(
                "card.json",
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(card).getBytes(StandardCharsets.UTF_8));
        made.put("selftest.json", selfTest);
        return made;
    }

    private static Map<String, Object> entry(String sha256, long bytes) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("sha256", sha256);
        entry.put("bytes", bytes);
        return entry;
    }

    private static byte[] selfTest(
            String name, String version, Path folder, HuggingFaceFolder model, ModelLoader loader) throws IOException {
        ModelFiles files = new ModelFiles(new ModelId(name, version, ""), model.files());
        List<Map<String, Object>> cases = new ArrayList<>();
        try (TextEncoder encoder = loader.loadEncoder(files, model.settings())) {
            Embeddings result = encoder.embed(TEXTS);
            for (int i = 0; i < TEXTS.size(); i++) {
                Map<String, Object> golden = new LinkedHashMap<>();
                golden.put("text", TEXTS.get(i));
                golden.put("tokens", result.tokens()[i]);
                golden.put("vector", rounded(folder, result.vectors()[i]));
                cases.add(golden);
            }
        }
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("tolerance", TOLERANCE);
        test.put("leastCosine", LEAST_COSINE);
        test.put("cases", cases);
        return JSON.writeValueAsString(test).getBytes(StandardCharsets.UTF_8);
    }

    /** Six decimals: what is left of the order of summation does not change the revision's digest. */
    private static List<Double> rounded(Path folder, float[] vector) throws ModelFormatException {
        List<Double> rounded = new ArrayList<>();
        double square = 0;
        for (float component : vector) {
            rounded.add(Math.round(component * 1e6) / 1e6);
            square += (double) component * component;
        }
        if (!(square > 0 && square < Double.POSITIVE_INFINITY)) {
            throw new ModelFormatException(
                    folder + ": the model computes no usable vector (its length is " + Math.sqrt(square) + ")");
        }
        return rounded;
    }
}
