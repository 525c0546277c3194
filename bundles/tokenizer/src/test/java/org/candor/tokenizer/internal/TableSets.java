package org.candor.tokenizer.internal;

import org.candor.tokenizer.internal.regex.CharacterSets;

/** The character sets of the bundle, for tests of the package below. */
public final class TableSets {
    private TableSets() {}

    public static CharacterSets load() {
        return new RegexSets(UnicodeTables.load());
    }
}
