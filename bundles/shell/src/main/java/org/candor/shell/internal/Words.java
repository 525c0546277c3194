package org.candor.shell.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A line as words: separated by blanks, kept together by single or double quotation marks, a backslash takes the next
 * character as it is (inside single quotation marks it is a character like others). Nothing is evaluated: no variables, no
 * pipes, no second command.
 */
final class Words {

    private Words() {}

    /** @throws IllegalArgumentException when a quotation mark or a backslash has no end */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'') {
                if (++i == line.length()) {
                    throw new IllegalArgumentException("the line ends after a backslash");
                }
                word.append(line.charAt(i));
                begun = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                begun = true;
            } else if (Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quotation mark " + quote + " is not closed");
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
