package org.candor.transformer.internal.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;

/** The reference's lists of files. */
final class GgufCases {

    private GgufCases() {}

    /** The objects of a JSON file that holds an array of them. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> list(String folder, String json) {
        try {
            Path wrapped = Files.createTempFile("cases", ".json");
            try {
                Files.writeString(wrapped, "{\"list\":" + Files.readString(file(folder, json)) + "}");
                return (List<Map<String, Object>>) StrictJson.object(wrapped).get("list");
            } finally {
                Files.delete(wrapped);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path file(String folder, String name) {
        return Reference.resource(folder).resolve(name);
    }
}
