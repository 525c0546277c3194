package org.candor.template.internal;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.chat.ChatInput;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.chat.RenderedChat;
import org.candor.api.chat.TemplateException;
import org.candor.api.chat.ToolCallParser;
import org.candor.api.chat.ToolCallStyle;
import org.candor.template.internal.TemplateParser.ParsedTemplate;

/** A template that is ready to render. Immutable. */
final class CompiledTemplate implements ChatTemplate {
    /** Names that the conversation itself has. */
    private static final Set<String> OWN = Set.of("messages", "tools", "documents", "add_generation_prompt");
    /** Names of what a model thought before it spoke, in the order in which they are looked for. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    private final String name;
    private final ParsedTemplate parsed;
    private final ToolCallStyle toolCallStyle;
    private final Limits limits;

    CompiledTemplate(String name, ParsedTemplate parsed, ToolCallStyle toolCallStyle, Limits limits) {
        this.name = name;
        this.parsed = parsed;
        this.toolCallStyle = toolCallStyle;
        this.limits = limits;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RenderedChat render(ChatInput input) throws TemplateException {
        Map<String, Object> variables = new HashMap<>();
        put(variables, "specialTokens", input.specialTokens());
        put(variables, "variables", input.variables());
        List<Object> messages = new ArrayList<>();
        for (Map<String, ?> message : input.messages()) {
            messages.add(message(message, "messages[" + messages.size() + "]"));
        }
        variables.put("messages", messages);
        variables.put("tools", InputValues.of(input.tools(), "tools"));
        variables.put("documents", InputValues.of(input.documents(), "documents"));
        variables.put("add_generation_prompt", input.addGenerationPrompt());
        RenderedChat rendered = render(variables, input.now());
        return input.continueFinalMessage() ? new FinalMessage(name, messages).cut(rendered) : rendered;
    }

    @Override
    public ToolCallStyle toolCallStyle() {
        return toolCallStyle;
    }

    @Override
    public ToolCallParser toolCallParser() {
        return new ToolCallStream(toolCallStyle);
    }

    /** Renders with variables that are template values. */
    RenderedChat render(Map<String, Object> variables, LocalDateTime now) throws TemplateException {
        Rendering rendering = new Rendering(variables, parsed.blocks(), now, limits);
        try {
            return rendering.run(parsed.body());
        } catch (Fault e) {
            throw new TemplateException(name, e.line() > 0 ? e.line() : rendering.line(), e.kind(), e.getMessage());
        }
    }

    private static void put(Map<String, Object> variables, String where, Map<String, ?> given) {
        for (Map.Entry<String, ?> entry : given.entrySet()) {
            if (OWN.contains(entry.getKey())) {
                throw new IllegalArgumentException(
                        where + "." + entry.getKey() + " has the name of a part of the conversation");
            }
            variables.put(entry.getKey(), InputValues.of(entry.getValue(), where + "." + entry.getKey()));
        }
    }

    /** A message without members that are null, and what the model thought under both names that templates use. */
    private static Dict message(Map<String, ?> message, String where) {
        Dict dict = (Dict) InputValues.of(message, where);
        Dict present = new Dict();
        for (Dict.Entry entry : dict.entries()) {
            if (entry.value() != null) {
                present.put(entry.key(), entry.value());
            }
        }
        for (String reasoning : REASONING) {
            Dict.Entry thought = present.entry(reasoning);
            if (thought != null) {
                present.put("reasoning_content", thought.value());
                present.put("thinking", thought.value());
                break;
            }
        }
        return present;
    }
}
