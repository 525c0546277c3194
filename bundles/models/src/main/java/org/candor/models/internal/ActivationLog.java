package org.candor.models.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;

/**
 * The durable record of activations: one JSON object a line, forced to the disk before {@link #append} returns. A last
 * line without its end was never acknowledged and is cut off when the log is opened. Read by any thread, written by one at a
 * time.
 */
final class ActivationLog implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final FileChannel channel;
    private final List<Activation> entries = new CopyOnWriteArrayList<>();

    ActivationLog(Path file) throws IOException {
        this(file, UnaryOperator.identity());
    }

    /** @param disk what writes go through, for tests of a disk that fails */
    ActivationLog(Path file, UnaryOperator<FileChannel> disk) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        channel = disk.apply(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        boolean opened = false;
        try {
            channel.truncate(recover(Files.readAllBytes(file)));
            channel.position(channel.size());
            opened = true;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private long recover(byte[] content) throws IOException {
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                entries.add(parse(new String(content, start, i - start, StandardCharsets.UTF_8)));
                start = i + 1;
            }
        }
        return start;
    }

    private Activation parse(String line) throws IOException {
        try {
            Map<?, ?> values = JSON.readValue(line, Map.class);
            ModelId model = new ModelId(text(values, "name"), text(values, "version"), text(values, "digest"));
            return new Activation(
                    text(values, "route"),
                    model,
                    text(values, "actor"),
                    text(values, "reason"),
                    Instant.parse(text(values, "time")));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw new IOException(file + ", line " + (entries.size() + 1) + " is damaged: " + e.getMessage()
                    + ". Restore it from a backup, or remove the line to forget that activation.");
        }
    }

    private static String text(Map<?, ?> values, String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + " is missing");
    }

    /** All entries, oldest first. */
    List<Activation> entries() {
        return List.copyOf(entries);
    }

    /** Writes one entry and forces it to the disk. When that fails the log is as before. */
    void append(Activation activation) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("time", activation.time().toString());
        values.put("route", activation.route());
        values.put("name", activation.model().name());
        values.put("version", activation.model().version());
        values.put("digest", activation.model().digest());
        values.put("actor", activation.actor());
        values.put("reason", activation.reason());
        long before = channel.position();
        ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8));
        boolean written = false;
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
            written = true;
        } finally {
            if (!written) {
                channel.truncate(before);
                channel.position(before);
            }
        }
        entries.add(activation);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
