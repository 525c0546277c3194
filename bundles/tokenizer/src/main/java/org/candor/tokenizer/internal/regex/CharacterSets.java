package org.candor.tokenizer.internal.regex;

import java.util.BitSet;
import java.util.List;

/** The character sets that regular expressions can name. Implementations are immutable and thread safe. */
public interface CharacterSets {

    /**
     * A set of {@code \p{...}}: a general category such as Lu or L, a script, or a POSIX name. Not to be changed.
     *
     * @return null when there is none
     */
    BitSet property(String name);

    /** A set of {@code [[:...:]]}; not to be changed. Null when there is none. */
    BitSet posix(String name);

    /** {@code \w}. */
    BitSet word();

    /** {@code \s}. */
    BitSet space();

    /** Other characters that equal this one where case does not matter; may be empty. */
    List<Integer> caseFolds(int codePoint);
}
