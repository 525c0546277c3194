package org.candor.proof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Test vectors: small ones from the class path, large ones from the shared folder where it is there. */
final class Vectors {

    private Vectors() {}

    static byte[] resource(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path shared(String name) {
        Path path = Path.of(System.getProperty("candor.shared", "../shared"), "vectors")
                .resolve(name);
        assumeTrue(Files.exists(path), "skipped: the shared vectors are not there: vectors/" + name);
        return path;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
