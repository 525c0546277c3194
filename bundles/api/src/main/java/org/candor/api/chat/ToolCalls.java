package org.candor.api.chat;

import java.util.List;

/**
 * Text of a model, taken apart.
 *
 * @param content what is said to the reader; white space next to a call is left out
 * @param calls in the order in which they were written
 */
public record ToolCalls(String content, List<ToolCall> calls) {

    public ToolCalls {
        calls = List.copyOf(calls);
    }
}
