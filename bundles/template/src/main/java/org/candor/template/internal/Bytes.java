package org.candor.template.internal;

import java.nio.charset.StandardCharsets;

/** Python's bytes, as {@code encode} makes them. */
record Bytes(byte[] bytes) {

    String decoded() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    String printed() {
        StringBuilder text = new StringBuilder("b");
        boolean single = false;
        boolean twofold = false;
        for (byte b : bytes) {
            single |= b == '\'';
            twofold |= b == '"';
        }
        char quote = single && !twofold ? '"' : '\'';
        text.append(quote);
        for (byte b : bytes) {
            int c = b & 0xff;
            if (c == quote || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c == '\n') {
                text.append("\\n");
            } else if (c == '\r') {
                text.append("\\r");
            } else if (c == '\t') {
                text.append("\\t");
            } else if (c < ' ' || c > '~') {
                text.append(String.format("\\x%02x", c));
            } else {
                text.append((char) c);
            }
        }
        return text.append(quote).toString();
    }
}
