package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.chat.TemplateException;
import org.junit.jupiter.api.Test;

/** Whatever a source holds, it renders or fails with a TemplateException. */
class FuzzTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 14, 7);
    private static final List<String> PIECES = List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "+",
            "|",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            ".",
            "'",
            "\"",
            "\\",
            "\n",
            "\r",
            " ",
            "if",
            "for",
            "in",
            "is",
            "not",
            "set",
            "macro",
            "call",
            "endif",
            "endfor",
            "else",
            "loop",
            "raw",
            "endraw",
            "generation",
            "1e999",
            "0x",
            "9",
            "_",
            "~",
            "**",
            "//",
            "é",
            "\ud83d\udc4d",
            "\ud83d",
            "\u0000",
            "\\N{",
            "\\x",
            "break",
            "messages",
            "namespace(",
            "range(",
            "|tojson",
            "|map(",
            "none");

    private final TemplateCompiler compiler = new TemplateCompiler(64, 20_000, 1 << 16);

    @Test
    void mutatedTemplatesRenderOrAreRefused() throws IOException {
        long seed = Long.getLong("candor.seed", 20261126L);
        Random random = new Random(seed);
        Map<String, Object> file = References.json("features.json");
        Map<String, Object> variables = new HashMap<>();
        ((Map<?, ?>) file.get("variables"))
                .forEach((key, value) -> variables.put((String) key, InputValues.of(value, "variables")));
        List<String> sources = new ArrayList<>();
        for (Object feature : (List<?>) file.get("features")) {
            sources.add((String) ((Map<?, ?>) feature).get("template"));
        }
        for (String name :
                List.of("llama3", "mistral-tools", "qwen3-thinking", "functions-typescript", "command-rag")) {
            sources.add(References.template(name));
        }
        int compiled = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            String source = sources.get(random.nextInt(sources.size()));
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                source = mutated(source, sources, random);
            }
            try {
                CompiledTemplate template = compiler.compiled("fuzz", source);
                compiled++;
                template.render(variables, NOW);
            } catch (TemplateException e) {
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ", round " + i + ": " + e + " for " + source, e);
            }
        }
        assertTrue(compiled > 2000 && refused > 2000, compiled + " compiled, " + refused + " refused");
    }

    private static String mutated(String source, List<String> sources, Random random) {
        int from = random.nextInt(source.length() + 1);
        int to = Math.min(source.length(), from + random.nextInt(8));
        return switch (random.nextInt(5)) {
            case 0 -> source.substring(0, from) + source.substring(to);
            case 1 -> source.substring(0, from) + PIECES.get(random.nextInt(PIECES.size())) + source.substring(from);
            case 2 -> source.substring(0, from) + PIECES.get(random.nextInt(PIECES.size())) + source.substring(to);
            case 3 -> source.substring(0, from) + source.substring(from, to).repeat(3) + source.substring(to);
            default -> {
                String other = sources.get(random.nextInt(sources.size()));
                yield source.substring(0, from) + other.substring(random.nextInt(other.length() + 1));
            }
        };
    }
}
