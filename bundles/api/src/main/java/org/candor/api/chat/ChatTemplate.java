package org.candor.api.chat;

/** A compiled chat template. Immutable and thread safe; each rendering has its own state and its own limits. */
public interface ChatTemplate {

    /** The name it was compiled under. */
    String name();

    /**
     * Renders a conversation, character for character as the transformers library's {@code apply_chat_template} (5.23)
     * does: members of a message that are null count as absent, and {@code reasoning_content}, {@code thinking} and
     * {@code reasoning} are names of the same thing, the first that is there winning.
     *
     * @throws TemplateException when the template refuses the conversation ({@code RAISED}), cannot deal with it
     *     ({@code EVALUATION}), or exceeds a limit ({@code LIMIT})
     * @throws IllegalArgumentException when the input holds a value that a template cannot see; the message says where
     */
    RenderedChat render(ChatInput input) throws TemplateException;

    /** How the model writes the calls of tools, by what the template shows it. */
    ToolCallStyle toolCallStyle();

    /** A parser for one answer of the model. */
    ToolCallParser toolCallParser();
}
