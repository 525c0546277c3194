package org.candor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An answer as a person reads it: the answer, its citations, and one quiet line on how it came about. */
final class AnswerText {

    private static final String INDENT = "    ";

    private final Terminal terminal;

    AnswerText(Terminal terminal) {
        this.terminal = terminal;
    }

    /** @param proof what was verified, such as "proof verified: entry 41 of 42" */
    void print(JsonObject answer, String proof) {
        paragraph(answer.text("answer"), "").forEach(line -> terminal.out().println(terminal.bold(line)));
        terminal.out().println();
        int number = 0;
        for (JsonObject citation : answer.objects("citations")) {
            number++;
            terminal.out()
                    .println("[" + number + "] " + Columns.harmless(citation.text("document")) + ", characters "
                            + citation.value("start") + " to " + citation.value("end"));
            paragraph(citation.text("text"), INDENT).forEach(terminal.out()::println);
        }
        terminal.out().println();
        terminal.out().println(terminal.faint(summary(answer, proof)));
    }

    private List<String> paragraph(String text, String indent) {
        int columns = terminal.columns() == 0 ? 0 : Math.max(20, terminal.columns() - indent.length());
        return Columns.wrap(Columns.harmless(text), columns).stream()
                .map(line -> indent + line)
                .toList();
    }

    /** Models, time, energy, proof. */
    static String summary(JsonObject answer, String proof) {
        List<String> parts = new ArrayList<>();
        parts.add(String.join(
                ", ",
                answer.objects("models").stream()
                        .map(model -> model.text("name") + " " + model.text("version"))
                        .toList()));
        if (answer.has("timings") && answer.object("timings").has("total")) {
            parts.add(String.format(
                    Locale.ROOT, "%.0f ms", answer.object("timings").number("total")));
        }
        parts.add(energy(answer.object("energy")));
        parts.add(proof);
        parts.removeIf(String::isEmpty);
        return String.join(" · ", parts);
    }

    static String energy(JsonObject energy) {
        if (!energy.has("joules")) {
            return "energy unknown" + (energy.has("reason") ? " (" + energy.text("reason") + ")" : "");
        }
        return String.format(Locale.ROOT, "%.2f J (%s)", energy.number("joules"), energy.text("method"));
    }
}
