package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatInput;
import org.candor.api.chat.RenderedChat;
import org.candor.api.chat.TemplateException;
import org.junit.jupiter.api.Test;

/** Equal to transformers and Jinja, character for character. */
class ReferenceTest {
    private final TemplateCompiler compiler = new TemplateCompiler(1024, 5_000_000, 8 << 20);

    @Test
    void everyFeatureRendersAsInJinja() throws IOException {
        Map<String, Object> file = References.json("features.json");
        LocalDateTime now = LocalDateTime.parse((String) file.get("now"));
        List<String> differences = new ArrayList<>();
        List<?> features = (List<?>) file.get("features");
        for (Object feature : features) {
            Map<?, ?> map = (Map<?, ?>) feature;
            Outcome outcome = outcome(() -> {
                Map<String, Object> variables = new HashMap<>();
                ((Map<?, ?>) file.get("variables"))
                        .forEach((key, value) -> variables.put((String) key, InputValues.of(value, "variables")));
                return compiler.compiled("feature", (String) map.get("template"))
                        .render(variables, now);
            });
            compare(map, outcome, map.get("n") + " " + map.get("template"), differences);
        }
        assertEquals(List.of(), differences);
        assertEquals(525, features.size());
    }

    @Test
    void everyConversationRendersAsInTransformers() throws IOException {
        Map<String, Object> file = References.json("cases.json");
        LocalDateTime now = LocalDateTime.parse((String) file.get("now"));
        List<String> differences = new ArrayList<>();
        List<?> cases = (List<?>) file.get("cases");
        for (Object item : cases) {
            Map<?, ?> map = (Map<?, ?>) item;
            Outcome outcome = outcome(() -> compiler.compile(
                            (String) map.get("template"), References.template((String) map.get("template")))
                    .render(new ChatInput(
                            named(file, "conversations", map.get("conversation")),
                            named(file, "tools", map.get("tools")),
                            named(file, "documents", map.get("documents")),
                            Boolean.TRUE.equals(map.get("add_generation_prompt")),
                            Boolean.TRUE.equals(map.get("continue_final_message")),
                            objects(file.get("special_tokens")),
                            map.get("variables") == null ? Map.of() : objects(map.get("variables")),
                            now)));
            String at = map.get("n") + " " + map.get("template") + " " + map.get("conversation");
            compare(map, outcome, at, differences);
            if (map.get("spans") != null) {
                List<List<Long>> spans = outcome.rendered().generated().stream()
                        .map(span -> List.of((long) span.start(), (long) span.end()))
                        .toList();
                if (!spans.equals(map.get("spans"))) {
                    differences.add(at + ": spans " + map.get("spans") + " but got " + spans);
                }
            }
        }
        assertEquals(List.of(), differences);
        assertEquals(812, cases.size());
    }

    private record Outcome(RenderedChat rendered, String error) {}

    /** What renders a template. */
    @FunctionalInterface
    private interface Render {
        RenderedChat render() throws TemplateException, IOException;
    }

    private static Outcome outcome(Render render) throws IOException {
        try {
            return new Outcome(render.render(), null);
        } catch (TemplateException e) {
            return new Outcome(null, e.reason());
        } catch (IllegalArgumentException e) {
            return new Outcome(null, e.getMessage());
        }
    }

    private static void compare(Map<?, ?> expected, Outcome outcome, String at, List<String> differences) {
        Object text = expected.get("rendered");
        if (text != null
                ? outcome.rendered() == null || !text.equals(outcome.rendered().text())
                : outcome.error() == null) {
            differences.add(
                    "\n" + at + ": expected " + (text == null ? expected.get("error") : "<" + text + ">") + " but got "
                            + (outcome.rendered() == null
                                    ? outcome.error()
                                    : "<" + outcome.rendered().text() + ">"));
        }
        if ("TemplateError".equals(expected.get("error_type"))
                && !expected.get("error").equals(outcome.error())) {
            differences.add(
                    "\n" + at + ": expected the message " + expected.get("error") + " but got " + outcome.error());
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> named(Map<String, Object> file, String kind, Object name) {
        return name == null
                ? null
                : (List<Map<String, Object>>) objects(file.get(kind)).get(name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> objects(Object value) {
        return (Map<String, Object>) value;
    }
}
