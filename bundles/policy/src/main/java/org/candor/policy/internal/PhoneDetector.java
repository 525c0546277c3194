package org.candor.policy.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Telephone numbers in the ways they are written: international with {@code +} or {@code 00} (ITU-T E.123, at most 15 digits
 * by E.164), North American 3-3-4, Chinese mobile, and national numbers with the trunk prefix 0. Plain digit runs count
 * only where a national plan fixes their first digits and length, so that years, versions, offsets and digests stay.
 * Every repetition is bounded: the work at one position does not grow with the text.
 */
final class PhoneDetector implements Detector {
    private static final String NOT_INSIDE_A_NUMBER = "(?<![0-9A-Za-z_+])(?<![0-9][-.,:/])";
    private static final String NUMBER_ENDS = "(?![0-9A-Za-z_])(?![-.,:/][0-9])";

    private static final Pattern PHONE = Pattern.compile(NOT_INSIDE_A_NUMBER
            + "(?:"
            // +1 and ten digits of the North American plan
            + "(?:\\+|00)1[ .-]?\\(?[2-9][0-9]{2}\\)?[ .-]{0,2}[2-9][0-9]{2}[ .-]?[0-9]{4}" + NUMBER_ENDS
            // +86 and a mobile number
            + "|(?:\\+|00)86[ -]?1[3-9][0-9]([ -]?)[0-9]{4}\\1[0-9]{4}" + NUMBER_ENDS
            // + and 8 to 15 digits, in groups as people write them
            + "|\\+[1-9](?:[ ./-]?\\(?[0-9]\\)?){7,14}(?![0-9A-Za-z_])"
            + "|00[1-9][0-9]{0,2}[ -]\\(?[1-9](?:[ ./-]?\\(?[0-9]\\)?){6,11}(?![0-9A-Za-z_])"
            // (415) 555-0132, 415-555-0132, 1-415-555-0132, 91-415-555-0132
            + "|(?:1[ .-])?\\([2-9][0-9]{2}\\) ?[2-9][0-9]{2}[ .-][0-9]{4}" + NUMBER_ENDS
            + "|(?:[1-9][0-9]{0,2}-)?[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}" + NUMBER_ENDS
            + "|[2-9][0-9]{2}([ .])[2-9][0-9]{2}\\2[0-9]{4}" + NUMBER_ENDS
            // 13812345678, 138-1234-5678, 86 138 1234 5678
            + "|(?:86[ -]?)?1[3-9][0-9]([ -]?)[0-9]{4}\\3[0-9]{4}" + NUMBER_ENDS
            // 400-800-1234, 400 8001 234
            + "|[48]00([ -])(?:[0-9]{3}\\4[0-9]{4}|[0-9]{4}\\4[0-9]{3})" + NUMBER_ENDS
            // trunk prefix and the whole number in one: 01423456789
            + "|0[1-9][0-9]{8,9}" + NUMBER_ENDS
            // 01 42 68 53 00
            + "|0[1-9](?:([ .-])[0-9]{2})(?:\\5[0-9]{2}){3}" + NUMBER_ENDS
            // (030) 1234567, 09-7625400, 010-12345678, 090-1234-5678, 020 7946 0958; not the end of 11 019 748 794
            + "|(?<![0-9] )(?:\\(0[1-9][0-9]{0,3}\\) ?|0[1-9][0-9]{0,3} ?[/-] ?|0[1-9][0-9]{1,3} )"
            + "(?:[0-9]{6,8}|[0-9]{3,4}[ -][0-9]{3,5})(?:-[0-9]{1,4})?" + NUMBER_ENDS
            + ")");

    private static final int SHORTEST = 8;

    @Override
    public void find(CharSequence text, Sink sink) {
        Matcher matcher = PHONE.matcher(text);
        int from = 0;
        while (from < text.length() && matcher.find(from)) {
            int digits = 0;
            for (int i = matcher.start(); i < matcher.end(); i++) {
                digits += Detector.isDigit(text.charAt(i)) ? 1 : 0;
            }
            if (digits >= SHORTEST) {
                sink.found(matcher.start(), matcher.end());
            }
            from = matcher.end();
        }
    }
}
