package org.candor.governor.internal;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;

/** What a request's values may be. Each check returns the value or throws INVALID naming the parameter. */
final class Requests {

    private static final Pattern PURPOSE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");
    private static final int MOST_NAME = 256;
    private static final int MOST_PERSON = 200;
    private static final int MOST_REASON = 2_000;
    private static final int MOST_PATH = 512;

    private Requests() {}

    static OperationException invalid(String parameter, String message) {
        return new OperationException(Kind.INVALID, "invalid_value", parameter + ": " + message, parameter, null);
    }

    /** Text of 1 to {@code most} code points without C0 controls but tab and line ends, not blank, UTF-8. */
    static String text(String parameter, String text, int most) {
        if (text == null || text.isBlank()) {
            throw invalid(parameter, "must not be blank");
        }
        int length = text.codePointCount(0, text.length());
        if (length > most) {
            throw invalid(parameter, "has " + length + " code points; at most " + most + " are allowed");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                throw invalid(parameter, "holds the control character U+%04X at UTF-16 unit %d".formatted((int) c, i));
            }
        }
        return wellFormed(parameter, text);
    }

    /** Refuses unpaired surrogates: they have no UTF-8 form, so nothing about them could be proved. */
    static String wellFormed(String parameter, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (!Character.isHighSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1))) {
                throw invalid(parameter, "holds an unpaired surrogate at UTF-16 unit " + i);
            }
            i++;
        }
        return text;
    }

    static String language(String language) {
        if (language != null && !language.equals("en") && !language.equals("zh")) {
            throw invalid(
                    "language",
                    "\"" + shown(language) + "\" is not supported (en and zh are; leave it out to detect it)");
        }
        return language;
    }

    static String purpose(String purpose) {
        if (purpose == null) {
            return Answers.DEFAULT_PURPOSE;
        }
        if (!PURPOSE.matcher(purpose).matches()) {
            throw invalid("purpose", "must be 1 to 128 letters, digits and . _ : / -, for example question-answering");
        }
        return purpose;
    }

    /** A person, route or version. */
    static String name(String parameter, String name) {
        text(parameter, name, MOST_NAME);
        if (name.codePoints().anyMatch(Character::isISOControl)) {
            throw invalid(parameter, "must not hold control characters");
        }
        return name;
    }

    /** A person as the consent register takes one. */
    static String person(String parameter, String name) {
        text(parameter, name, MOST_PERSON);
        return name(parameter, name);
    }

    static String reason(String reason) {
        if (reason == null || reason.isBlank()) {
            return "";
        }
        return text("reason", reason, MOST_REASON);
    }

    static String neededReason(String reason) {
        return text("reason", reason, MOST_REASON);
    }

    /** Roles there are, sorted. */
    static List<String> roles(Set<String> roles) {
        for (String role : roles) {
            if (!Caller.ROLES.contains(role)) {
                throw invalid("roles", "\"" + shown(role) + "\" is no role; allowed are " + rolesThereAre());
            }
        }
        return List.copyOf(new TreeSet<>(roles));
    }

    static String rolesThereAre() {
        return String.join(", ", new TreeSet<>(Caller.ROLES));
    }

    /** A relative path with {@code /} that stays where it is put. */
    static String document(String document) {
        text("document", document, MOST_PATH);
        if (document.startsWith("/")
                || document.indexOf('\\') >= 0
                || document.codePoints().anyMatch(Character::isISOControl)) {
            throw invalid("document", "must be a relative path with / between its parts");
        }
        for (String part : document.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw invalid("document", "must not hold empty parts, . or ..");
            }
        }
        return document;
    }

    static String shown(String text) {
        return text.length() > 20 ? text.substring(0, 20) + "..." : text;
    }
}
