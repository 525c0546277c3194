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
        int i = 0;
        while (i < arguments.size() && arguments.get(i).startsWith("-")) {
            String option = arguments.get(i++);
            if (option.equals("--")) {
                break;
            }
            switch (option) {
                case "--json" -> json = true;
                case "--library" -> library = folder(value(arguments, i++, option), directory);
                case "--lang" -> language = language(value(arguments, i++, option));
                case "--purpose" -> purpose = value(arguments, i++, option);
                default -> throw Failure.wrong("ask does not know " + option);
            }
        }
        if (arguments.size() - i != 1) {
            throw Failure.wrong("ask takes one question, in quotation marks; options come before it");
        }
        String question = arguments.get(i);
        if (question.isBlank()) {
            throw Failure.wrong("the question is empty");
        }
        return new AskArguments(question, json, library, language, purpose);
    }

    private static String value(List<String> arguments, int index, String option) {
        if (index >= arguments.size() || arguments.get(index).isBlank()) {
            throw Failure.wrong(option + " needs a value");
        }
        return arguments.get(index);
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
