package org.candor.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.candor.api.model.Embeddings;
import org.candor.api.model.TextEncoder;

/** Remembers vectors in a file between runs: fitting looks at the same texts again and again. Thread safe. */
final class CachedEncoder implements TextEncoder {
    private final TextEncoder encoder;
    private final Map<String, float[]> vectors = new HashMap<>();
    private final DataOutputStream file;

    CachedEncoder(TextEncoder encoder, Path path) throws IOException {
        this.encoder = encoder;
        if (Files.exists(path)) {
            read(path);
        }
        file = new DataOutputStream(new BufferedOutputStream(
                Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND), 1 << 16));
    }

    private void read(Path path) throws IOException {
        byte[] digest = new byte[32];
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 20))) {
            while (true) {
                in.readFully(digest);
                byte[] bytes = new byte[4 * encoder.dimensions()];
                in.readFully(bytes);
                float[] vector = new float[encoder.dimensions()];
                ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
                vectors.put(HexFormat.of().formatHex(digest), vector);
            }
        } catch (EOFException e) {
            return; // the end, or a record a killed run did not finish
        }
    }

    @Override
    public synchronized Embeddings embed(List<String> texts) {
        List<String> missing = new ArrayList<>();
        for (String text : texts) {
            if (!vectors.containsKey(key(text)) && !missing.contains(text)) {
                missing.add(text);
            }
        }
        int[] tokens = new int[texts.size()];
        boolean[] truncated = new boolean[texts.size()];
        long busy = 0;
        if (!missing.isEmpty()) {
            Embeddings made = encoder.embed(missing);
            busy = made.busyNanos();
            for (int i = 0; i < missing.size(); i++) {
                write(key(missing.get(i)), made.vectors()[i]);
                tokens[texts.indexOf(missing.get(i))] = made.tokens()[i];
            }
        }
        float[][] found = texts.stream().map(text -> vectors.get(key(text))).toArray(float[][]::new);
        return new Embeddings(found, tokens, truncated, busy);
    }

    private void write(String key, float[] vector) {
        vectors.put(key, vector);
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length);
        bytes.asFloatBuffer().put(vector);
        try {
            file.write(HexFormat.of().parseHex(key));
            file.write(bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int dimensions() {
        return encoder.dimensions();
    }

    @Override
    public int maxTokens() {
        return encoder.maxTokens();
    }

    @Override
    public String queryPrefix() {
        return encoder.queryPrefix();
    }

    @Override
    public Embeddings embedTokens(List<int[]> ids) {
        return encoder.embedTokens(ids);
    }

    @Override
    public long bytes() {
        return encoder.bytes();
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        encoder.close();
    }
}
