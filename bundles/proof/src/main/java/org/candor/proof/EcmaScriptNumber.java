package org.candor.proof;

/** ECMAScript's Number::toString for binary64 (ECMA-262, section 6.1.6.1.20), which RFC 8785 takes over. */
final class EcmaScriptNumber {

    private EcmaScriptNumber() {}

    static String format(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new JsonException("JSON has no " + value);
        }
        if (value == 0) {
            return "0";
        }
        if (value < 0) {
            return "-" + format(-value);
        }
        // The JDK's digits are the shortest that read back as this value, but never fewer than two.
        String decimal = Double.toString(value);
        int e = decimal.indexOf('E');
        int exponent = e < 0 ? 0 : Integer.parseInt(decimal.substring(e + 1));
        String mantissa = e < 0 ? decimal : decimal.substring(0, e);
        int point = mantissa.indexOf('.');
        String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
        int leading = 0;
        while (digits.charAt(leading) == '0') {
            leading++;
        }
        int n = point + exponent - leading; // value = 0.digits * 10^n
        digits = digits.substring(leading);
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        digits = digits.substring(0, end);
        if (digits.length() == 2) {
            // A single digit may read back as this value, too: 4.9E-324 is 5e-324.
            int rounded = (digits.charAt(0) - '0') + (digits.charAt(1) >= '5' ? 1 : 0);
            if (rounded <= 9 && rounded > 0 && Double.parseDouble("0." + rounded + "E" + n) == value) {
                digits = String.valueOf(rounded);
            }
        }
        return layOut(digits, n);
    }

    private static String layOut(String digits, int n) {
        int k = digits.length();
        if (k <= n && n <= 21) {
            return digits + "0".repeat(n - k);
        }
        if (0 < n && n <= 21) {
            return digits.substring(0, n) + "." + digits.substring(n);
        }
        if (-6 < n && n <= 0) {
            return "0." + "0".repeat(-n) + digits;
        }
        String sign = n - 1 < 0 ? "-" : "+";
        String fraction = k == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + "e" + sign + Math.abs(n - 1);
    }
}
