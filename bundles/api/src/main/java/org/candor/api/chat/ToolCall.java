package org.candor.api.chat;

import java.util.Objects;

/**
 * A tool that a model asks for.
 *
 * @param id as the model wrote it, or null where it wrote none
 * @param name of the tool; whether there is such a tool is the caller's to check
 * @param arguments a JSON object, as the model wrote it
 */
public record ToolCall(String id, String name, String arguments) {

    public ToolCall {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
    }
}
