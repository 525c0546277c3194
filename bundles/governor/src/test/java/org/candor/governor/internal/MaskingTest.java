package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.candor.api.policy.PersonalData.Kind;
import org.junit.jupiter.api.Test;

class MaskingTest {

    private static final int BLOCK = 0x2588;

    private static Masking masking() {
        return new Masking(new World().detector, Set.of(Kind.EMAIL, Kind.CARD));
    }

    private static Map<String, String> texts(String answer, String citation) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("answer", answer);
        texts.put("citations/0", citation);
        return texts;
    }

    @Test
    void whatOneTextShowsToBePersonalIsMaskedInTheOthers() {
        Masking masking = masking();
        Map<String, String> masked = masking.maskTogether(texts("It is 4111-1.", "Pay with card 4111-1."));
        assertEquals("It is ███████", masked.get("answer"));
        assertEquals("Pay with card ███████", masked.get("citations/0"));
        assertEquals(
                List.of(
                        Map.of("in", "answer", "start", 6, "end", 13, "kind", "card"),
                        Map.of("in", "citations/0", "start", 14, "end", 21, "kind", "card")),
                masking.masked());
    }

    @Test
    void aNullAnswerStaysNull() {
        assertNull(masking().maskTogether(texts(null, "a@b")).get("answer"));
    }

    @Test
    void overlappingFindsAreJoinedIntoOneSpan() {
        Masking masking = masking();
        masking.maskTogether(texts("card x@y", "x@y"));
        assertEquals(
                1,
                masking.masked().stream()
                        .filter(note -> note.get("in").equals("answer"))
                        .count());
    }

    @Property(tries = 300)
    void maskingKeepsLengthAndTouchesOnlyTheListedCodePoints(
            @ForAll @Size(max = 4) List<@StringLength(max = 30) String> raw) {
        Masking masking = masking();
        Map<String, String> texts = new LinkedHashMap<>();
        for (String text : raw) {
            // Unpaired surrogates never reach an answer.
            String whole = text.replaceAll("\\p{Cs}", "?");
            texts.put("citations/" + texts.size(), "🦊 " + whole + " a@" + texts.size() + "🦊 card " + whole);
        }
        Map<String, String> masked = masking.maskTogether(texts);
        texts.forEach((where, text) -> {
            int[] before = text.codePoints().toArray();
            int[] after = masked.get(where).codePoints().toArray();
            assertEquals(before.length, after.length);
            boolean[] listed = new boolean[before.length];
            masking.masked().stream()
                    .filter(note -> note.get("in").equals(where))
                    .forEach(note -> {
                        for (int i = (int) note.get("start"); i < (int) note.get("end"); i++) {
                            assertEquals(false, listed[i], "spans do not overlap");
                            listed[i] = true;
                        }
                    });
            for (int i = 0; i < before.length; i++) {
                assertEquals(listed[i] ? BLOCK : before[i], after[i]);
            }
        });
    }
}
