package org.candor.generation.internal.engine;

import org.candor.api.tokenize.TokenStream;
import org.candor.generation.internal.sampling.StopStrings;

/** The text of one continuation as its tokens come. */
final class WrittenText {

    private final TokenStream stream;
    private final StopStrings.Stream stops;
    private final StringBuilder whole = new StringBuilder();
    private boolean finished;

    /** @param stream or null where there is no tokenizer: the text stays empty */
    WrittenText(TokenStream stream, StopStrings.Stream stops) {
        this.stream = stream;
        this.stops = stops;
    }

    /** @return what is certain and was not before */
    String next(int id) {
        return stream == null ? "" : said(stops.add(stream.next(id)));
    }

    /** @return what was held back */
    String finish() {
        if (stream == null || finished || stop() != null) {
            return "";
        }
        finished = true;
        String rest = stops.add(stream.finish());
        return said(rest + stops.flush());
    }

    /** The stop text that ended it, or null. */
    String stop() {
        return stops.found();
    }

    String whole() {
        return whole.toString();
    }

    private String said(String piece) {
        whole.append(piece);
        return piece;
    }
}
