package org.candor.generation.internal.grammar;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Texts that are JSON (RFC 8259, UTF-8) and valid under a JSON schema, read byte by byte. From each state that can be reached
 * the text can be completed. Immutable and thread-safe.
 */
public final class JsonGrammar {
    /** Ways of reading one text at a time; more come from alternatives that begin alike. */
    private static final int MAX_WAYS = 4096;

    private final State start;

    private JsonGrammar(Rule rule) {
        start = new State(Set.of(Frame.start(rule)));
    }

    /**
     * @param schema a JSON schema, draft 2020-12
     * @throws UnsupportedSchemaException when it uses what cannot be guaranteed, or when no value satisfies it
     */
    public static JsonGrammar compile(String schema) {
        return new JsonGrammar(new SchemaCompiler(JsonValue.read(schema)).compile());
    }

    /** Before the first byte. */
    public State start() {
        return start;
    }

    /** What has been read, as far as it matters. Immutable; equal states allow the same. */
    public static final class State {
        private final Set<Frame> ways;

        private State(Set<Frame> ways) {
            this.ways = ways;
        }

        /**
         * @return the state after a byte, or null when no valid text goes on with it
         * @throws IllegalStateException when the schema's alternatives leave too many ways open
         */
        public State next(byte b) {
            Set<Frame> out = new LinkedHashSet<>();
            for (Frame way : ways) {
                way.step(b & 0xFF, out);
            }
            if (out.size() > MAX_WAYS) {
                throw new IllegalStateException("the schema's alternatives leave " + out.size()
                        + " ways of reading one text open; allowed are " + MAX_WAYS);
            }
            return out.isEmpty() ? null : new State(out);
        }

        /** Whether the text may end here. */
        public boolean complete() {
            return ways.stream().anyMatch(Frame::complete);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof State state && ways.equals(state.ways);
        }

        @Override
        public int hashCode() {
            return ways.hashCode();
        }
    }
}
