package org.candor.cli;

import java.util.ArrayList;
import java.util.List;

/** The words of a command: options, their values and the rest, in any order. Used by one thread. */
final class Options {

    private final String command;
    private final List<String> words;
    private final List<String> rest = new ArrayList<>();
    private int next;
    private String option;

    Options(String command, List<String> words) {
        this.command = command;
        this.words = words;
    }

    /** The next option, or null when there is none any more; after {@code --} there is none. */
    String option() {
        while (next < words.size()) {
            String word = words.get(next++);
            if (word.equals("--")) {
                rest.addAll(words.subList(next, words.size()));
                next = words.size();
            } else if (word.startsWith("-")) {
                option = word;
                return option;
            } else {
                rest.add(word);
            }
        }
        return null;
    }

    /** The value of the option that was taken last. */
    String value() {
        if (next >= words.size() || words.get(next).isBlank()) {
            throw Failure.wrong(option + " needs a value");
        }
        return words.get(next++);
    }

    /** The value as a whole number. */
    long number(long least, long most) {
        String text = value();
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw refused(text, "a whole number from " + least + " to " + most);
    }

    /** The value as a number. */
    double decimal(double least, double most) {
        String text = value();
        try {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw refused(text, "a number from " + least + " to " + most);
    }

    /** The value as one of a few words. */
    String oneOf(List<String> allowed) {
        String text = value();
        if (!allowed.contains(text)) {
            throw refused(text, String.join(", ", allowed));
        }
        return text;
    }

    private Failure refused(String text, String allowed) {
        return Failure.wrong(option + " " + text + ": allowed is " + allowed);
    }

    Failure unknown() {
        return Failure.wrong(command + " does not know " + option);
    }

    /**
     * The only word that is no option, once all options are taken.
     *
     * @param wanted what it is, with its article
     */
    String only(String wanted) {
        if (rest.size() != 1) {
            throw Failure.wrong(command + " takes " + wanted
                    + (rest.isEmpty() ? "" : ", not " + rest.size() + "; put what has spaces into quotation marks"));
        }
        return rest.getFirst();
    }
}
