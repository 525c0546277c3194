package org.candor.api.model;

/**
 * One immutable revision of a model.
 *
 * @param name for example {@code encoder-en}; also the default route
 * @param version as the pack says, for example {@code 1.0.0}
 * @param digest {@code sha256:} and 64 hexadecimal digits over the digests of all its files
 */
public record ModelId(String name, String version, String digest) {
    @Override
    public String toString() {
        return name + " " + version + " (" + digest.substring(0, Math.min(digest.length(), 19)) + ")";
    }
}
