package org.candor.retrieval.internal.text;

/** Tells Chinese from English by its characters. */
public final class Scripts {
    /** Share of Chinese among the letters from which a text counts as Chinese: one such character says as much as a word. */
    private static final double CHINESE_SHARE = 0.2;

    private Scripts() {}

    /** Whether the code point is a Chinese character or Chinese punctuation. */
    public static boolean isChinese(int codePoint) {
        return Character.UnicodeScript.of(codePoint) == Character.UnicodeScript.HAN
                || (codePoint >= 0x3000 && codePoint <= 0x303F)
                || (codePoint >= 0xFF01 && codePoint <= 0xFF20);
    }

    /** {@code zh} or {@code en}, by the first 10,000 chars. */
    public static String language(String text) {
        int chinese = 0;
        int other = 0;
        int limit = Math.min(text.length(), 10_000);
        for (int i = 0; i < limit; ) {
            int c = text.codePointAt(i);
            if (Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN) {
                chinese++;
            } else if (Character.isLetter(c)) {
                other++;
            }
            i += Character.charCount(c);
        }
        return chinese > 0 && chinese >= CHINESE_SHARE * (chinese + other) ? "zh" : "en";
    }
}
