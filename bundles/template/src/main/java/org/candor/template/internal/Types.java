package org.candor.template.internal;

import java.math.BigInteger;
import java.util.List;

/** Python's names of types, for messages. */
final class Types {
    private Types() {}

    static String name(Object value) {
        return switch (value) {
            case null -> "NoneType";
            case String text -> "str";
            case Markup markup -> "Markup";
            case Boolean flag -> "bool";
            case Long number -> "int";
            case BigInteger number -> "int";
            case Double number -> "float";
            case Tuple tuple -> "tuple";
            case List<?> list -> "list";
            case Dict dict -> "dict";
            case Dict.View view -> view.kind();
            case NumberRange range -> "range";
            case Generator generator -> "generator";
            case Undefined undefined -> "Undefined";
            case Namespace namespace -> "Namespace";
            case Bytes bytes -> "bytes";
            case Loop loop -> "LoopContext";
            case Macro macro -> "Macro";
            case Callable callable -> "function";
            default -> value.getClass().getSimpleName();
        };
    }

    static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The text of a str; the caller knows that it is one. */
    static String text(Object value) {
        return value instanceof Markup markup ? markup.text() : (String) value;
    }
}
