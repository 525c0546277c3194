package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Retrieval;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operation {@code answer}: what the library says, masked where the policy wants it, metered and logged. */
@Component
public final class AnswerOperations implements Answers {

    private static final int MOST_CODE_POINTS = 4_000;
    private static final String ANSWER = "answer";

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Retrieval retrieval;

    @Activate
    public AnswerOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Map<String, Object> answer(Caller caller, Question question, Consumer<String> progress) {
        String text = Requests.text("question", question.text(), MOST_CODE_POINTS);
        String language = Requests.language(question.language());
        String purpose = Requests.purpose(question.purpose());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("question", text);
        request.put("purpose", purpose);
        Operation operation = new Operation(
                ANSWER, caller, purpose, Operation.Effect.COMPUTE, request, Map.of(), question.purpose() != null);
        Governed<Reply> done = path.run(operation, new Work(text, language, progress));
        return json(done);
    }

    private static Map<String, Object> json(Governed<Reply> done) {
        Map<String, Object> members = done.members();
        Evidence evidence = done.evidence();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", evidence.id());
        for (String name : List.of(
                "question",
                ANSWER,
                "reason",
                "language",
                "purpose",
                "citations",
                "masked",
                "models",
                "energy",
                "policy")) {
            if (members.containsKey(name)) {
                json.put(name, members.get(name));
            }
        }
        json.put("proof", evidence.proof());
        json.put("leaf", evidence.leaf());
        json.put("openings", evidence.openings());
        Map<String, Object> timings = new LinkedHashMap<>(done.timings());
        timings.putAll(done.result().findings().timings());
        json.put("timings", timings);
        return json;
    }

    private record Reply(Findings findings, List<Map<String, Object>> masked) {}

    private final class Work implements Task<Reply> {

        private final String question;
        private final String language;
        private final Consumer<String> progress;

        Work(String question, String language, Consumer<String> progress) {
            this.question = question;
            this.language = language;
            this.progress = progress;
        }

        @Override
        public Reply perform(Permit permit, Meter meter) {
            Retrieval now = retrieval;
            if (now == null) {
                throw Services.missing("retrieval", "retrieval service");
            }
            progress.accept("permitted");
            Findings findings;
            try {
                findings = now.answer(question, language, permit.scope());
            } catch (RuntimeException e) {
                throw Services.failure(e, retrieval != now, "retrieval", "retrieval service");
            }
            progress.accept("found");
            meter.work(findings.busyNanos());
            return new Reply(findings, List.of());
        }

        @Override
        public boolean masks() {
            return true;
        }

        @Override
        public Reply mask(Reply reply, Masking masking) {
            Findings open = reply.findings();
            Map<String, String> texts = new LinkedHashMap<>();
            texts.put(ANSWER, open.answer());
            for (int i = 0; i < open.citations().size(); i++) {
                texts.put("citations/" + i, open.citations().get(i).text());
            }
            Map<String, String> closed = masking.maskTogether(texts);
            List<Citation> citations = new ArrayList<>();
            for (int i = 0; i < open.citations().size(); i++) {
                Citation citation = open.citations().get(i);
                citations.add(new Citation(
                        citation.document(),
                        citation.version(),
                        citation.start(),
                        citation.end(),
                        closed.get("citations/" + i),
                        citation.score()));
            }
            Findings findings = new Findings(
                    closed.get(ANSWER),
                    open.reason(),
                    open.language(),
                    citations,
                    open.models(),
                    open.timings(),
                    open.busyNanos());
            List<Map<String, Object>> masked = new ArrayList<>(reply.masked());
            masked.addAll(masking.masked());
            return new Reply(findings, masked);
        }

        @Override
        public void describe(Reply reply, Map<String, Object> members) {
            Findings findings = reply.findings();
            members.put(ANSWER, findings.answer());
            if (findings.answer() == null) {
                members.put("reason", findings.reason());
            }
            members.put("language", findings.language());
            members.put("citations", Json.citations(findings.citations()));
            members.put("masked", reply.masked());
            members.put("models", Json.models(findings.models()));
        }
    }
}
