package org.candor.console.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A file as it is sent, prepared once: plain and compressed, each with its tag. Immutable; nobody changes its arrays.
 *
 * @param type media type with charset
 * @param bytes plain
 * @param zipped gzip, or null where that saves nothing
 * @param tag entity tag of the plain bytes, without quotation marks
 */
record StaticFile(String type, byte[] bytes, byte[] zipped, String tag) {

    private static final int TAG_BYTES = 12;

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml; charset=utf-8");

    /** @throws IllegalArgumentException when nobody said what type such a file has */
    static StaticFile of(String name, byte[] bytes) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalArgumentException(name + ": a file of the console is one of " + TYPES.keySet());
        }
        byte[] zipped = zip(bytes);
        return new StaticFile(type, bytes, zipped.length < bytes.length ? zipped : null, tag(bytes));
    }

    /** Tag of what is sent: two encodings are two representations (RFC 9110, section 8.8.3). */
    String tag(boolean compressed) {
        return '"' + tag + (compressed ? "-gzip" : "") + '"';
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] zip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            zip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static String tag(byte[] bytes) {
        byte[] digest = sha256(bytes);
        byte[] start = new byte[TAG_BYTES];
        System.arraycopy(digest, 0, start, 0, TAG_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(start);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
