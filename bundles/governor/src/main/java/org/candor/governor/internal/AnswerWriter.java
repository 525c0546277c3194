package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.Generation.Written;
import org.candor.api.operation.OperationException;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.ModelUse;

/**
 * Has a model write an answer from passages, and keeps what they support. The model is asked by operation {@code generate}, with
 * its own decision, obligations and log entry: who may not have text written does not get it by asking the library.
 */
final class AnswerWriter {

    /** Passages that a model is shown, as many of them as there is room for. */
    static final int PASSAGES = 4;

    private static final long MOST_TOKENS = 256;

    private static final Map<String, String> TASK = Map.of(
            "en",
            "Answer the question from the passages alone, in one to three short sentences that keep to the passages' own words."
                    + " Say nothing that they do not say.",
            "zh",
            "只根据以下段落回答问题，用一到三个短句，尽量使用段落原文的措辞。不要说段落里没有的内容。");

    private static final Map<String, String> QUESTION = Map.of("en", "Question: ", "zh", "问题：");
    private static final Map<String, String> ANSWER = Map.of("en", "Answer:", "zh", "回答：");

    /**
     * What became of an answer.
     *
     * @param findings with the text that is left, or the reason why none is
     * @param sentences of the answer: where each stands, in code points, and which citations support it
     * @param generation how it was written, as JSON values
     */
    record Outcome(Findings findings, List<Map<String, Object>> sentences, Map<String, Object> generation) {}

    private final Generation generation;

    AnswerWriter(Generation generation) {
        this.generation = generation;
    }

    /**
     * @param route of the model
     * @param grounds in which the library answers
     * @throws OperationException as {@link Generation#generate}
     */
    Outcome write(Caller caller, String route, String question, String purpose, Grounds grounds) {
        Findings found = grounds.findings();
        long begun = System.nanoTime();
        Written written = written(caller, route, question, purpose, grounds);
        String text = written.generated().continuations().getFirst().text();
        Grounds.Kept kept = grounds.keep(text);
        List<Citation> citations = new ArrayList<>();
        List<Map<String, Object>> sentences = new ArrayList<>();
        String answer = join(kept.sentences(), found.language(), citations, sentences);
        List<ModelUse> models = new ArrayList<>(found.models());
        models.add(new ModelUse("generator", written.begun().model()));
        if (written.begun().base() != null) {
            models.add(new ModelUse("base", written.begun().base()));
        }
        Map<String, Double> timings = new LinkedHashMap<>(found.timings());
        timings.put("write", (System.nanoTime() - begun) * 1e-6);
        Findings findings = new Findings(
                answer,
                answer == null
                        ? "The library does not say: no passage supports a sentence of what the model wrote."
                        : "",
                found.language(),
                citations,
                models,
                timings,
                found.busyNanos());
        return new Outcome(findings, sentences, describe(written, kept));
    }

    /** As many of the passages as the model has room for, as a conversation where it takes one. */
    private Written written(Caller caller, String route, String question, String purpose, Grounds grounds) {
        String language = grounds.findings().language();
        List<Hit> passages = new ArrayList<>(grounds.passages());
        boolean chat = true;
        while (true) {
            String user = passages(passages) + QUESTION.get(language) + question;
            Prompt prompt = chat
                    ? new Prompt.Chat(
                            List.of(
                                    Map.of("role", "system", "content", TASK.get(language)),
                                    Map.of("role", "user", "content", user)),
                            null,
                            false,
                            // Models that think aloud are asked not to.
                            Map.of("enable_thinking", false))
                    : new Prompt.Text(TASK.get(language) + "\n\n" + user + "\n" + ANSWER.get(language));
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put("temperature", 0L);
            parameters.put("max_tokens", MOST_TOKENS);
            try {
                return generation.generate(caller, new Order(route, List.of(prompt), parameters, purpose), null);
            } catch (OperationException e) {
                if (chat && e.code().equals(GenerationOperations.NO_TEMPLATE)) {
                    chat = false;
                } else if (passages.size() > 1 && e.code().equals(GenerationOperations.TOO_LONG)) {
                    passages.removeLast();
                } else {
                    throw e;
                }
            }
        }
    }

    private static String passages(List<Hit> passages) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < passages.size(); i++) {
            text.append('[')
                    .append(i + 1)
                    .append("] ")
                    .append(passages.get(i).text())
                    .append("\n\n");
        }
        return text.toString();
    }

    /** The sentences as one text, or null without any; each quote is cited once. */
    private static String join(
            List<Grounds.Supported> kept,
            String language,
            List<Citation> citations,
            List<Map<String, Object>> sentences) {
        if (kept.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        int length = 0;
        for (Grounds.Supported sentence : kept) {
            if (length > 0 && !language.equals("zh")) {
                text.append(' ');
                length++;
            }
            text.append(sentence.text());
            int end = length + sentence.text().codePointCount(0, sentence.text().length());
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("start", length);
            json.put("end", end);
            json.put(
                    "citations",
                    sentence.citations().stream()
                            .map(citation -> place(citation, citations))
                            .toList());
            sentences.add(json);
            length = end;
        }
        return text.toString();
    }

    /** The number of a citation, which is added where it is new. */
    private static int place(Citation citation, List<Citation> citations) {
        for (int i = 0; i < citations.size(); i++) {
            Citation other = citations.get(i);
            if (other.document().equals(citation.document())
                    && other.version().equals(citation.version())
                    && other.start() == citation.start()
                    && other.end() == citation.end()) {
                return i;
            }
        }
        citations.add(citation);
        return citations.size() - 1;
    }

    private static Map<String, Object> describe(Written written, Grounds.Kept kept) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", written.evidence().id());
        json.put("dropped", kept.dropped());
        json.put("prompt_tokens", written.generated().promptTokens());
        json.put("completion_tokens", written.generated().completionTokens());
        json.put("energy", written.evidence().energy());
        return json;
    }
}
