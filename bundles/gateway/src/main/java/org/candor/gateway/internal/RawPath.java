package org.candor.gateway.internal;

import java.util.Locale;

/**
 * The path as it was sent. One that can be read in two ways (dot parts, empty parts, encoded slashes, parameters) may mean
 * one thing to a proxy in front and another here, so it is refused.
 */
final class RawPath {

    private RawPath() {}

    /**
     * @param path undecoded, without the query
     * @throws ApiError 400
     */
    static void check(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        boolean ambiguous = lower.contains("//")
                || lower.contains("%2f")
                || lower.contains("%5c")
                || lower.contains("\\")
                || lower.contains(";")
                || lower.contains("%00");
        for (String part : lower.replace("%2e", ".").split("/", -1)) {
            ambiguous |= part.equals(".") || part.equals("..");
        }
        if (ambiguous) {
            throw new ApiError(
                    400,
                    "ambiguous_path",
                    null,
                    "The path holds . or .. parts, empty parts, encoded slashes or parameters; write it plainly.");
        }
    }
}
