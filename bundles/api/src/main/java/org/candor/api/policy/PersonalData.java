package org.candor.api.policy;

import java.util.List;
import java.util.Set;

/** Finds personal data in text. Thread safe. */
public interface PersonalData {

    /** What is looked for. */
    enum Kind {
        EMAIL,
        PHONE,
        CARD,
        IBAN
    }

    /**
     * One find.
     *
     * @param start first code point
     * @param end code point after the last
     * @param kind what it is
     */
    record Span(int start, int end, Kind kind) {}

    /** Spans in order, not overlapping. Linear in the text's length. */
    List<Span> find(String text, Set<Kind> kinds);

    /** The text with each code point of the spans replaced by U+2588. */
    String mask(String text, List<Span> spans);
}
