package org.candor.template.internal;

/** Finds the end of a JSON object or array that arrives in pieces; what stands within is checked by whoever reads it. */
final class JsonScan {
    /** What is known by now. */
    enum State {
        /** White space so far. */
        BEFORE,
        INSIDE,
        DONE,
        /** It begins with neither brace nor bracket. */
        NONE
    }

    private State state = State.BEFORE;
    private int at;
    private int start;
    private int depth;
    private boolean inText;
    private boolean escaped;

    /** @param from where it may begin */
    JsonScan(int from) {
        this.at = from;
        this.start = from;
    }

    /** Goes on as far as the text reaches; the text only grows between calls. */
    State advance(CharSequence text) {
        while (at < text.length() && (state == State.BEFORE || state == State.INSIDE)) {
            step(text.charAt(at));
            at++;
        }
        return state;
    }

    private void step(char c) {
        if (state == State.BEFORE) {
            if (c == '{' || c == '[') {
                state = State.INSIDE;
                start = at;
                depth = 1;
            } else if (!Source.isSpace(c)) {
                state = State.NONE;
            }
        } else if (inText) {
            inText = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            inText = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            state = State.DONE;
        }
    }

    /** The first character of the value. */
    int start() {
        return start;
    }

    /** One past the last character that was looked at; of the value, when it is done. */
    int end() {
        return at;
    }
}
