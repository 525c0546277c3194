package org.candor.template.internal;

import org.candor.api.chat.TemplateException.Kind;

/** What is wrong with a template or its input, on its way to the caller; without a trace, because templates raise it at will. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    /** Counted from 1; 0 where whoever catches it knows better. */
    private final int line;

    Fault(Kind kind, int line, String reason) {
        super(reason, null, false, false);
        this.kind = kind;
        this.line = line;
    }

    static Fault syntax(int line, String reason) {
        return new Fault(Kind.SYNTAX, line, reason);
    }

    static Fault unsupported(int line, String reason) {
        return new Fault(Kind.UNSUPPORTED, line, reason);
    }

    static Fault evaluation(String reason) {
        return new Fault(Kind.EVALUATION, 0, reason);
    }

    static Fault limit(String reason) {
        return new Fault(Kind.LIMIT, 0, reason);
    }

    Kind kind() {
        return kind;
    }

    int line() {
        return line;
    }
}
