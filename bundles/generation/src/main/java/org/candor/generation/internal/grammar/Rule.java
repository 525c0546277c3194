package org.candor.generation.internal.grammar;

import java.util.List;

/** What a value of JSON may look like. Rules may contain each other; they are compared by identity. */
abstract sealed class Rule {
    /** Whether some value ends; found by iteration over all rules, as rules may contain each other. */
    boolean productive;

    /** One step of that iteration. */
    abstract boolean derive();

    /** Bytes of a number or a word. */
    static final class Plain extends Rule {
        final Dfa bytes;

        Plain(Dfa bytes) {
            this.bytes = bytes;
        }

        @Override
        boolean derive() {
            return !bytes.isEmpty();
        }
    }

    /** A string whose characters, without escapes, the automaton accepts. */
    static final class Text extends Rule {
        final Dfa content;

        Text(Dfa content) {
            this.content = content;
        }

        @Override
        boolean derive() {
            return !content.isEmpty();
        }
    }

    /** Any of some rules; filled in later where a schema refers to itself. */
    static final class Either extends Rule {
        List<Rule> options = List.of();

        @Override
        boolean derive() {
            return options.stream().anyMatch(option -> option.productive);
        }
    }

    /** Items one after the other. */
    static final class Items extends Rule {
        final List<Rule> prefix;
        final Rule rest;
        final int least;
        final int most;

        /** @param most -1 without limit */
        Items(List<Rule> prefix, Rule rest, int least, int most) {
            this.prefix = prefix;
            this.rest = rest;
            this.least = least;
            this.most = most < 0 ? Integer.MAX_VALUE : most;
        }

        Rule item(int index) {
            return index < prefix.size() ? prefix.get(index) : rest;
        }

        boolean mayFollow(int count) {
            return count < most && item(count).productive;
        }

        @Override
        boolean derive() {
            for (int index = 0; index < Math.min(least, prefix.size() + 1); index++) {
                if (!item(index).productive) {
                    return false;
                }
            }
            return least <= most;
        }
    }

    /** Members in any order, each name once; other names may repeat. */
    static final class Members extends Rule {
        static final int MAX_NAMES = 64;

        final List<Dfa> names;
        final List<Rule> values;
        final long required;
        final Dfa otherNames;
        final Rule otherValues;

        Members(List<Dfa> names, List<Rule> values, long required, Dfa otherNames, Rule otherValues) {
            this.names = names;
            this.values = values;
            this.required = required;
            this.otherNames = otherNames;
            this.otherValues = otherValues;
        }

        boolean complete(long seen) {
            return (required & ~seen) == 0;
        }

        boolean mayFollow(long seen) {
            if (otherValues.productive) {
                return true;
            }
            for (int i = 0; i < names.size(); i++) {
                if ((seen >> i & 1) == 0 && values.get(i).productive) {
                    return true;
                }
            }
            return false;
        }

        @Override
        boolean derive() {
            for (int i = 0; i < names.size(); i++) {
                if ((required >> i & 1) == 1 && !values.get(i).productive) {
                    return false;
                }
            }
            return true;
        }
    }
}
