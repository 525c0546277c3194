package org.candor.shell.internal.command;

import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Width;

/** {@code candor:ask}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "ask",
        description = "Answers a question from the library, with citations, energy and log entry.",
        detailedDescription = "Ends with 3 when the library does not say.\n"
                + "Example: candor:ask \"What does withdrawal of consent reach?\"\n"
                + "         candor:ask --lang zh --json \"撤回同意会影响什么？\"")
public final class AskCommand extends CandorCommand {

    @Argument(name = "question", required = true, description = "In quotation marks, at most 4,000 characters.")
    String question;

    @Option(name = "--lang", description = "en or zh; found out where it is not given.")
    @Completion(
            value = StringsCompleter.class,
            values = {"en", "zh"})
    String language;

    @Option(name = "--purpose", description = "What for; question-answering where it is not given.")
    @Completion(value = StringsCompleter.class, values = Answers.DEFAULT_PURPOSE)
    String purpose;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Map<String, Object> answer =
                operations.answers().answer(caller, new Answers.Question(question, language, purpose));
        boolean answered = answer.get("answer") != null;
        if (json) {
            printJson(answer);
        } else if (answered) {
            show(answer);
        } else {
            print((String) answer.get("reason"));
            print(summary(answer));
        }
        return answered ? DONE : NO;
    }

    private void show(Map<String, Object> answer) {
        Width.wrap((String) answer.get("answer"), columns()).forEach(this::print);
        int number = 0;
        for (Object each : (List<?>) answer.get("citations")) {
            Map<?, ?> citation = (Map<?, ?>) each;
            print("[" + ++number + "] " + Width.harmless((String) citation.get("document")) + ", characters "
                    + citation.get("start") + " to " + citation.get("end"));
            Width.wrap((String) citation.get("text"), columns() - 4).forEach(line -> print("    " + line));
        }
        print(summary(answer));
    }

    private static String summary(Map<String, Object> answer) {
        @SuppressWarnings("unchecked")
        Map<String, Object> energy = (Map<String, Object>) answer.get("energy");
        return energy(energy) + ", logged as " + answer.get("id");
    }
}
