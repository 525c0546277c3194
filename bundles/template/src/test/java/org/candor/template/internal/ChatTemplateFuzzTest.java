package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.TemplateException;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Whatever a template holds, it renders within its limits or fails with a TemplateException. */
class ChatTemplateFuzzTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 14, 7);
    private static final int OUTPUT = 1 << 16;
    private static final List<String> WORDS = List.of(
            ("{{ }} {% %} {# #} - + | ( ) [ ] { } , : . ' \" \\ \n \r _ ~ ** // 9 0x 1e999 9223372036854775807 if for in is not set "
                            + "macro call endif endfor endmacro else elif loop loop.index raw endraw generation break continue messages namespace( "
                            + "range( range(99999999) |tojson |map( |join |batch(3) |center(99999) |selectattr( |sort |replace( "
                            + "none true \\N{ \\x {%- -%} {{- -}} é \ud83d\udc4d \u0000 \ud83d .format( %s *99999 'a'*9999")
                    .split(" "));

    private final TemplateCompiler compiler = new TemplateCompiler(64, 20_000, OUTPUT);
    private final Map<String, Object> variables = new HashMap<>();

    @Test
    void mutatedTemplatesRenderOrAreRefused() throws IOException {
        Map<String, Object> file = References.json("features.json");
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
        List<byte[]> examples = new ArrayList<>();
        for (String source : sources) {
            if (compiles(source)) {
                examples.add(source.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertTrue(examples.size() > 100, examples.size() + " examples");
        Mutation mutation = Mutation.anyOf(new ByteMutation(WORDS));
        new Fuzz("chat-template", examples, mutation)
                .rounds(20_000)
                .leastOfEach(0.1)
                .run(this::read);
    }

    private boolean compiles(String source) {
        try {
            compiler.compiled("fuzz", source);
            return true;
        } catch (TemplateException e) {
            return false;
        }
    }

    /** Accepted is what compiles; rendering may still stop at a limit, or at a value of a type that does not fit. */
    private boolean read(byte[] input) {
        CompiledTemplate template;
        try {
            template = compiler.compiled("fuzz", new String(input, StandardCharsets.UTF_8));
        } catch (TemplateException refusal) {
            return false;
        }
        try {
            String text = template.render(variables, NOW).text();
            assertTrue(text.length() <= OUTPUT, text.length() + " characters");
            assertEquals(text, template.render(variables, NOW).text(), "the same twice");
        } catch (TemplateException stopped) {
            assertTrue(!stopped.getMessage().isBlank());
        }
        return true;
    }
}
