package org.candor.models.internal;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;

/**
 * Makes the card and the self-test that a model lacks which lies somewhere without them. Its golden outputs are what the
 * model computes here when it is installed: later runs show that it still does.
 */
final class FolderCard {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private FolderCard() {}

    /** Both files by name. */
    static Map<String, byte[]> make(String name, String version, FoundModel model, Loaders.Loader loader)
            throws IOException {
        String location = model.place().toString();
        byte[] selfTest;
        ModelUse use;
        try (LoadedModel loaded = loader.load(new ModelFiles(new ModelId(name, version, ""), model.files()))) {
            selfTest = JSON.writeValueAsBytes(loaded.golden(location));
            use = loaded.settled(model.use());
        }
        // Sorted, so that the same folder has the same digest wherever it is installed.
        Map<String, Object> files = new TreeMap<>();
        for (Map.Entry<String, Path> file : model.files().entrySet()) {
            files.put(file.getKey(), entry(ContentStore.digest(file.getValue()), Files.size(file.getValue())));
        }
        files.put(
                "selftest.json",
                entry(HexFormat.of().formatHex(ModelCard.sha256().digest(selfTest)), selfTest.length));
        String place = model.place().getFileName().toString();
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("name", name);
        card.put("version", version);
        card.put("family", model.family());
        card.put("tasks", List.of(use.task().toString()));
        card.put("title", place + ", by reference");
        card.put("source", Map.of("folder", place));
        card.put(use.key(), use.values());
        card.put(
                "selftest",
                "What this server computed when the model was installed, not the output of another implementation.");
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
}
