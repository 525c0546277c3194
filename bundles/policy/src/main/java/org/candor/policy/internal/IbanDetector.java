package org.candor.policy.internal;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * International bank account numbers (ISO 13616): a country's letters and length, and a remainder of 1 modulo 97 (ISO/IEC
 * 7064), undivided or in groups that are divided by single spaces or hyphens.
 */
final class IbanDetector implements Detector {
    /** Lengths as in the registry of SWIFT. */
    private static final Map<String, Integer> LENGTHS = lengths(
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 "
                    + "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 "
                    + "IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 "
                    + "MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 "
                    + "SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30");

    @Override
    public void find(CharSequence text, Sink sink) {
        int i = 0;
        while (i + 14 < text.length()) {
            boolean starts = Detector.isLetter(text.charAt(i)) && (i == 0 || !Detector.isWord(text.charAt(i - 1)));
            int end = starts ? ibanEnd(text, i) : -1;
            if (end > 0) {
                sink.found(i, end);
                i = end;
            } else {
                i++;
            }
        }
    }

    private static int ibanEnd(CharSequence text, int start) {
        if (!Detector.isLetter(text.charAt(start + 1)) || !Detector.isDigit(text.charAt(start + 2))) {
            return -1;
        }
        Integer length =
                LENGTHS.get(text.subSequence(start, start + 2).toString().toUpperCase(Locale.ROOT));
        if (length == null) {
            return -1;
        }
        char[] symbols = new char[length];
        int count = 0;
        int i = start;
        while (count < length) {
            if (i >= text.length()) {
                return -1;
            }
            char c = text.charAt(i);
            boolean divides = count > 1 && (c == ' ' || c == '-') && Detector.isWord(text.charAt(i - 1));
            if (divides) {
                i++;
                continue;
            }
            if (c == '_' || !Detector.isWord(c) || (count == 2 || count == 3) && !Detector.isDigit(c)) {
                return -1;
            }
            symbols[count++] = c;
            i++;
        }
        boolean ends = i == text.length() || !Detector.isWord(text.charAt(i));
        return ends && hasOneCase(symbols) && remainder(symbols) == 1 ? i : -1;
    }

    /** People write accounts in capitals, or type all of it in small letters; mixed case is other text. */
    private static boolean hasOneCase(char[] symbols) {
        String written = new String(symbols);
        return written.equals(written.toUpperCase(Locale.ROOT)) || written.equals(written.toLowerCase(Locale.ROOT));
    }

    /** The four first symbols go to the end, letters become 10 to 35, the whole number is taken modulo 97. */
    private static int remainder(char[] symbols) {
        int remainder = 0;
        for (int k = 0; k < symbols.length; k++) {
            int value = Character.digit(symbols[(k + 4) % symbols.length], 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder;
    }

    private static Map<String, Integer> lengths(String registry) {
        Map<String, Integer> lengths = new TreeMap<>();
        for (String entry : registry.split(" ")) {
            lengths.put(entry.substring(0, 2), Integer.valueOf(entry.substring(2)));
        }
        return Map.copyOf(lengths);
    }
}
