package org.candor.template.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.template.internal.Statement.MacroDefinition;
import org.candor.template.internal.Statement.Target;

/** Parses statements: the tags of a template and the text between them. */
final class TemplateParser {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final Map<String, Statement.Block> blocks = new LinkedHashMap<>();
    /** Loops around what is parsed, within the innermost macro. */
    private int loops;

    private TemplateParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** A whole template. */
    static ParsedTemplate parse(List<Token> tokens) {
        TemplateParser parser = new TemplateParser(new TokenStream(tokens));
        List<Statement> body = parser.statements(Set.of(), "", 0);
        return new ParsedTemplate(body, Map.copyOf(parser.blocks));
    }

    /** A template that is parsed. */
    record ParsedTemplate(List<Statement> body, Map<String, Statement.Block> blocks) {}

    /** Statements up to one of the tags, whose name is the current token afterwards. */
    private List<Statement> statements(Set<String> ends, String tag, int opened) {
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.type()) {
                case TEXT -> statements.add(new Statement.Text(token.text(), token.line()));
                case PRINT_BEGIN -> {
                    Expression value = expressions.tuple(true, null);
                    tokens.expect(Token.Type.PRINT_END);
                    statements.add(new Statement.Print(List.of(value), token.line()));
                }
                case BLOCK_BEGIN -> {
                    if (tokens.is(Token.Type.NAME)
                            && ends.contains(tokens.current().text())) {
                        return List.copyOf(statements);
                    }
                    tokens.enter();
                    statements.add(statement());
                    tokens.leave();
                    tokens.expect(Token.Type.BLOCK_END);
                }
                case END -> {
                    if (ends.isEmpty()) {
                        return List.copyOf(statements);
                    }
                    throw Fault.syntax(
                            opened,
                            tag + " begins here and has no end: {% " + String.join(" %} or {% ", sorted(ends))
                                    + " %} is missing");
                }
                default -> throw new IllegalStateException("token out of place: " + token);
            }
        }
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    /** The body of a tag up to its end tag, which is read too. */
    private List<Statement> body(String tag, int opened) {
        endOfTag();
        List<Statement> body = statements(Set.of("end" + tag), tag, opened);
        tokens.next();
        return body;
    }

    /** The end of a tag that has a body; a colon before it is allowed, as in Python. */
    private void endOfTag() {
        tokens.skipOperator(":");
        tokens.expect(Token.Type.BLOCK_END);
    }

    private Statement statement() {
        Token tag = tokens.expect(Token.Type.NAME);
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro(line);
            case "call" -> callBlock(line);
            case "filter" -> {
                Expression filters = expressions.filterChain(false);
                yield new Statement.FilterBlock(filters, body("filter", line), line);
            }
            case "with" -> with(line);
            case "generation" ->
                // Jinja makes a function of its body, which no break can leave.
                new Statement.Generation(outsideLoops(() -> body("generation", line)), line);
            case "block" -> block(line);
            case "print" -> print(line);
            case "autoescape" -> {
                Expression on = expressions.expression();
                yield new Statement.AutoEscape(on, body("autoescape", line), line);
            }
            case "break" -> {
                insideLoop("break", line);
                yield new Statement.Break(line);
            }
            case "continue" -> {
                insideLoop("continue", line);
                yield new Statement.Continue(line);
            }
            case "include", "import", "from", "extends" ->
                throw Fault.unsupported(
                        line, "tag \"" + tag.text() + "\" is not supported: a chat template is one file");
            case "raw" -> throw Fault.syntax(line, "tag \"raw\" takes nothing but a minus");
            default -> {
                if (tag.text().startsWith("end")
                        || tag.text().equals("else")
                        || tag.text().equals("elif")) {
                    throw Fault.syntax(line, "tag \"" + tag.text() + "\" ends nothing that is open here");
                }
                throw Fault.unsupported(line, "there is no tag \"" + Source.shortened(tag.text()) + "\"");
            }
        };
    }

    private void insideLoop(String tag, int line) {
        if (loops == 0) {
            throw Fault.syntax(line, "\"" + tag + "\" outside of a loop");
        }
    }

    private <T> T outsideLoops(java.util.function.Supplier<T> parse) {
        int around = loops;
        loops = 0;
        T parsed = parse.get();
        loops = around;
        return parsed;
    }

    private Statement conditional(int line) {
        List<Expression> conditions = new ArrayList<>();
        List<List<Statement>> branches = new ArrayList<>();
        conditions.add(expressions.tuple(false, null));
        endOfTag();
        while (true) {
            branches.add(statements(
                    branches.size() == conditions.size() ? Set.of("endif") : Set.of("elif", "else", "endif"),
                    "if",
                    line));
            String end = tokens.next().text();
            if (end.equals("endif")) {
                return new Statement.If(List.copyOf(conditions), List.copyOf(branches), line);
            }
            if (end.equals("elif")) {
                conditions.add(expressions.tuple(false, null));
            }
            endOfTag();
        }
    }

    private Statement loop(int line) {
        Target target = target("in", false);
        tokens.expectName("in");
        Expression items = expressions.tuple(false, "recursive");
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        endOfTag();
        loops++;
        List<Statement> body = statements(Set.of("endfor", "else"), "for", line);
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.next().text().equals("else")) {
            endOfTag();
            otherwise = statements(Set.of("endfor"), "for", line);
            tokens.next();
        }
        return new Statement.For(target, items, filter, recursive, body, otherwise, line);
    }

    private Statement assignment(int line) {
        Target target = target(null, true);
        if (tokens.skipOperator("=")) {
            return new Statement.Set(target, expressions.tuple(true, null), line);
        }
        Expression filters = expressions.filterChain(true);
        return new Statement.SetBlock(target, filters, body("set", line), line);
    }

    /**
     * What is assigned to: a name, several, or with {@code members} an attribute of a namespace.
     *
     * @param end a name that ends it, or null
     */
    private Target target(String end, boolean members) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (!tokens.is(Token.Type.BLOCK_END)
                && !tokens.isOperator("=")
                && !tokens.isOperator(")")
                && !(end != null && tokens.isName(end))) {
            targets.add(singleTarget(members));
            if (!tokens.skipOperator(",")) {
                break;
            }
            several = true;
        }
        if (targets.isEmpty()) {
            throw tokens.expected("a name");
        }
        return several ? new Target.Several(List.copyOf(targets)) : targets.getFirst();
    }

    private Target singleTarget(boolean members) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = target(null, members);
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Token.Type.NAME);
        if (members && tokens.skipOperator(".")) {
            // The namespace is read from where it stands, so a macro that mentions it uses it.
            return new Target.Member(name.text(), tokens.expect(Token.Type.NAME).text());
        }
        return new Target.Variable(assignable(name));
    }

    private static String assignable(Token name) {
        if (CONSTANTS.contains(name.text())) {
            throw Fault.syntax(name.line(), "cannot assign to " + name.text());
        }
        return name.text();
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.is(Token.Type.BLOCK_END) && !tokens.isOperator(":")) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(singleTarget(false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(List.copyOf(targets), List.copyOf(values), body("with", line), line);
    }

    private Statement macro(int line) {
        String name = assignable(tokens.expect(Token.Type.NAME));
        return new Statement.Define(definition(name, "macro", line), line);
    }

    private Statement callBlock(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.isOperator("(")) {
            signature(parameters, defaults);
        }
        int at = tokens.line();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw Fault.syntax(at, "expected a call of a macro");
        }
        MacroDefinition caller = definitionOf("caller", parameters, defaults, "call", line);
        return new Statement.CallBlock(caller, call, line);
    }

    private MacroDefinition definition(String name, String tag, int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        signature(parameters, defaults);
        return definitionOf(name, parameters, defaults, tag, line);
    }

    private MacroDefinition definitionOf(
            String name, List<String> parameters, List<Expression> defaults, String tag, int line) {
        Set<String> outside = new HashSet<>(expressions.mentioned());
        expressions.mentioned().clear();
        List<Statement> body = outsideLoops(() -> body(tag, line));
        Set<String> inside = Set.copyOf(expressions.mentioned());
        expressions.mentioned().addAll(outside);
        return new MacroDefinition(
                name,
                List.copyOf(parameters),
                List.copyOf(defaults),
                body,
                inside.contains("caller"),
                inside.contains("varargs") && !parameters.contains("varargs"),
                inside.contains("kwargs") && !parameters.contains("kwargs"));
    }

    private void signature(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token parameter = tokens.expect(Token.Type.NAME);
            if (parameters.contains(assignable(parameter))) {
                throw Fault.syntax(parameter.line(), "parameter " + parameter.text() + " is there twice");
            }
            parameters.add(parameter.text());
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw Fault.syntax(parameter.line(), "a parameter without a default follows one with a default");
            }
        }
    }

    private Statement block(int line) {
        Token name = tokens.expect(Token.Type.NAME);
        boolean scoped = tokens.skipName("scoped");
        if (tokens.isName("required")) {
            throw Fault.unsupported(line, "required blocks are not supported: a chat template extends nothing");
        }
        endOfTag();
        List<Statement> body = outsideLoops(() -> statements(Set.of("endblock"), "block", line));
        tokens.next();
        tokens.skipName(name.text());
        Statement.Block block = new Statement.Block(name.text(), scoped, body, line);
        if (blocks.put(name.text(), block) != null) {
            throw Fault.syntax(line, "block \"" + name.text() + "\" is there twice");
        }
        return block;
    }

    private Statement print(int line) {
        List<Expression> values = new ArrayList<>();
        while (!tokens.is(Token.Type.BLOCK_END)) {
            if (!values.isEmpty()) {
                tokens.expectOperator(",");
            }
            values.add(expressions.expression());
        }
        return new Statement.Print(List.copyOf(values), line);
    }
}
