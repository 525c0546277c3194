package org.candor.template.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.candor.api.chat.ChatInput;
import org.candor.api.chat.RenderedChat;
import org.candor.api.chat.TemplateException;
import org.candor.api.chat.TemplateException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that ask for more than there is stop with an error that says so. */
class LimitsTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 5, 14, 7);

    private final TemplateCompiler compiler = new TemplateCompiler(64, 300_000, 1 << 20);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' * 10 ** 9 }}",
                "{{ 10 ** 9 * 'a' }}",
                "{{ [1] * 10 ** 12 }}",
                "{{ (1, 2) * 10 ** 12 }}",
                "{{ 9 ** 9999999 }}",
                "{{ 10 ** (10 ** 10) }}",
                "{{ range(10 ** 9) | list }}",
                "{{ 'a'.ljust(10 ** 9) }}",
                "{{ 'a'.center(10 ** 12) }}",
                "{{ 'a'.zfill(10 ** 9) }}",
                "{{ 'a' | center(10 ** 9) }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1.5 }}",
                "{{ '%*d' % (10 ** 9, 1) }}",
                "{{ '{:>999999999}'.format(1) }}",
                "{{ '{:.99999999f}'.format(1.5) }}",
                "{{ 'a' | indent(10 ** 9, true) }}",
                "{{ [1] | tojson(indent=10 ** 9) }}",
                "{{ [[[[1]]]] | tojson(indent='x' * 1000000) }}",
                "{{ [1] | batch(10 ** 9, 'x') | list }}",
                "{{ [1] | slice(10 ** 9) | list }}",
                "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
                "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
                "{{ (['a'] * 100000) | join('b' * 100000) }}",
                "{{ ('b' * 100000).join(['a'] * 100000) }}",
                "{{ '\t'.expandtabs(10 ** 9) }}",
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{% for b in range(100000) if false %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{{ a in range(100000) }}{% endfor %}",
                "{% for a in range(100000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m(n) %}{{ m(n + 1) ~ m(n + 1) }}{% endmacro %}{{ m(0) }}",
                "{% macro m(a=m()) %}{% endmacro %}{{ m() }}",
                "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
                "{% for a in [1] recursive %}{{ loop([a]) }}{% endfor %}",
                "{% block b %}{{ self.b() }}{% endblock %}",
                "{% set ns = namespace(x=1) %}{% for i in range(1000) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=1) %}{% for i in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=1) %}{% for i in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
                "{% set ns = namespace(x=1, y=1) %}{% for i in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
                "{% set ns = namespace(x=1, y=1) %}{% for i in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
                "{% set ns = namespace(x=()) %}{% for i in range(1000) %}{% set ns.x = (ns.x, 1) %}{% endfor %}{{ {ns.x: 1} }}",
                "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{% set ns = namespace(x=['ab']) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=['ab']) %}{% for i in range(1000) %}{% set ns.x = ns.x | map('upper') %}{% endfor %}{{ ns.x | list }}",
                "{% set s %}{% for i in range(100000) %}aaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}{% endset %}",
                "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s[500000] }}{% endfor %}",
                "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{% if s.find('y') > 0 %}a{% endif %}{% endfor %}",
                "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{% if 'y' in s %}a{% endif %}{% endfor %}",
                "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{% if s | length == 1 %}a{% endif %}{% endfor %}",
                "{% set s = 'x' * 1000000 %}{% set t = s ~ '' %}{% for i in range(100000) %}{% if s != t %}a{% endif %}{% endfor %}",
                "{% set s = 'x ' * 100000 %}{% for i in range(100000) %}{% set a = s.split() %}{% endfor %}",
                "{{ strftime_now('%B' * 300000) }}"
            })
    void aTemplateThatAsksForTooMuchIsStopped(String source) throws TemplateException {
        CompiledTemplate template = compiler.compiled("hostile", source);
        TemplateException stopped = assertThrows(TemplateException.class, () -> template.render(Map.of(), NOW));
        assertEquals(Kind.LIMIT, stopped.kind(), stopped.getMessage());
        assertTrue(stopped.getMessage().startsWith("hostile: line 1: "), stopped.getMessage());
    }

    @Test
    void theDeepestRecursionFitsASmallStack() throws InterruptedException {
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread small = new Thread(
                null,
                () -> {
                    try {
                        compiler.compiled(
                                        "deep",
                                        "{% macro m(n) %}{% if n %}{{ [m(n)] | map('upper') | list | join ~ '' }}{% endif %}{% endmacro %}{{ m(1) }}")
                                .render(Map.of(), NOW);
                    } catch (Throwable e) {
                        end.set(e);
                    }
                },
                "small stack",
                512 << 10);
        small.start();
        small.join();
        assertTrue(end.get() instanceof TemplateException e && e.kind() == Kind.LIMIT, String.valueOf(end.get()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "{1:",
                "not ",
                "-",
                "a.b(",
                "a[",
                "x if x else ",
                "a|f(",
                "{% if a %}",
                "{% for a in b %}"
            })
    void sourcesThatAreNestedTooDeepAreRefused(String piece) {
        String open = piece.startsWith("{%") ? "" : "{{ ";
        TemplateException refused =
                assertThrows(TemplateException.class, () -> compiler.compile("deep", open + piece.repeat(4000)));
        assertTrue(refused.kind() == Kind.SYNTAX || refused.kind() == Kind.UNSUPPORTED, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", "-1", "*1", " and 1", " or 1", ".a", "[0]", "|upper", " if 1", "()"})
    void longChainsAreRefused(String piece) {
        TemplateException refused = assertThrows(
                TemplateException.class, () -> compiler.compile("long", "{{ 1" + piece.repeat(5000) + " }}"));
        assertEquals(Kind.SYNTAX, refused.kind());
    }

    @Test
    void aSourceThatIsTooLargeIsRefused() {
        TemplateException refused =
                assertThrows(TemplateException.class, () -> compiler.compile("large", "a".repeat(65 * 1024)));
        assertEquals(Kind.LIMIT, refused.kind());
        assertTrue(refused.getMessage().contains("maxSourceKibibytes"));
    }

    @Test
    void inputThatATemplateCannotSeeIsRefusedWithItsPlace() throws TemplateException {
        ChatInput input = ChatInput.of(List.of(Map.of("role", "user", "content", List.of(Map.of("when", NOW)))), NOW);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> compiler.compile("any", "{{ messages }}")
                        .render(input));
        assertTrue(refused.getMessage().startsWith("messages[0].content[0].when is a "), refused.getMessage());
    }

    @Test
    void variablesDoNotReplaceTheConversation() throws TemplateException {
        ChatInput input = ChatInput.of(List.of(), NOW).withVariables(Map.of("messages", List.of()));
        assertThrows(IllegalArgumentException.class, () -> compiler.compile("any", "{{ messages }}")
                .render(input));
    }

    @Test
    void oneRenderingLeavesNothingToTheNext() throws TemplateException {
        CompiledTemplate template = compiler.compiled(
                "twice",
                "{{ x is defined }}{% set x = 1 %}{% set c = cycler('a', 'b') %}{{ c.next() }}{{ [1, 2, 3] | random }}");
        RenderedChat first = template.render(Map.of(), NOW);
        assertEquals(first, template.render(Map.of(), NOW));
    }

    @Test
    void limitsOutsideTheirRangeAreRefusedByName() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new TemplateCompiler(1, 999, 1 << 20));
        assertEquals("org.candor.template: maxSteps is 999, allowed is 1000 to 1000000000", refused.getMessage());
    }
}
