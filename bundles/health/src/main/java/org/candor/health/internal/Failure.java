package org.candor.health.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a component could not be activated, from the stack trace that the component runtime keeps of it. */
final class Failure {

    private static final String CAUSE = "Caused by: ";

    /** The first line of a throwable in a trace: its class, and its message where it has one. */
    private static final Pattern THROWN = Pattern.compile("([\\p{javaJavaIdentifierPart}.]+)(?:: (.*))?");

    private Failure() {}

    /** One link of the chain; the line as it was printed tells whether the link before only repeats it. */
    private record Thrown(String line, String type, String message) {

        static Thrown of(String line) {
            Matcher thrown = THROWN.matcher(line);
            if (!thrown.matches()) {
                return new Thrown(line, "", line);
            }
            String type = thrown.group(1);
            String message = thrown.group(2) == null ? "" : thrown.group(2).strip();
            return new Thrown(
                    line, type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1), message);
        }

        /** A message that is no sentence, a path for example, needs the name of what was thrown. */
        String text() {
            if (message.isEmpty()) {
                return type;
            }
            return message.contains(" ") || type.isEmpty() ? message : type + " " + message;
        }
    }

    /** What went wrong, and because of what, in one line. */
    static String of(String trace) {
        List<Thrown> chain = new ArrayList<>();
        for (String line : trace.lines().toList()) {
            if (chain.isEmpty() && !line.isBlank()) {
                chain.add(Thrown.of(line.strip()));
            } else if (line.startsWith(CAUSE)) {
                chain.add(Thrown.of(line.substring(CAUSE.length()).strip()));
            }
        }
        List<String> said = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            Thrown each = chain.get(i);
            boolean last = i == chain.size() - 1;
            boolean wraps = !last
                    && (each.message().isEmpty()
                            || each.message().equals(chain.get(i + 1).line()));
            if (!wraps && !said.contains(each.text())) {
                said.add(each.text());
            }
        }
        return said.isEmpty() ? "failed, without a reason" : String.join(", because of: ", said);
    }
}
