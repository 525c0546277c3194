package org.candor.template.internal;

import java.util.List;
import org.candor.api.chat.ToolCallStyle;

/** Recognises the style of tool calls in a template: by the text that it writes, not by its comments. */
final class ToolCallStyles {
    private ToolCallStyles() {}

    static ToolCallStyle of(List<Token> tokens) {
        StringBuilder written = new StringBuilder();
        for (Token token : tokens) {
            if (token.type() == Token.Type.TEXT || token.type() == Token.Type.STRING) {
                written.append(token.text()).append('\n');
            }
        }
        String text = written.toString();
        // Some write XML with parameters as elements within the same tag, which is another style.
        if (text.contains("<tool_call>") && !text.contains("<function=") && !text.contains("<arg_key>")) {
            return ToolCallStyle.HERMES;
        }
        if (text.contains("[TOOL_CALLS]")) {
            return ToolCallStyle.MISTRAL;
        }
        boolean json = text.contains("{\"name\": \"") && text.contains("\"parameters\": ");
        return text.contains("<|python_tag|>") || json ? ToolCallStyle.LLAMA : ToolCallStyle.NONE;
    }
}
