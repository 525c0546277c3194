package org.candor.tokenizer.internal;

/**
 * Fractions as the library reads them: all digits as one whole number, divided by a power of ten. That rounds twice, and the last
 * bit decides between equally good ways to write a text as Unigram tokens.
 */
final class JsonNumber {
    private JsonNumber() {}

    /** @param text a number of JSON with a fraction or an exponent */
    static double value(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int exponent = 0;
        long digits = 0;
        boolean fraction = false;
        boolean full = false;
        for (; at < text.length() && text.charAt(at) != 'e' && text.charAt(at) != 'E'; at++) {
            char c = text.charAt(at);
            if (c == '.') {
                fraction = true;
                continue;
            }
            int digit = c - '0';
            full |= Long.compareUnsigned(digits, Long.divideUnsigned(-1L - digit, 10)) > 0;
            if (full) {
                exponent += fraction ? 0 : 1;
            } else {
                digits = digits * 10 + digit;
                exponent -= fraction ? 1 : 0;
            }
        }
        if (at < text.length()) {
            String written = text.substring(at + 1);
            if (written.length() > 6) {
                return Double.parseDouble(text);
            }
            exponent += Integer.parseInt(written);
        }
        double value = digits >= 0 ? digits : (digits >>> 1 | digits & 1) * 2.0;
        for (; exponent < -308 && value != 0; exponent += 308) {
            value /= 1e308;
        }
        if (value != 0) {
            // Powers up to 308 are exact decimal literals, rounded once.
            double power = Double.parseDouble("1e" + Math.min(308, Math.abs(exponent)));
            value = exponent < 0 ? value / power : exponent > 308 ? Double.POSITIVE_INFINITY : value * power;
        }
        return text.startsWith("-") ? -value : value;
    }
}
