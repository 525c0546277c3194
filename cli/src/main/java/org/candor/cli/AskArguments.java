package org.candor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What {@code ask} was asked.
 *
 * @param library the folder that becomes the server's library, or null to leave it as it is
 * @param language {@code en}, {@code zh}, or null to have it detected
 * @param purpose the purpose, or null for the server's default
 */
record AskArguments(String question, boolean json, Path library, String language, String purpose) {

    private static final Set<String> LANGUAGES = Set.of("en", "zh");

    /** @param directory what a relative library is relative to */
    static AskArguments parse(List<String> arguments, Path directory) {
        boolean json = false;
        Path library = null;
        String language = null;
        String purpose = null;
        Options options = new Options("ask", arguments);
        for (String option = options.option(); option != null; option = options.option()) {
            switch (option) {
                case "--json" -> json = true;
                case "--library" -> library = folder(options.value(), directory);
                case "--lang" -> language = language(options.value());
                case "--purpose" -> purpose = options.value();
                default -> throw options.unknown();
            }
        }
        String question = options.only("one question");
        if (question.isBlank()) {
            throw Failure.wrong("the question is empty");
        }
        return new AskArguments(question, json, library, language, purpose);
    }

    private static Path folder(String text, Path directory) {
        Path folder = directory.resolve(text).normalize();
        if (!Files.isDirectory(folder)) {
            throw Failure.wrong("--library " + text + ": there is no such folder");
        }
        return folder;
    }

    private static String language(String text) {
        if (!LANGUAGES.contains(text)) {
            throw Failure.wrong("--lang " + text + ": en and zh are supported");
        }
        return text;
    }
}
