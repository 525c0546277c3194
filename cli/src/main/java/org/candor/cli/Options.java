package org.candor.cli;

import java.util.List;

/** The words of a command: options, their values and the rest. Used by one thread. */
final class Options {

    private final String command;
    private final List<String> words;
    private int next;
    private String option;

    Options(String command, List<String> words) {
        this.command = command;
        this.words = words;
    }

    /** The next option, or null where the next word is none; {@code --} ends the options. */
    String option() {
        if (next >= words.size() || !words.get(next).startsWith("-")) {
            return null;
        }
        option = words.get(next++);
        return option.equals("--") ? null : option;
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

    /** The words that are left. */
    List<String> rest() {
        return words.subList(next, words.size());
    }

    /**
     * The only word that is left.
     *
     * @param wanted what it is, with its article
     */
    String only(String wanted) {
        if (rest().size() != 1) {
            throw Failure.wrong(command + " takes " + wanted + ", in quotation marks; options come before it");
        }
        return rest().getFirst();
    }
}
