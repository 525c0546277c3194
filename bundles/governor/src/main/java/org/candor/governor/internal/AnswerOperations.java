package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Generation;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Retrieval;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Operation {@code answer}: what the library says, in its own words or in those of a model that it supports, masked where the policy
 * wants it, metered and logged.
 */
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

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Generation generation;

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
        String model = question.model() == null ? null : Requests.name("model", question.model());
        if (model != null) {
            request.put("model", model);
        }
        // A model that writes gives places itself, and takes long: it must not hold up those who want a quote.
        Operation.Effect effect = model == null ? Operation.Effect.COMPUTE : Operation.Effect.GENERATE;
        Operation operation =
                new Operation(ANSWER, caller, purpose, effect, request, Map.of(), question.purpose() != null);
        Governed<Reply> done = path.run(operation, new Work(caller, text, language, purpose, model, progress));
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
                "model",
                "sentences",
                "generation",
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

    /** @param written how a model wrote it, or null where the library is quoted */
    private record Reply(Findings findings, AnswerWriter.Outcome written, List<Map<String, Object>> masked) {}

    private final class Work implements Task<Reply> {

        private final Caller caller;
        private final String question;
        private final String language;
        private final String purpose;
        private final String model;
        private final Consumer<String> progress;

        /** @param model route of the model that writes the answer, or null where the library is quoted */
        Work(Caller caller, String question, String language, String purpose, String model, Consumer<String> progress) {
            this.caller = caller;
            this.question = question;
            this.language = language;
            this.purpose = purpose;
            this.model = model;
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
            Grounds grounds = null;
            try {
                if (model == null) {
                    findings = now.answer(question, language, permit.scope());
                } else {
                    grounds = now.grounds(question, language, permit.scope(), AnswerWriter.PASSAGES);
                    findings = grounds.findings();
                }
            } catch (RuntimeException e) {
                throw Services.failure(e, retrieval != now, "retrieval", "retrieval service");
            }
            progress.accept("found");
            meter.work(findings.busyNanos());
            if (grounds == null || findings.answer() == null) {
                return new Reply(findings, null, List.of());
            }
            Generation writes = generation;
            if (writes == null) {
                throw Services.missing("generation", "generation service");
            }
            AnswerWriter.Outcome written = new AnswerWriter(writes).write(caller, model, question, purpose, grounds);
            progress.accept("written");
            return new Reply(written.findings(), written, List.of());
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
            return new Reply(findings, reply.written(), masked);
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
            if (reply.written() != null) {
                members.put("sentences", reply.written().sentences());
                members.put("generation", reply.written().generation());
            }
        }
    }
}
