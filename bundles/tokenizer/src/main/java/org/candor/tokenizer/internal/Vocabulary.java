package org.candor.tokenizer.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** A model's tokens and their ids; ids may have gaps. Immutable, thread safe. */
final class Vocabulary {
    private final Map<String, Integer> ids;
    private final String[] tokens;

    /** @param ids not negative, each once */
    Vocabulary(Map<String, Integer> ids) {
        this.ids = new HashMap<>(ids);
        int highest = ids.values().stream().mapToInt(i -> i).max().orElse(-1);
        this.tokens = new String[highest + 1];
        ids.forEach((token, id) -> tokens[id] = token);
    }

    int size() {
        return ids.size();
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Text of an id, or null. */
    String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : null;
    }

    /** Highest id, or -1. */
    int highestId() {
        return tokens.length - 1;
    }

    /** A trie of all tokens. */
    CodePointTrie trie() {
        String[] entries = ids.keySet().toArray(String[]::new);
        int[] values = new int[entries.length];
        for (int i = 0; i < entries.length; i++) {
            values[i] = ids.get(entries[i]);
        }
        return CodePointTrie.of(entries, values);
    }
}
