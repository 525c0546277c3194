package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.chat.ToolCall;
import org.candor.api.chat.ToolCallParser;
import org.candor.api.chat.ToolCallStyle;
import org.candor.api.chat.ToolCalls;

/** A model's text, taken apart while it arrives: what may still become a marker or a call is held back. */
final class ToolCallStream implements ToolCallParser {
    private static final String HERMES_OPEN = "<tool_call>";
    private static final String HERMES_CLOSE = "</tool_call>";
    private static final String LLAMA_TAG = "<|python_tag|>";
    private static final String MISTRAL_OPEN = "[TOOL_CALLS]";
    private static final String MISTRAL_ID = "[CALL_ID]";
    private static final String MISTRAL_ARGUMENTS = "[ARGS]";
    /** Longest text that is held back as the beginning of a call; a longer one is content. */
    private static final int MOST_HELD = 1 << 20;

    private final ToolCallStyle style;
    private final String marker;
    /** What has arrived and is neither content nor call yet. */
    private final StringBuilder held = new StringBuilder();

    private StringBuilder content = new StringBuilder();
    private List<ToolCall> calls = new ArrayList<>();
    /** White space that is content only if content follows, or nothing. */
    private final StringBuilder space = new StringBuilder();

    private boolean afterCall;
    private boolean ended;
    /** Whether a call is being read: the held text begins with a marker, or with bare JSON. */
    private boolean inCall;
    /** Whether JSON without a marker can begin here: at the start, and after a call of that kind. */
    private boolean bare;

    private JsonScan scan;
    /** Up to where the end of a call that cannot be read was looked for. */
    private int searched;

    ToolCallStream(ToolCallStyle style) {
        this.style = style;
        this.bare = style == ToolCallStyle.LLAMA;
        this.marker = switch (style) {
            case NONE -> null;
            case HERMES -> HERMES_OPEN;
            case LLAMA -> LLAMA_TAG;
            case MISTRAL -> MISTRAL_OPEN;
        };
    }

    @Override
    public ToolCalls accept(String piece) {
        if (ended) {
            throw new IllegalStateException("the text has ended");
        }
        held.append(piece);
        return drain();
    }

    @Override
    public ToolCalls finish() {
        ended = true;
        ToolCalls last = drain();
        // At the start of an answer white space alone is what the model said.
        return new ToolCalls(last.content() + (afterCall ? "" : space), last.calls());
    }

    private ToolCalls drain() {
        boolean goesOn = true;
        while (goesOn && !held.isEmpty()) {
            goesOn = inCall ? call() : text();
        }
        ToolCalls found = new ToolCalls(content.toString(), calls);
        content = new StringBuilder();
        calls = new ArrayList<>();
        return found;
    }

    /** Looks for the beginning of a call; false when more text is needed. */
    private boolean text() {
        if (marker == null) {
            say(held.length());
            return false;
        }
        if (bare) {
            int begin = 0;
            while (begin < held.length()
                    && (Source.isSpace(held.charAt(begin)) || (afterCall && held.charAt(begin) == ';'))) {
                begin++;
            }
            if (begin == held.length()) {
                if (ended) {
                    // A separator after the last call is no content.
                    say(afterCall ? 0 : begin);
                    held.setLength(0);
                }
                return false;
            }
            if (held.charAt(begin) == '{') {
                begin(begin);
                return true;
            }
            bare = false;
        }
        int at = held.indexOf(marker);
        if (at >= 0) {
            say(at);
            begin(0);
            return true;
        }
        say(held.length() - (ended ? 0 : partial(held, marker)));
        return false;
    }

    private void begin(int leading) {
        // What leads to JSON without a marker stays in front of it, in case it turns out to be no call.
        inCall = true;
        boolean marked = held.indexOf(marker) == 0;
        scan = new JsonScan(marked ? marker.length() : leading);
        searched = marked ? marker.length() : leading;
    }

    /** Reads a call whose beginning is held; false when more text is needed. */
    private boolean call() {
        boolean known =
                switch (style) {
                    case HERMES -> hermes();
                    case LLAMA -> llama();
                    case MISTRAL -> mistral();
                    case NONE -> throw new IllegalStateException("no calls in this style");
                };
        if (!known && (ended || held.length() > MOST_HELD)) {
            verbatim(held.length());
            return false;
        }
        return known;
    }

    private boolean hermes() {
        if (scan.advance(held) == JsonScan.State.DONE) {
            int end = spaces(scan.end());
            boolean closed = startsWith(HERMES_CLOSE, end);
            // A model that ends its turn after the JSON has made its call too.
            boolean open = HERMES_CLOSE.startsWith(held.substring(end));
            if (closed || (ended && open)) {
                List<ToolCall> found = CallReader.calls(held.substring(scan.start(), scan.end()));
                int whole = closed ? end + HERMES_CLOSE.length() : held.length();
                return found != null && held.charAt(scan.start()) == '{' ? called(found, whole) : verbatim(whole);
            }
            if (open) {
                return false;
            }
        } else if (scan.advance(held) != JsonScan.State.NONE) {
            return false;
        }
        int close = held.indexOf(HERMES_CLOSE, searched);
        searched = Math.max(searched, held.length() - HERMES_CLOSE.length());
        return close >= 0 && verbatim(close + HERMES_CLOSE.length());
    }

    private boolean llama() {
        return switch (scan.advance(held)) {
            case BEFORE, INSIDE -> false;
            case NONE -> verbatim(scan.end() - 1);
            case DONE -> {
                List<ToolCall> found = held.charAt(scan.start()) == '{'
                        ? CallReader.calls(held.substring(scan.start(), scan.end()))
                        : null;
                if (found == null) {
                    yield verbatim(scan.end());
                }
                bare = true;
                yield called(found, scan.end());
            }
        };
    }

    private boolean mistral() {
        int begin = spaces(MISTRAL_OPEN.length());
        if (begin == held.length()) {
            return false;
        }
        if (held.charAt(begin) == '[' || held.charAt(begin) == '{') {
            if (scan.advance(held) != JsonScan.State.DONE) {
                return false;
            }
            List<ToolCall> found = CallReader.calls(held.substring(scan.start(), scan.end()));
            return found == null ? verbatim(scan.end()) : called(found, scan.end());
        }
        int mark = held.indexOf(MISTRAL_ARGUMENTS, begin);
        int again = held.indexOf(MISTRAL_OPEN, begin);
        if (again >= 0 && (mark < 0 || again < mark)) {
            return verbatim(again);
        }
        if (mark < 0) {
            return false;
        }
        if (scan.start() < mark) {
            scan = new JsonScan(mark + MISTRAL_ARGUMENTS.length());
        }
        return switch (scan.advance(held)) {
            case BEFORE, INSIDE -> false;
            case NONE -> verbatim(scan.end() - 1);
            case DONE -> {
                String[] head = held.substring(begin, mark).split(java.util.regex.Pattern.quote(MISTRAL_ID), 2);
                String name = head[0].strip();
                String arguments = held.substring(scan.start(), scan.end());
                boolean call = !name.isEmpty() && name.indexOf('[') < 0 && CallReader.isObject(arguments);
                yield call
                        ? called(
                                List.of(new ToolCall(head.length > 1 ? head[1].strip() : null, name, arguments)),
                                scan.end())
                        : verbatim(scan.end());
            }
        };
    }

    private boolean called(List<ToolCall> found, int length) {
        calls.addAll(found);
        space.setLength(0);
        afterCall = true;
        inCall = false;
        held.delete(0, length);
        return true;
    }

    /** What looked like a call is content. */
    private boolean verbatim(int length) {
        inCall = false;
        bare = false;
        say(length);
        return true;
    }

    /** Moves held text to the content; white space at its end waits. */
    private void say(int length) {
        for (int i = 0; i < length; i++) {
            char c = held.charAt(i);
            if (Source.isSpace(c)) {
                if (!afterCall) {
                    space.append(c);
                }
            } else {
                content.append(space).append(c);
                space.setLength(0);
                afterCall = false;
            }
        }
        held.delete(0, length);
    }

    private int spaces(int from) {
        int i = from;
        while (i < held.length() && Source.isSpace(held.charAt(i))) {
            i++;
        }
        return i;
    }

    private boolean startsWith(String text, int at) {
        return held.length() >= at + text.length()
                && held.substring(at, at + text.length()).equals(text);
    }

    /** Length of the longest end of a text that begins the marker. */
    private static int partial(StringBuilder text, String marker) {
        for (int length = Math.min(text.length(), marker.length() - 1); length > 0; length--) {
            if (marker.startsWith(text.substring(text.length() - length))) {
                return length;
            }
        }
        return 0;
    }
}
