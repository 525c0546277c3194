package org.candor.tokenizer.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.tokenize.EmbeddedVocabulary;

/** The key-value part of a trusted GGUF file of version 3, as much of it as tests need. */
final class GgufMetadata {
    private final ByteBuffer bytes;
    private final Map<String, Object> values = new HashMap<>();

    GgufMetadata(Path file) throws IOException {
        bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(16);
        long count = bytes.getLong();
        for (long i = 0; i < count; i++) {
            String key = text();
            values.put(key, value(bytes.getInt()));
        }
    }

    private String text() {
        byte[] text = new byte[(int) bytes.getLong()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private Object value(int type) {
        return switch (type) {
            case 0, 1 -> (int) bytes.get();
            case 2, 3 -> (int) bytes.getShort();
            case 4, 5 -> bytes.getInt();
            case 6 -> bytes.getFloat();
            case 7 -> bytes.get() != 0;
            case 8 -> text();
            case 9 -> {
                int element = bytes.getInt();
                long length = bytes.getLong();
                List<Object> list = new ArrayList<>();
                for (long i = 0; i < length; i++) {
                    list.add(value(element));
                }
                yield list;
            }
            case 10, 11 -> bytes.getLong();
            case 12 -> bytes.getDouble();
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    @SuppressWarnings("unchecked")
    EmbeddedVocabulary vocabulary() {
        List<Object> scores = (List<Object>) get("scores");
        List<Object> types = (List<Object>) get("token_type");
        float[] scoreOf = scores == null ? null : new float[scores.size()];
        for (int i = 0; scores != null && i < scoreOf.length; i++) {
            scoreOf[i] = (float) scores.get(i);
        }
        boolean bert = "bert".equals(get("model"));
        return new EmbeddedVocabulary(
                (String) get("model"),
                (String) get("pre"),
                (List<String>) (List<?>) get("tokens"),
                scoreOf,
                types == null ? null : types.stream().mapToInt(t -> (int) t).toArray(),
                (List<String>) (List<?>) get("merges"),
                id(bert ? "cls_token_id" : "bos_token_id"),
                id(bert ? "seperator_token_id" : "eos_token_id"),
                id("unknown_token_id"),
                (Boolean) get("add_bos_token"),
                (Boolean) get("add_eos_token"),
                (Boolean) get("add_space_prefix"),
                false,
                null);
    }

    private Object get(String key) {
        return values.get("tokenizer.ggml." + key);
    }

    private int id(String key) {
        return get(key) instanceof Integer id ? id : -1;
    }
}
