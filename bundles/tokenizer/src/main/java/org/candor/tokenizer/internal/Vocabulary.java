package org.candor.tokenizer.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** A model's tokens and their ids; ids may have gaps. Immutable, thread safe. */
final class Vocabulary {
    private final Map<String, Integer> ids;
    private final String[] tokens;
    private final int size;

    /** @param ids not negative, each once */
    Vocabulary(Map<String, Integer> ids) {
        this.ids = new HashMap<>(ids);
        int highest = ids.values().stream().mapToInt(i -> i).max().orElse(-1);
        this.tokens = new String[highest + 1];
        ids.forEach((token, id) -> tokens[id] = token);
        this.size = ids.size();
    }

    /** Ids are places in the list; of equal tokens the last one is found by its text. */
    Vocabulary(java.util.List<String> list) {
        this.ids = new HashMap<>(2 * list.size());
        this.tokens = list.toArray(String[]::new);
        for (int id = 0; id < tokens.length; id++) {
            ids.put(tokens[id], id);
        }
        this.size = tokens.length;
    }

    int size() {
        return size;
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

    java.util.stream.Stream<String> tokens() {
        return ids.keySet().stream();
    }

    /** Characters of the longest token. */
    int longest() {
        return ids.keySet().stream().mapToInt(String::length).max().orElse(0);
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
