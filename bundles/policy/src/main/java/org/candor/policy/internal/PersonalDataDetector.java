package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.policy.PersonalData;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Finds e-mail addresses, telephone, card and bank account numbers by their form and check digits. Where finds overlap,
 * they become one span of the kind that is most certain: an address, then an account, then a card, then a telephone number.
 */
@Component
public final class PersonalDataDetector implements PersonalData {
    private static final char MASK = '\u2588';

    /** The order is that of certainty. */
    private static final List<Kind> BY_CERTAINTY = List.of(Kind.EMAIL, Kind.IBAN, Kind.CARD, Kind.PHONE);

    private final Map<Kind, Detector> detectors;

    @Activate
    public PersonalDataDetector() {
        detectors = new EnumMap<>(Map.of(
                Kind.EMAIL, new EmailDetector(),
                Kind.IBAN, new IbanDetector(),
                Kind.CARD, new CardDetector(),
                Kind.PHONE, new PhoneDetector()));
    }

    @Override
    public List<Span> find(String text, Set<Kind> kinds) {
        if (kinds.isEmpty() || text.isEmpty()) {
            return List.of();
        }
        String folded = FoldedText.of(text);
        List<Span> finds = new ArrayList<>();
        for (Kind kind : kinds) {
            detectors.get(kind).find(folded, (start, end) -> finds.add(new Span(start, end, kind)));
        }
        finds.sort(Comparator.comparingInt(Span::start).thenComparingInt(Span::end));
        return codePoints(text, joined(finds));
    }

    private static List<Span> joined(List<Span> sorted) {
        List<Span> joined = new ArrayList<>(sorted.size());
        for (Span find : sorted) {
            Span last = joined.isEmpty() ? null : joined.getLast();
            if (last == null || find.start() >= last.end()) {
                joined.add(find);
            } else {
                Kind kind = BY_CERTAINTY.indexOf(find.kind()) < BY_CERTAINTY.indexOf(last.kind())
                        ? find.kind()
                        : last.kind();
                joined.set(joined.size() - 1, new Span(last.start(), Math.max(last.end(), find.end()), kind));
            }
        }
        return joined;
    }

    private static List<Span> codePoints(String text, List<Span> units) {
        List<Span> spans = new ArrayList<>(units.size());
        int unit = 0;
        int point = 0;
        for (Span span : units) {
            int start = point + text.codePointCount(unit, span.start());
            int end = start + text.codePointCount(span.start(), span.end());
            spans.add(new Span(start, end, span.kind()));
            unit = span.end();
            point = end;
        }
        return List.copyOf(spans);
    }

    @Override
    public String mask(String text, List<Span> spans) {
        if (spans.isEmpty()) {
            return text;
        }
        StringBuilder masked = new StringBuilder(text.length());
        int unit = 0;
        int point = 0;
        for (Span span : spans) {
            if (span.start() < point || span.end() < span.start()) {
                throw new IllegalArgumentException("spans are not in order: " + span + " begins before " + point);
            }
            int start = text.offsetByCodePoints(unit, span.start() - point);
            masked.append(text, unit, start);
            unit = text.offsetByCodePoints(start, span.end() - span.start());
            masked.repeat(MASK, span.end() - span.start());
            point = span.end();
        }
        return masked.append(text, unit, text.length()).toString();
    }
}
