package org.candor.template.internal;

/**
 * A piece of a template's source.
 *
 * @param text the name, operator or text; the content of a string with its escapes resolved
 * @param value of a number
 * @param line counted from 1
 */
record Token(Type type, String text, Object value, int line) {

    enum Type {
        TEXT("text"),
        PRINT_BEGIN("begin of print statement"),
        PRINT_END("end of print statement"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    boolean isName(String name) {
        return type == Type.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return type == Type.OPERATOR && text.equals(operator);
    }

    /** How messages call it. */
    String described() {
        return switch (type) {
            case NAME, OPERATOR, INTEGER, FLOAT -> "'" + Source.shortened(text) + "'";
            case STRING -> "a string";
            default -> type.words();
        };
    }
}
