package org.candor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.TextEncoder;

/** {@code name=value} arguments of a benchmark. */
final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    /** @throws IllegalArgumentException for a name that is not among those known */
    Arguments(String[] arguments, String... known) {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (equals < 0 || !List.of(known).contains(name)) {
                throw new IllegalArgumentException(
                        "\"" + argument + "\" is not understood; name=value with one of " + String.join(", ", known));
            }
            values.put(name, argument.substring(equals + 1));
        }
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    double fraction(String name, double otherwise) {
        return Double.parseDouble(text(name, Double.toString(otherwise)));
    }

    /** The folder of corpora: the argument {@code data}, or {@code ../shared/data} beside the checkout. */
    Path data() {
        Path data = Path.of(text("data", "../shared/data"));
        if (!Files.isDirectory(data)) {
            throw new IllegalArgumentException(data + " is no folder; data=FOLDER names the one with the corpora");
        }
        return data;
    }

    /** The encoder, remembering its vectors where {@code cache} names a file. */
    TextEncoder cached(TextEncoder encoder, Encoder kind) throws IOException {
        String file = text("cache", null);
        return file == null ? encoder : new CachedEncoder(encoder, Path.of(file + "-" + kind.language() + ".bin"));
    }
}
