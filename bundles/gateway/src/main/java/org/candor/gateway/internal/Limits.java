package org.candor.gateway.internal;

/**
 * Sizes that bodies may have.
 *
 * @param json bytes of a JSON body
 * @param document bytes of a document
 */
record Limits(int json, int document) {

    /** A JSON body that carries a document in base64, or as text with some escapes. */
    int jsonWithDocument() {
        return json + document / 3 * 4;
    }
}
