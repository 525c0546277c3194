package org.candor.generation.internal.sampling;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts at which generation ends. Immutable and thread-safe; {@link #stream} follows one text. An automaton after Aho and
 * Corasick, "Efficient String Matching" (1975): time is linear in the text, whatever the stop strings.
 */
public final class StopStrings {
    private static final int MAX_CHARACTERS = 1 << 16;

    /** A state: what the text ends with that is a beginning of a stop string. */
    private static final class Node {
        final Map<Character, Node> next = new HashMap<>();
        final int depth;
        Node shorter;

        /** The longest stop string that ends here, or null. */
        String found;

        Node(int depth) {
            this.depth = depth;
        }

        Node step(char c) {
            Node node = this;
            while (node != null) {
                Node next = node.next.get(c);
                if (next != null) {
                    return next;
                }
                if (node.shorter == null) {
                    return node;
                }
                node = node.shorter;
            }
            throw new AssertionError("the root has no shorter state");
        }
    }

    private final Node root = new Node(0);
    private final boolean included;

    /**
     * @param stops empty ones are ignored
     * @param included whether the stop string that was found belongs to the text
     * @throws IllegalArgumentException when the strings are too long together, or one holds half a character
     */
    public StopStrings(List<String> stops, boolean included) {
        this.included = included;
        long characters = stops.stream().mapToLong(String::length).sum();
        if (characters > MAX_CHARACTERS) {
            throw Allowed.refused("stop", characters + " characters", MAX_CHARACTERS + " together at most");
        }
        for (String stop : stops) {
            if (stop.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                throw Allowed.refused("stop", "half a surrogate pair", "whole characters");
            }
            Node node = root;
            for (char c : stop.toCharArray()) {
                int depth = node.depth + 1;
                node = node.next.computeIfAbsent(c, any -> new Node(depth));
            }
            if (node != root) {
                node.found = stop;
            }
        }
        linkShorter();
    }

    private void linkShorter() {
        ArrayDeque<Node> queue = new ArrayDeque<>();
        for (Node first : root.next.values()) {
            first.shorter = root;
            queue.add(first);
        }
        while (!queue.isEmpty()) {
            Node node = queue.remove();
            if (node.found == null) {
                node.found = node.shorter.found;
            }
            node.next.forEach((c, next) -> {
                next.shorter = node.shorter.step(c);
                queue.add(next);
            });
        }
    }

    /** A new text. */
    public Stream stream() {
        return new Stream();
    }

    /** One text, as its pieces arrive. One thread at a time. */
    public final class Stream {
        private final StringBuilder pending = new StringBuilder();
        private Node state = root;
        private String found;

        private Stream() {}

        /**
         * Adds a piece of whole characters.
         *
         * @return what can be sent now: all but the longest end that may still become a stop string
         * @throws IllegalStateException when the text has ended
         */
        public String add(String piece) {
            if (found != null) {
                throw new IllegalStateException("the text has ended at the stop string \"" + found + "\"");
            }
            for (int i = 0; i < piece.length(); i++) {
                pending.append(piece.charAt(i));
                state = state.step(piece.charAt(i));
                if (state.found != null) {
                    found = state.found;
                    return take(included ? pending.length() : pending.length() - found.length());
                }
            }
            return take(pending.length() - state.depth);
        }

        /** The stop string that ended the text, or null. */
        public String found() {
            return found;
        }

        /** What was held back when the text ends without a stop string; nothing after one. */
        public String flush() {
            state = root;
            return found == null ? take(pending.length()) : "";
        }

        private String take(int length) {
            String sent = pending.substring(0, length);
            pending.delete(0, length);
            return sent;
        }
    }
}
