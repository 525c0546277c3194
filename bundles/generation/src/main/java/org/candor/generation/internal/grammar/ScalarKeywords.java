package org.candor.generation.internal.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Keywords that restrict strings and numbers, as automata; errors name place and keyword. */
final class ScalarKeywords {
    private static final int MAX_LENGTH = 10_000;
    private static final int MAX_DIVISOR = 1000;
    private static final String EXACT_AS_DOUBLE = "^-?[0-9]{1,15}$";

    private ScalarKeywords() {}

    static Dfa string(Map<String, Object> keywords, String place) {
        int least = count(keywords, "minLength", 0, MAX_LENGTH, place);
        int most = count(keywords, "maxLength", -1, MAX_LENGTH, place);
        Dfa content =
                guarded(place + "/maxLength", () -> Dfa.ofLength(least, most < 0 || most >= least ? most : least));
        if (most >= 0 && most < least) {
            return Dfa.literal("a").and(Dfa.literal("b"));
        }
        if (!keywords.containsKey("pattern")) {
            return content;
        }
        if (!(keywords.get("pattern") instanceof String pattern)) {
            throw new UnsupportedSchemaException(place + "/pattern", "is not a string");
        }
        return guarded(place + "/pattern", () -> Pattern.compile(pattern).and(content));
    }

    static Dfa integer(Map<String, Object> keywords, String place) {
        BigInteger low = null;
        BigInteger high = null;
        for (String keyword : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            BigDecimal bound = bound(keywords, keyword, place);
            if (bound != null && keyword.endsWith("inimum")) {
                BigInteger value = bound.setScale(
                                0, keyword.startsWith("ex") ? RoundingMode.FLOOR : RoundingMode.CEILING)
                        .toBigInteger()
                        .add(keyword.startsWith("ex") ? BigInteger.ONE : BigInteger.ZERO);
                low = low == null ? value : low.max(value);
            } else if (bound != null) {
                BigInteger value = bound.setScale(
                                0, keyword.startsWith("ex") ? RoundingMode.CEILING : RoundingMode.FLOOR)
                        .toBigInteger()
                        .subtract(keyword.startsWith("ex") ? BigInteger.ONE : BigInteger.ZERO);
                high = high == null ? value : high.min(value);
            }
        }
        BigInteger least = low;
        BigInteger most = high;
        Dfa range = guarded(place, () -> DecimalRange.integers(least, most));
        if (!keywords.containsKey("multipleOf")) {
            return range;
        }
        if (!(keywords.get("multipleOf") instanceof BigDecimal divisor)
                || divisor.compareTo(BigDecimal.ONE) < 0
                || divisor.compareTo(BigDecimal.valueOf(MAX_DIVISOR)) > 0
                || divisor.stripTrailingZeros().scale() > 0) {
            throw new UnsupportedSchemaException(
                    place + "/multipleOf",
                    keywords.get("multipleOf") + " cannot be guaranteed by a grammar; whole numbers from 1 to "
                            + MAX_DIVISOR + " can");
        }
        return guarded(place + "/multipleOf", () -> range.and(Pattern.compile(EXACT_AS_DOUBLE))
                .and(Dfa.multiplesOf(divisor.intValueExact())));
    }

    static Dfa number(Map<String, Object> keywords, String place) {
        BigDecimal low = bound(keywords, "minimum", place);
        BigDecimal above = bound(keywords, "exclusiveMinimum", place);
        BigDecimal high = bound(keywords, "maximum", place);
        BigDecimal below = bound(keywords, "exclusiveMaximum", place);
        if (low == null && above == null && high == null && below == null) {
            return DecimalRange.anyNumber();
        }
        return guarded(place, () -> DecimalRange.numbers(low, false, high, false)
                .and(DecimalRange.numbers(above, true, below, true)));
    }

    private static BigDecimal bound(Map<String, Object> keywords, String keyword, String place) {
        if (!keywords.containsKey(keyword)) {
            return null;
        }
        if (!(keywords.get(keyword) instanceof BigDecimal number)) {
            throw new UnsupportedSchemaException(place + "/" + keyword, "is not a number");
        }
        if (number.precision() - (long) number.scale() > 40 || number.scale() > 400) {
            throw new UnsupportedSchemaException(
                    place + "/" + keyword, number + " has too many digits to be guaranteed");
        }
        return number;
    }

    static int count(Map<String, Object> keywords, String keyword, int otherwise, int most, String place) {
        if (!keywords.containsKey(keyword)) {
            return otherwise;
        }
        if (!(keywords.get(keyword) instanceof BigDecimal number)
                || number.signum() < 0
                || number.compareTo(BigDecimal.valueOf(most)) > 0
                || number.stripTrailingZeros().scale() > 0) {
            throw new UnsupportedSchemaException(
                    place + "/" + keyword,
                    keywords.get(keyword) + " cannot be guaranteed; whole numbers from 0 to " + most + " can");
        }
        return number.intValueExact();
    }

    private static Dfa guarded(String place, Supplier<Dfa> dfa) {
        try {
            return dfa.get();
        } catch (UnsupportedSchemaException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UnsupportedSchemaException(place, e.getMessage());
        }
    }
}
