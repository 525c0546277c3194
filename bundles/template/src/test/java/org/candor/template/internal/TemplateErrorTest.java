package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.util.Map;
import org.candor.api.chat.TemplateException;
import org.candor.api.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever reads the message finds the place. */
class TemplateErrorTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 14, 7);

    private final TemplateCompiler compiler = new TemplateCompiler(64, 100_000, 1 << 20);

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "a\\n\\n{{ x | urlize }} ¦ 3 ¦ UNSUPPORTED ¦ there is no filter \"urlize\"",
                "{% if false %}\\n{{ x | nosuch }}{% endif %} ¦ 2 ¦ UNSUPPORTED ¦ there is no filter \"nosuch\"",
                "\\n{{ x | map('nosuch') | list }} ¦ 2 ¦ UNSUPPORTED ¦ there is no filter \"nosuch\"",
                "\\n{{ x | selectattr('a', 'nosuch') }} ¦ 2 ¦ UNSUPPORTED ¦ there is no test \"nosuch\"",
                "\\n{{ x is nosuch }} ¦ 2 ¦ UNSUPPORTED ¦ there is no test \"nosuch\"",
                "\\n\\n{% include 'x' %} ¦ 3 ¦ UNSUPPORTED ¦ tag \"include\" is not supported: a chat template is one file",
                "{% do x %} ¦ 1 ¦ UNSUPPORTED ¦ there is no tag \"do\"",
                "a\\n{% if x %}\\nb ¦ 2 ¦ SYNTAX ¦ if begins here and has no end: {% elif %} or {% else %} or {% endif %} is missing",
                "a\\r\\nb\\r\\n{{ 'x }} ¦ 3 ¦ SYNTAX ¦ the string that begins here has no end: ' is missing",
                "a\\n{{ x ¦ 2 ¦ SYNTAX ¦ the tag that begins here has no end: }} is missing",
                "\\n{# x ¦ 2 ¦ SYNTAX ¦ the comment that begins here has no end: #} is missing",
                "{{\\n\\n a b }} ¦ 3 ¦ SYNTAX ¦ expected end of print statement, got 'b'",
                "{% set true = 1 %} ¦ 1 ¦ SYNTAX ¦ cannot assign to true",
                "{% for a in b %}{% generation %}\\n{% break %}{% endgeneration %}{% endfor %} ¦ 2 ¦ SYNTAX ¦ \"break\" outside of a loop",
                "{% macro a(x, x) %}{% endmacro %} ¦ 1 ¦ SYNTAX ¦ parameter x is there twice",
                "{% else %} ¦ 1 ¦ SYNTAX ¦ tag \"else\" ends nothing that is open here",
                "{{ f(a=1, 2) }} ¦ 1 ¦ SYNTAX ¦ arguments come as: by position, by name, one *list, one **dict",
            })
    void whatCannotBeCompiledIsRefusedWithItsLine(String source, int line, Kind kind, String reason) {
        String text = source.replace("\\n", "\n").replace("\\r", "\r");
        TemplateException refused = assertThrows(TemplateException.class, () -> compiler.compile("chat.jinja", text));
        assertEquals("chat.jinja: line " + line + ": " + reason, refused.getMessage());
        assertEquals(kind, refused.kind());
        assertEquals(line, refused.line());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "a\\n{{ x.y }} ¦ 2 ¦ 'x' is undefined",
                "{% if 1 %}\\n\\n{{ 'a' + 1 }}{% endif %} ¦ 3 ¦ can only concatenate str (not \"int\") to str",
                "{% macro m(v) %}\\n{{ v.a.b }}\\n{% endmacro %}\\n{{ m({}) }} ¦ 2 ¦ 'dict object' has no attribute 'a'",
                "\\n{{ 'x' | round }} ¦ 2 ¦ round: a number is required, not str",
                "{{ [1] | join(1, 2, 3) }} ¦ 1 ¦ filter join takes at most 2 arguments, got 3",
                "{{ [1] | join(e=1) }} ¦ 1 ¦ filter join has no argument e",
                "{{ 'a'.strip(1) }} ¦ 1 ¦ strip(): argument chars is int, allowed is a str",
            })
    void whatCannotBeEvaluatedFailsWithItsLine(String source, int line, String reason) throws TemplateException {
        CompiledTemplate template = compiler.compiled("chat.jinja", source.replace("\\n", "\n"));
        TemplateException failed = assertThrows(TemplateException.class, () -> template.render(Map.of(), NOW));
        assertEquals("chat.jinja: line " + line + ": " + reason, failed.getMessage());
        assertEquals(Kind.EVALUATION, failed.kind());
    }

    @Test
    void whatTheTemplateRaisesIsTheReason() throws TemplateException {
        CompiledTemplate template =
                compiler.compiled("chat.jinja", "\n{{ raise_exception('Roles must alternate: ' ~ 1) }}");
        TemplateException raised = assertThrows(TemplateException.class, () -> template.render(Map.of(), NOW));
        assertEquals(Kind.RAISED, raised.kind());
        assertEquals("Roles must alternate: 1", raised.reason());
        assertEquals(2, raised.line());
        assertTrue(raised.getMessage().startsWith("chat.jinja: line 2: "));
    }
}
