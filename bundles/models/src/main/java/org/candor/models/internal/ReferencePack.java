package org.candor.models.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * A pack by reference: a folder somewhere with the weights, and a record of the server's own with the card and whatever
 * else the folder lacks. The record is made once, when the folder is installed; its card holds the digest of every file.
 *
 * @param record the server's folder
 * @param folder the model's
 * @param dropped whether it came by itself and lies directly in deploy/models
 * @param digest the revision's
 */
record ReferencePack(Path record, Path folder, boolean dropped, String digest) implements ModelPack {

    private static final String FILE = "reference.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Reads a record. */
    static ReferencePack read(Path record) throws IOException {
        try {
            Map<?, ?> values = JSON.readValue(Files.readAllBytes(record.resolve(FILE)), Map.class);
            if (values.get("folder") instanceof String folder && values.get("digest") instanceof String digest) {
                return new ReferencePack(record, Path.of(folder), Boolean.TRUE.equals(values.get("dropped")), digest);
            }
            throw new ModelFormatException(record + ": " + FILE + " lacks folder or digest");
        } catch (JacksonException | InvalidPathException e) {
            throw new ModelFormatException(record + ": " + FILE + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Makes the record durable: it is there whole, or not at all. */
    void write(Map<String, byte[]> files, Cause cause) throws IOException {
        Path temporary = record.resolveSibling(".new-" + record.getFileName());
        Durable.delete(temporary);
        Files.createDirectories(temporary);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Durable.write(temporary.resolve(file.getKey()), file.getValue());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("folder", folder.toString());
        values.put("dropped", dropped);
        values.put("digest", digest);
        values.put("actor", cause.actor());
        values.put("reason", cause.reason());
        values.put("time", Instant.now().toString());
        Durable.write(temporary.resolve(FILE), JSON.writeValueAsString(values).getBytes(StandardCharsets.UTF_8));
        Files.move(temporary, record);
        Durable.force(record.getParent());
    }

    @Override
    public String location() {
        return "folder " + folder;
    }

    @Override
    public InputStream open(String file) throws IOException {
        return Files.newInputStream(inPlace(file));
    }

    @Override
    public Path inPlace(String file) {
        Path own = record.resolve(file);
        return Files.exists(own) ? own : folder.resolve(file);
    }

    /** The record goes; a folder that was dropped into deploy/models is hidden, so that it is not taken again. */
    @Override
    public void discard() throws IOException {
        Durable.delete(record);
        if (dropped && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Path hidden = folder.resolveSibling("." + folder.getFileName() + ".removed");
            for (int i = 2; Files.exists(hidden); i++) {
                hidden = folder.resolveSibling("." + folder.getFileName() + ".removed-" + i);
            }
            Files.move(folder, hidden);
        }
    }
}
