package org.candor.api.chat;

/** A chat template that cannot be compiled or rendered; the message names template, line and reason. */
public final class TemplateException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The source is no template. */
        SYNTAX,
        /** The source is a template, but uses something that is not supported. */
        UNSUPPORTED,
        /** An expression has no value for this input. */
        EVALUATION,
        /** The template itself refused the input ({@code raise_exception}); {@link #reason()} is what it said. */
        RAISED,
        /** The template exceeds a limit. */
        LIMIT
    }

    private final String template;
    private final int line;
    private final Kind kind;
    private final String reason;

    /**
     * @param template the template's name
     * @param line counted from 1
     * @param kind what went wrong
     * @param reason what was found, and what is allowed
     */
    public TemplateException(String template, int line, Kind kind, String reason) {
        super(template + ": line " + line + ": " + reason);
        this.template = template;
        this.line = line;
        this.kind = kind;
        this.reason = reason;
    }

    /** The template's name. */
    public String template() {
        return template;
    }

    /** The line of the source, counted from 1. */
    public int line() {
        return line;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The message without template and line. */
    public String reason() {
        return reason;
    }
}
