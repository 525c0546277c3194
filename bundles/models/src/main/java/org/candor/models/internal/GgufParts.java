package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** GGUF files of a folder by model: one file each, or parts that are numbered like {@code NAME-00001-of-00003.gguf}. */
final class GgufParts {

    static final String ENDING = ".gguf";

    private static final Pattern PART = Pattern.compile("(.+)-\\d{5}-of-\\d{5}\\.gguf");

    private GgufParts() {}

    /** The files of each model by name, by the model's name. */
    static Map<String, Map<String, Path>> in(Path folder) throws IOException {
        Map<String, Map<String, Path>> models = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            list.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(ENDING))
                    .forEach(file -> models.computeIfAbsent(model(file), name -> new TreeMap<>())
                            .put(file.getFileName().toString(), file));
        }
        return models;
    }

    /** Name of the model that a file holds all or a part of. */
    static String model(Path file) {
        String name = file.getFileName().toString();
        Matcher part = PART.matcher(name);
        return part.matches() ? part.group(1) : name.substring(0, name.length() - ENDING.length());
    }
}
