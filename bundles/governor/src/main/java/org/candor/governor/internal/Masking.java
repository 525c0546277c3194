package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PersonalData.Kind;
import org.candor.api.policy.PersonalData.Span;

/** Masks personal data in the texts of one result and notes where. Used by one thread. */
final class Masking {

    private final PersonalData detector;
    private final Set<Kind> kinds;
    private final Set<String> keep;
    private final List<Map<String, Object>> masked = new ArrayList<>();

    Masking(PersonalData detector, Set<Kind> kinds) {
        this(detector, kinds, Set.of());
    }

    /** @param keep texts that look like personal data and stay readable, whatever their capitals */
    Masking(PersonalData detector, Set<Kind> kinds, Set<String> keep) {
        this.detector = detector;
        this.kinds = kinds;
        this.keep = keep;
    }

    private List<Span> find(String text) {
        List<Span> spans = detector.find(text, kinds);
        if (keep.isEmpty()) {
            return spans;
        }
        return spans.stream()
                .filter(span -> keep.stream().noneMatch(slice(text, span)::equalsIgnoreCase))
                .toList();
    }

    /** The text with what was found masked, one for one. */
    String mask(String where, String text) {
        return apply(where, text, find(text));
    }

    /**
     * Masks texts that quote each other: what is found in one of them is masked wherever it stands in the others, because
     * a detector may need the words around a number that only one of the texts has.
     *
     * @param texts by where they are; null ones stay null
     */
    Map<String, String> maskTogether(Map<String, String> texts) {
        Map<String, List<Span>> spans = new LinkedHashMap<>();
        Map<String, Kind> found = new LinkedHashMap<>();
        texts.forEach((where, text) -> {
            List<Span> own = text == null ? List.of() : find(text);
            spans.put(where, new ArrayList<>(own));
            for (Span span : own) {
                found.putIfAbsent(slice(text, span), span.kind());
            }
        });
        Map<String, String> result = new LinkedHashMap<>();
        texts.forEach((where, text) -> {
            if (text == null) {
                result.put(where, null);
                return;
            }
            List<Span> all = spans.get(where);
            found.forEach((quote, kind) -> addOccurrences(text, quote, kind, all));
            result.put(where, apply(where, text, disjoint(all)));
        });
        return result;
    }

    /** Every span masked so far, as JSON values. */
    List<Map<String, Object>> masked() {
        return List.copyOf(masked);
    }

    private String apply(String where, String text, List<Span> spans) {
        if (spans.isEmpty()) {
            return text;
        }
        for (Span span : spans) {
            Map<String, Object> note = new LinkedHashMap<>();
            note.put("in", where);
            note.put("start", span.start());
            note.put("end", span.end());
            note.put("kind", span.kind().name().toLowerCase(Locale.ROOT));
            masked.add(note);
        }
        return detector.mask(text, spans);
    }

    private static String slice(String text, Span span) {
        int start = text.offsetByCodePoints(0, span.start());
        return text.substring(start, text.offsetByCodePoints(start, span.end() - span.start()));
    }

    private static void addOccurrences(String text, String quote, Kind kind, List<Span> spans) {
        int length = quote.codePointCount(0, quote.length());
        for (int at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + quote.length())) {
            int start = text.codePointCount(0, at);
            spans.add(new Span(start, start + length, kind));
        }
    }

    /** In order, overlapping ones joined under the kind of the first. */
    private static List<Span> disjoint(List<Span> spans) {
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Comparator.comparingInt(Span::start)
                .thenComparing(Comparator.comparingInt(Span::end).reversed()));
        List<Span> result = new ArrayList<>();
        for (Span span : sorted) {
            Span last = result.isEmpty() ? null : result.getLast();
            if (last == null || span.start() >= last.end()) {
                result.add(span);
            } else if (span.end() > last.end()) {
                result.set(result.size() - 1, new Span(last.start(), span.end(), last.kind()));
            }
        }
        return result;
    }
}
