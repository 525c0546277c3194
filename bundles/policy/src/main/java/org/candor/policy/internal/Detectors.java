package org.candor.policy.internal;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.candor.api.policy.PersonalData;

/**
 * The detectors.json of a pack.
 *
 * @param kinds what the obligation {@code mask} without a list masks
 * @param keep what looks like personal data and is none, such as the address of the own help desk; stays readable
 */
record Detectors(Set<PersonalData.Kind> kinds, Set<String> keep) {

    private static final int MOST_KEPT = 1_000;
    static final Detectors ALL = new Detectors(EnumSet.allOf(PersonalData.Kind.class), Set.of());

    static Detectors read(byte[] json) {
        JsonReader reader = JsonReader.object("detectors.json", json).only("kinds", "keep");
        Set<PersonalData.Kind> kinds;
        try {
            kinds = ObligationText.kinds("kinds", String.join(",", reader.texts("kinds")));
        } catch (IllegalArgumentException e) {
            throw reader.wrong("kinds", "an array of email, phone, card and iban is needed");
        }
        Set<String> keep = new LinkedHashSet<>(reader.texts("keep"));
        if (keep.size() > MOST_KEPT || keep.stream().anyMatch(String::isBlank)) {
            throw reader.wrong("keep", "at most " + MOST_KEPT + " texts, none of them blank");
        }
        return new Detectors(kinds, Set.copyOf(keep));
    }
}
