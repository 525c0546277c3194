package org.candor.api.chat;

/** How a model writes the calls of tools that it makes, as its chat template shows them to it. */
public enum ToolCallStyle {
    /** The template shows no style that is known: all text is content. */
    NONE,
    /** {@code <tool_call>{"name": ..., "arguments": {...}}</tool_call>}, as Hermes and Qwen write. */
    HERMES,
    /**
     * {@code {"name": ..., "parameters": {...}}} as the whole answer, or after {@code <|python_tag|>}, several with {@code ;}
     * between them, as Llama 3 writes.
     */
    LLAMA,
    /** {@code [TOOL_CALLS][{"name": ..., "arguments": {...}}]} or {@code [TOOL_CALLS]name[ARGS]{...}}, as Mistral writes. */
    MISTRAL
}
