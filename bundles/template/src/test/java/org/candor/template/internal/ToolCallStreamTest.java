package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.candor.api.chat.TemplateException;
import org.candor.api.chat.ToolCall;
import org.candor.api.chat.ToolCallStyle;
import org.candor.api.chat.ToolCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls are found wherever the text is cut; what is no call stays as it was written. */
class ToolCallStreamTest {
    private static final List<String> PIECES = List.of(
            "<tool_call>",
            "</tool_call>",
            "<|python_tag|>",
            "[TOOL_CALLS]",
            "[ARGS]",
            "[CALL_ID]",
            "{\"name\": \"f\", ",
            "\"arguments\": {\"a\": [1, \"}\"]}}",
            "\"parameters\": {}}",
            "{}",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "\\",
            ";",
            "\n",
            " ",
            "Hi",
            "<",
            "[TOOL",
            "é👍",
            "{\"name\": \"g\", \"arguments\": {\"x\": \"</tool_call>\"}}",
            "<tool_call>{\"name\": \"h\", \"arguments\": {\"a\": \"}\"}}</tool_call>",
            "[TOOL_CALLS][{\"name\": \"h\", \"arguments\": {}}]",
            "[TOOL_CALLS]h[ARGS]{\"a\": 1}");

    @ParameterizedTest
    @CsvSource({
        "chatml, NONE",
        "qwen25-tools, HERMES",
        "qwen3-thinking, HERMES",
        "llama3, LLAMA",
        "mistral-tools, MISTRAL",
        "functions-typescript, NONE",
        "deepseek-like, NONE",
        "gemma, NONE"
    })
    void theStyleIsWhatTheTemplateShows(String template, ToolCallStyle style) throws IOException, TemplateException {
        assertEquals(
                style,
                new TemplateCompiler(64, 1000, 1024)
                        .compile(template, References.template(template))
                        .toolCallStyle());
    }

    @Test
    void aCommentShowsNoStyle() throws TemplateException {
        assertEquals(
                ToolCallStyle.NONE,
                new TemplateCompiler(64, 1000, 1024)
                        .compile("commented", "{# <tool_call> #}{{ 1 }}")
                        .toolCallStyle());
    }

    @Test
    void hermesCallsAreTakenOutOfTheContent() {
        assertParses(
                ToolCallStyle.HERMES,
                "Let me see.\n<tool_call>\n{\"name\": \"a\", \"arguments\": {\"x\": 1.0}}\n</tool_call>\n<tool_call>{\"name\":\"b\",\"arguments\":{}}</tool_call>\nDone. ",
                "Let me see.Done. ",
                new ToolCall(null, "a", "{\"x\": 1.0}"),
                new ToolCall(null, "b", "{}"));
    }

    @Test
    void aClosingTagWithinAnArgumentEndsNothing() {
        assertParses(
                ToolCallStyle.HERMES,
                "<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": \"</tool_call> \\\" {\"}}</tool_call>",
                "",
                new ToolCall(null, "a", "{\"x\": \"</tool_call> \\\" {\"}"));
    }

    @Test
    void aHermesCallWithoutItsClosingTagCountsAtTheEnd() {
        assertParses(
                ToolCallStyle.HERMES,
                "<tool_call>\n{\"name\": \"a\", \"arguments\": \"{\\\"x\\\": 2}\"}\n</tool",
                "",
                new ToolCall(null, "a", "{\"x\": 2}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "<tool_call>\\n{\"name\": \"a\"}\\n</tool_call>",
                "<tool_call>\\n{\"name\": 1, \"arguments\": {}}\\n</tool_call> x",
                "<tool_call>no JSON</tool_call>",
                "<tool_call>{\"name\": \"a\", \"arguments\": {}} more</tool_call>",
                "<tool_call>{\"name\": \"a\", \"arguments\": {\"x\": 1",
                "<tool_call>{\"name\": \"a\", \"name\": \"b\", \"arguments\": {}}</tool_call>",
                "<tool_call>[1]</tool_call>",
                "a <tool_ca",
                "<tool_call>"
            })
    void whatIsNoHermesCallStaysContent(String written) {
        String text = written.replace("\\n", "\n");
        assertParses(ToolCallStyle.HERMES, text, text);
    }

    @Test
    void llamaCallsStandAloneOrAfterTheTag() {
        String call = "{\"name\": \"a\", \"parameters\": {\"x\": [1]}}";
        ToolCall expected = new ToolCall(null, "a", "{\"x\": [1]}");
        assertParses(ToolCallStyle.LLAMA, call, "", expected);
        assertParses(
                ToolCallStyle.LLAMA, "\n" + call + "; " + call + "\n" + call + ";\n", "", expected, expected, expected);
        assertParses(ToolCallStyle.LLAMA, "<|python_tag|>" + call, "", expected);
        assertParses(ToolCallStyle.LLAMA, "I look. <|python_tag|>" + call, "I look.", expected);
        assertParses(ToolCallStyle.LLAMA, call + " So.", "So.", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"Bob\", \"age\": 3}",
                "{\"name\": \"a\", \"parameters\": {",
                "Use {\"name\": \"a\", \"parameters\": {}} for it",
                "<|python_tag|>print(1)",
                "<|python_tag|>",
                "[1, 2]",
                "{} {\"name\": \"a\", \"parameters\": {}}"
            })
    void whatIsNoLlamaCallStaysContent(String text) {
        assertParses(ToolCallStyle.LLAMA, text, text);
    }

    @Test
    void mistralCallsAreAListOrNamed() {
        assertParses(
                ToolCallStyle.MISTRAL,
                "Ok [TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {\"x\": 1}, \"id\": \"abcdefghi\"}, {\"name\": \"b\", \"arguments\": {}}]",
                "Ok",
                new ToolCall("abcdefghi", "a", "{\"x\": 1}"),
                new ToolCall(null, "b", "{}"));
        assertParses(
                ToolCallStyle.MISTRAL,
                "[TOOL_CALLS]a[ARGS]{\"x\": 1}[TOOL_CALLS]b[CALL_ID]abcdefghi[ARGS]{}",
                "",
                new ToolCall(null, "a", "{\"x\": 1}"),
                new ToolCall("abcdefghi", "b", "{}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "[TOOL_CALLS] [1]",
                "[TOOL_CALLS] []",
                "[TOOL_CALLS] [{\"name\": \"a\", \"arguments\": {}}, 1]",
                "[TOOL_CALLS] [{\"name\": \"a\"",
                "[TOOL_CALLS]a[ARGS]1",
                "[TOOL_CALLS] and words",
                "[TOOL_CALLS]",
                "[TOOL_CAL"
            })
    void whatIsNoMistralCallStaysContent(String text) {
        assertParses(ToolCallStyle.MISTRAL, text, text);
    }

    @Test
    void withoutAStyleAllTextIsContent() {
        assertParses(ToolCallStyle.NONE, "<tool_call>{}</tool_call> ", "<tool_call>{}</tool_call> ");
    }

    @ParameterizedTest
    @EnumSource(ToolCallStyle.class)
    void wheneverItIsCutTheResultIsTheSame(ToolCallStyle style) {
        Random random = new Random(20261126);
        int calls = 0;
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder();
            for (int pieces = random.nextInt(9); pieces >= 0; pieces--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            ToolCalls whole = parse(style, List.of(text.toString()));
            List<String> cut = new ArrayList<>();
            for (int at = 0; at < text.length(); ) {
                int next = Math.min(text.length(), at + 1 + random.nextInt(4));
                cut.add(text.substring(at, next));
                at = next;
            }
            assertEquals(whole, parse(style, cut), text.toString());
            calls += whole.calls().size();
            if (whole.calls().isEmpty()) {
                assertEquals(text.toString(), whole.content());
            }
        }
        assertTrue(style == ToolCallStyle.NONE ? calls == 0 : calls > 50, calls + " calls");
    }

    @Test
    void halfAMarkerIsNeverGivenOut() {
        ToolCallStream stream = new ToolCallStream(ToolCallStyle.HERMES);
        StringBuilder seen = new StringBuilder();
        for (char c : "Yes <b> <tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call>".toCharArray()) {
            seen.append(stream.accept(String.valueOf(c)).content());
            assertFalse(seen.toString().contains("<t"), seen.toString());
        }
        assertEquals("Yes <b>", seen + stream.finish().content());
        assertThrows(IllegalStateException.class, () -> stream.accept("more"));
    }

    @Test
    void aCallThatNeverEndsIsContentOnceItIsTooLong() {
        ToolCallStream stream = new ToolCallStream(ToolCallStyle.HERMES);
        StringBuilder seen =
                new StringBuilder(stream.accept("<tool_call>{\"name\": \"").content());
        for (int i = 0; i < 1100; i++) {
            seen.append(stream.accept("x".repeat(1000)).content());
        }
        assertTrue(seen.length() > 1 << 20, "held back " + (1_100_000 - seen.length()));
    }

    private static void assertParses(ToolCallStyle style, String text, String content, ToolCall... calls) {
        ToolCalls expected = new ToolCalls(content, List.of(calls));
        assertEquals(expected, parse(style, List.of(text)));
        assertEquals(
                expected,
                parse(style, text.codePoints().mapToObj(Character::toString).toList()));
    }

    private static ToolCalls parse(ToolCallStyle style, List<String> pieces) {
        ToolCallStream stream = new ToolCallStream(style);
        StringBuilder content = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (String piece : pieces) {
            ToolCalls found = stream.accept(piece);
            content.append(found.content());
            calls.addAll(found.calls());
        }
        ToolCalls last = stream.finish();
        calls.addAll(last.calls());
        return new ToolCalls(content + last.content(), calls);
    }
}
