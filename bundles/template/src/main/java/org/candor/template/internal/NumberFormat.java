package org.candor.template.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as Python's {@code %} and {@code format} write them. */
final class NumberFormat {
    private static final int MOST_PRECISION = 1000;

    private NumberFormat() {}

    static int precision(int precision) {
        if (precision > MOST_PRECISION) {
            throw Fault.limit("a precision of " + precision + ", allowed are " + MOST_PRECISION);
        }
        return precision;
    }

    /** An integer's digits without sign; with the radix's prefix if {@code alternate}. */
    static String integer(BigInteger magnitude, char type, boolean alternate) {
        String digits =
                switch (type) {
                    case 'x' -> magnitude.toString(16);
                    case 'X' -> magnitude.toString(16).toUpperCase(java.util.Locale.ROOT);
                    case 'o' -> magnitude.toString(8);
                    case 'b' -> magnitude.toString(2);
                    default -> Printer.integer(magnitude);
                };
        return alternate && "xXob".indexOf(type) >= 0 ? "0" + type + digits : digits;
    }

    /** A float's magnitude: types e, E, f, F, g, G and % (a hundred times). */
    static String real(double magnitude, char type, int precision, boolean alternate) {
        if (Double.isNaN(magnitude) || Double.isInfinite(magnitude)) {
            String text = Double.isNaN(magnitude) ? "nan" : "inf";
            String word = Character.isUpperCase(type) ? text.toUpperCase(java.util.Locale.ROOT) : text;
            return type == '%' ? word + "%" : word;
        }
        BigDecimal value = new BigDecimal(magnitude);
        String text =
                switch (type) {
                    case 'f', 'F' -> fixed(value, precision, alternate);
                    case '%' -> fixed(new BigDecimal(magnitude * 100), precision, alternate) + "%";
                    case 'e', 'E' -> scientific(value, precision, alternate);
                    default -> general(value, precision, alternate);
                };
        return type == 'E' || type == 'G' ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    private static String fixed(BigDecimal value, int precision, boolean alternate) {
        String text = value.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return precision == 0 && alternate ? text + "." : text;
    }

    private static String scientific(BigDecimal value, int precision, boolean alternate) {
        BigDecimal rounded = value.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = value.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
        String padded = value.signum() == 0
                ? "0".repeat(precision + 1)
                : digits + "0".repeat(Math.max(0, precision + 1 - digits.length()));
        String fraction = precision > 0 ? "." + padded.substring(1, precision + 1) : alternate ? "." : "";
        return padded.charAt(0) + fraction + "e" + power(exponent);
    }

    private static String power(int exponent) {
        return (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String general(BigDecimal value, int precision, boolean alternate) {
        int digits = precision == 0 ? 1 : precision;
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal rounded = value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String text = exponent < -4 || exponent >= digits
                ? scientific(value, digits - 1, alternate)
                : rounded.setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN)
                        .toPlainString();
        if (alternate || text.indexOf('.') < 0) {
            return text;
        }
        int mark = text.indexOf('e');
        String mantissa = mark < 0 ? text : text.substring(0, mark);
        int end = mantissa.length();
        while (mantissa.charAt(end - 1) == '0') {
            end--;
        }
        return mantissa.substring(0, mantissa.charAt(end - 1) == '.' ? end - 1 : end)
                + (mark < 0 ? "" : text.substring(mark));
    }
}
