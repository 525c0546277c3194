package org.candor.generation.internal.sampling;

import static org.candor.generation.internal.sampling.Reference.integer;
import static org.candor.generation.internal.sampling.Reference.list;
import static org.candor.generation.internal.sampling.Reference.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void chunksAreThoseOfTheReference() throws IOException {
        List<Object> cases = list(Reference.read("stop-strings.json.gz").getFirst());
        assertEquals(95, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            Map<String, Object> expected = object(reference.get("expected"));
            StopStrings.Stream stream = new StopStrings(
                            strings(reference.get("stop")), (Boolean) reference.get("include_stop_in_text"))
                    .stream();
            List<String> chunks = new ArrayList<>();
            for (String piece : strings(reference.get("pieces"))) {
                chunks.add(stream.add(piece));
                if (stream.found() != null) {
                    break;
                }
            }
            String name = "case " + reference.get("n");
            assertEquals(strings(expected.get("chunks")), chunks, name);
            assertEquals(integer(expected.get("pieces_used")), chunks.size(), name);
            assertEquals(expected.get("stop"), stream.found(), name);
            String flush = stream.flush();
            assertEquals(expected.getOrDefault("flush", ""), flush, name);
            assertEquals(expected.get("text"), String.join("", chunks) + flush, name);
        }
    }

    @Property(tries = 2000)
    void theTextEndsWhereTheFirstStopStringEndsHoweverItIsCut(
            @ForAll @Size(max = 12) List<@StringLength(max = 4) @CharRange(from = 'a', to = 'c') String> pieces,
            @ForAll @Size(max = 4) List<@StringLength(max = 5) @CharRange(from = 'a', to = 'c') String> stops,
            @ForAll boolean included) {
        String whole = String.join("", pieces);
        String expected = whole;
        String found = null;
        for (int end = 1; end <= whole.length() && found == null; end++) {
            for (String stop : stops) {
                if (!stop.isEmpty()
                        && whole.startsWith(stop, end - stop.length())
                        && (found == null || stop.length() > found.length())) {
                    found = stop;
                    expected = whole.substring(0, included ? end : end - stop.length());
                }
            }
        }
        StopStrings.Stream stream = new StopStrings(stops, included).stream();
        StringBuilder sent = new StringBuilder();
        for (String piece : pieces) {
            sent.append(stream.add(piece));
            assertTrue(expected.startsWith(sent.toString()), "sent what is not part of the text");
            if (stream.found() != null) {
                break;
            }
        }
        assertEquals(found, stream.found());
        assertEquals(expected, sent + stream.flush());
    }

    @Test
    void nothingIsAddedAfterTheEnd() {
        StopStrings.Stream stream = new StopStrings(List.of("x"), false).stream();
        assertEquals("a", stream.add("axb"));
        assertThrows(IllegalStateException.class, () -> stream.add("c"));
    }

    @Test
    void charactersBeyondTheBasicPlaneAreNotCut() {
        StopStrings.Stream stream = new StopStrings(List.of("\uD83D\uDE01!"), false).stream();
        assertEquals("\uD83D\uDE00", stream.add("\uD83D\uDE00"));
        assertEquals("", stream.add("\uD83D\uDE01"));
        assertEquals("\uD83D\uDE01?", stream.add("?"));
        assertNull(stream.found());
    }

    @Test
    void halfACharacterIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StopStrings(List.of("\uD83D"), false));
    }

    private static List<String> strings(Object value) {
        return list(value).stream().map(String.class::cast).toList();
    }
}
