package org.candor.generation.internal.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Automata of decimal numbers between bounds: {@code minimum}, {@code maximum} and their exclusive forms. */
final class DecimalRange {
    /** Longest whole part: no validator's number type overflows, with exponents either. */
    private static final int DIGITS = 40;

    private static final String WHOLE = "(0|[1-9][0-9]{0," + (DIGITS - 1) + "})";

    /**
     * Parts of a number that is compared with bounds. Together they have 15 digits: decimals of so many digits differ as
     * doubles too (IEEE 754), so a validator that compares doubles agrees.
     */
    private static final int BOUNDED_WHOLE = 9;

    private static final int BOUNDED_FRACTION = 6;

    private static final String REST = "[0-9]*";
    private static final String ANY_FRACTION = "(\\.[0-9]+)?";

    private DecimalRange() {}

    static Dfa anyNumber() {
        return Pattern.compile("^-?" + WHOLE + "(\\.[0-9]{1," + DIGITS + "})?([eE](\\+?[0-9]{1,2}|-[0-9]{1,3}))?$");
    }

    /** @param low smallest integer or null; @param high largest or null */
    static Dfa integers(BigInteger low, BigInteger high) {
        Dfa range = Pattern.compile("^-?" + WHOLE + "$");
        if (low != null) {
            range = range.and(Pattern.compile(
                    low.signum() > 0 ? "^(" + wholeFrom(low) + ")$" : "^([0-9]+|-(" + wholeUpTo(low.negate()) + "))$"));
        }
        if (high != null) {
            range = range.and(Pattern.compile(
                    high.signum() < 0
                            ? "^-(" + wholeFrom(high.negate()) + ")$"
                            : "^(-[0-9]+|" + wholeUpTo(high) + ")$"));
        }
        return range;
    }

    /** @throws IllegalArgumentException when a bound has too many digits */
    static Dfa numbers(BigDecimal low, boolean lowExcluded, BigDecimal high, boolean highExcluded) {
        Dfa range = Pattern.compile(
                "^-?(0|[1-9][0-9]{0," + (BOUNDED_WHOLE - 1) + "})(\\.[0-9]{1," + BOUNDED_FRACTION + "})?$");
        if (low != null) {
            String nonNegative = "[0-9]+" + ANY_FRACTION;
            range = range.and(Pattern.compile(
                    low.signum() > 0 || low.signum() == 0 && lowExcluded
                            ? "^(" + from(low, lowExcluded) + ")$"
                            : low.signum() == 0
                                    ? "^" + nonNegative + "$"
                                    : "^(" + nonNegative + "|-(" + upTo(low.negate(), lowExcluded) + "))$"));
        }
        if (high != null) {
            String negative = "-[0-9]+" + ANY_FRACTION;
            range = range.and(Pattern.compile(
                    high.signum() < 0
                            ? "^-(" + from(high.negate(), highExcluded) + ")$"
                            : high.signum() == 0 && highExcluded
                                    ? "^-(" + from(high, true) + ")$"
                                    : "^(" + negative + "|" + upTo(high, highExcluded) + ")$"));
        }
        return range;
    }

    /** Whole numbers without sign, of at least this positive value. */
    private static String wholeFrom(BigInteger value) {
        String digits = digits(value);
        List<String> options = new ArrayList<>(List.of(digits));
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '9') {
                options.add(digits.substring(0, i) + "[" + (char) (digits.charAt(i) + 1) + "-9]" + times(digits, i));
            }
        }
        if (digits.length() < DIGITS) {
            options.add("[1-9][0-9]{" + digits.length() + "," + (DIGITS - 1) + "}");
        }
        return String.join("|", options);
    }

    /** Whole numbers without sign, up to this value of 0 or more. */
    private static String wholeUpTo(BigInteger value) {
        String digits = digits(value);
        List<String> options = new ArrayList<>(List.of(digits, "0"));
        for (int i = 0; i < digits.length(); i++) {
            char least = i == 0 && digits.length() > 1 ? '1' : '0';
            if (digits.charAt(i) > least) {
                options.add(digits.substring(0, i) + "[" + least + "-" + (char) (digits.charAt(i) - 1) + "]"
                        + times(digits, i));
            }
        }
        if (digits.length() > 1) {
            options.add("[1-9][0-9]{0," + (digits.length() - 2) + "}");
        }
        return String.join("|", options);
    }

    private static String times(String digits, int index) {
        return "[0-9]{" + (digits.length() - index - 1) + "}";
    }

    private static String digits(BigInteger value) {
        String digits = value.toString();
        if (digits.length() > DIGITS) {
            throw new IllegalArgumentException("bounds have at most " + DIGITS + " digits");
        }
        return digits;
    }

    /** Numbers without sign, from this value of 0 or more. */
    private static String from(BigDecimal bound, boolean excluded) {
        String fraction = fraction(bound);
        BigInteger whole = bound.toBigInteger();
        List<String> options = new ArrayList<>();
        options.add("(" + wholeFrom(whole.add(BigInteger.ONE)) + ")" + ANY_FRACTION);
        if (excluded) {
            options.add(whole + "\\." + fraction + "[0-9]*[1-9]" + REST);
        } else {
            options.add(whole + (fraction.isEmpty() ? ANY_FRACTION : "\\." + fraction + REST));
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) < '9') {
                options.add(whole + "\\." + fraction.substring(0, i) + "[" + (char) (fraction.charAt(i) + 1) + "-9]"
                        + REST);
            }
        }
        return String.join("|", options);
    }

    /** Numbers without sign, up to this value of 0 or more. */
    private static String upTo(BigDecimal bound, boolean excluded) {
        String fraction = fraction(bound);
        BigInteger whole = bound.toBigInteger();
        List<String> options = new ArrayList<>();
        if (whole.signum() > 0) {
            options.add("(" + wholeUpTo(whole.subtract(BigInteger.ONE)) + ")" + ANY_FRACTION);
        }
        if (!fraction.isEmpty() || !excluded) {
            options.add(whole.toString());
        }
        if (!excluded) {
            options.add(whole + "\\." + fraction + (fraction.isEmpty() ? "0+" : "0*"));
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (i > 0) {
                options.add(whole + "\\." + fraction.substring(0, i));
            }
            if (fraction.charAt(i) > '0') {
                options.add(whole + "\\." + fraction.substring(0, i) + "[0-" + (char) (fraction.charAt(i) - 1) + "]"
                        + REST);
            }
        }
        return String.join("|", options);
    }

    /** Digits after the point, without zeros at the end. */
    private static String fraction(BigDecimal bound) {
        BigDecimal plain = bound.stripTrailingZeros();
        if (plain.precision() - plain.scale() > BOUNDED_WHOLE || plain.scale() > BOUNDED_FRACTION) {
            throw new IllegalArgumentException("bounds of numbers have at most " + BOUNDED_WHOLE + " digits before and "
                    + BOUNDED_FRACTION + " after the point; " + bound + " cannot be guaranteed");
        }
        BigDecimal part = plain.subtract(plain.setScale(0, RoundingMode.DOWN));
        return part.signum() == 0 ? "" : part.toPlainString().substring(2);
    }
}
