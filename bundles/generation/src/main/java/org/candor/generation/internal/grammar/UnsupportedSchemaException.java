package org.candor.generation.internal.grammar;

/** A schema that cannot be guaranteed, is not a schema, or that no value satisfies; the message names place and keyword. */
public final class UnsupportedSchemaException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UnsupportedSchemaException(String place, String reason) {
        super("JSON schema: " + place + ": " + reason);
    }
}
