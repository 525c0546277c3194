package org.candor.template.internal;

import java.util.List;
import org.candor.api.chat.RenderedChat;
import org.candor.api.chat.TemplateException;

/** The last message of a conversation, which the model is to go on with. */
record FinalMessage(String template, List<Object> messages) {

    /** The text up to the end of the message, without blanks after it if the template leaves them out. */
    RenderedChat cut(RenderedChat rendered) throws TemplateException {
        String content = content();
        String stripped = TextMethods.strip(content, null, true, true);
        String text = rendered.text();
        int at = text.lastIndexOf(stripped);
        if (at < 0) {
            throw refused("the template does not write the last message as it is, so it cannot be continued");
        }
        String tail = TextMethods.strip(content, null, true, false);
        int end = at + (text.startsWith(tail, at) ? tail.length() : stripped.length());
        int length = text.codePointCount(0, end);
        List<RenderedChat.Span> generated = rendered.generated().stream()
                .filter(span -> span.start() < length)
                .map(span -> new RenderedChat.Span(span.start(), Math.min(span.end(), length)))
                .toList();
        return new RenderedChat(text.substring(0, end), generated);
    }

    private String content() throws TemplateException {
        if (messages.isEmpty()) {
            throw refused("there is no message to continue");
        }
        Object content = ((Dict) messages.getLast()).get("content", null);
        if (content instanceof String text) {
            return text;
        }
        if (content instanceof List<?> parts) {
            for (Object part : parts.reversed()) {
                if (part instanceof Dict dict && dict.get("text", null) instanceof String text) {
                    return text;
                }
            }
        }
        throw refused("the last message has no text to continue");
    }

    private TemplateException refused(String reason) {
        return new TemplateException(template, 1, TemplateException.Kind.EVALUATION, reason);
    }
}
