package org.candor.api.tokenize;

import java.util.List;

/** One input of a batch. */
public sealed interface TokenizerInput {

    /** One text. */
    record Text(String text) implements TokenizerInput {}

    /** Two texts that the post-processor joins. */
    record Pair(String first, String second) implements TokenizerInput {}

    /** One text already split into words; offsets are within each word. */
    record Words(List<String> words) implements TokenizerInput {}

    /** Two texts already split into words; offsets are within each word. */
    record WordsPair(List<String> first, List<String> second) implements TokenizerInput {}
}
