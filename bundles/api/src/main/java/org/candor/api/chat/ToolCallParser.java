package org.candor.api.chat;

/**
 * Finds the calls of tools in a model's text while it is written. What looks like a call and is none stays content, character
 * for character; half a marker is never given out. The text must hold the model's special tokens written out. For one answer
 * and one thread.
 */
public interface ToolCallParser {

    /**
     * Takes the next piece of text, cut anywhere.
     *
     * @return what is certain by now and was not given out before
     */
    ToolCalls accept(String piece);

    /** Ends the text and gives out what was held back. Nothing is accepted afterwards. */
    ToolCalls finish();
}
