package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.candor.api.energy.EnergyShare;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Answers.Question;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.ModelUse;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.InvalidProofException;
import org.candor.proof.VerifierKey;
import org.junit.jupiter.api.Test;

/** Answers of the governor against the verifier that third parties use, over a real log. */
class AnswerProofTest {

    private static final Question QUESTION = new Question("谁可以撤回同意? \"who\" \t 🦊", "zh", "research");

    private final World world = new World();
    private final MemoryLog log = new MemoryLog("test.example/log");

    private GovernedPath path() {
        GovernedPath path = world.path();
        path.log = log;
        return path;
    }

    private AnswerVerifier verifier() throws InvalidProofException {
        return new AnswerVerifier(VerifierKey.parse(log.verifierKey()), List.of());
    }

    private static byte[] json(Map<String, Object> answer) {
        return org.candor.proof.Json.write(answer).getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> answer() {
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        world.retrieval.findings = new Findings(
                "Mail 🦊 a@b.com now.",
                "",
                "zh",
                List.of(new Citation("a.md", "sha256:" + "1".repeat(64), 4, 24, "Mail 🦊 a@b.com now.", 1.0 / 3)),
                List.of(new ModelUse("encoder", new ModelId("encoder-zh", "1.0.0", "sha256:" + "2".repeat(64)))),
                Map.of("search", 1.5),
                42_000);
        return world.answers(path()).answer(World.ASKER, QUESTION);
    }

    @Test
    void anAnswerVerifiesAlsoAfterItWasWrittenAndReadAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertEquals(i, verifier().verify(json(answer())).index());
        }
    }

    @Test
    void everyEnergyReadingSurvivesTheRoundTrip() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            double joules = Double.longBitsToDouble(random.nextLong() & Long.MAX_VALUE);
            world.energy.share = new EnergyShare(
                    Double.isFinite(joules) ? joules : null, "rapl", random.nextDouble(), random.nextGaussian(), "");
            verifier().verify(json(answer()));
        }
    }

    @Test
    void anAnswerWithoutSupportVerifies() throws Exception {
        world.retrieval.findings =
                new Findings(null, "The library does not say.", "en", List.of(), List.of(), Map.of(), 0);
        verifier().verify(json(world.answers(path()).answer(World.ASKER, QUESTION)));
    }

    @Test
    void idAndTimingsMayChange() throws Exception {
        Map<String, Object> answer = answer();
        answer.put("id", "another");
        answer.put("timings", Map.of());
        verifier().verify(json(answer));
    }

    @Test
    void nothingElseMayChange() throws Exception {
        Map<String, Object> answer = answer();
        verifier().verify(json(answer));
        List<String> accepted = new ArrayList<>();
        for (String member : List.copyOf(answer.keySet())) {
            if (member.equals("id") || member.equals("timings")) {
                continue;
            }
            for (Object changed : changes(answer.get(member))) {
                Map<String, Object> other = new LinkedHashMap<>(answer);
                other.put(member, changed);
                if (passes(other)) {
                    accepted.add(member + " = " + changed);
                }
            }
            Map<String, Object> without = new LinkedHashMap<>(answer);
            without.remove(member);
            if (passes(without)) {
                accepted.add("without " + member);
            }
        }
        Map<String, Object> more = new LinkedHashMap<>(answer);
        more.put("note", "added");
        if (passes(more)) {
            accepted.add("with note");
        }
        assertEquals(List.of(), accepted);
    }

    private boolean passes(Map<String, Object> answer) throws Exception {
        AnswerVerifier verifier = verifier();
        try {
            verifier.verify(json(answer));
            return true;
        } catch (InvalidProofException e) {
            return false;
        }
    }

    /** The value with each part of it changed in turn. */
    private static List<Object> changes(Object value) {
        List<Object> result = new ArrayList<>();
        switch (value) {
            case null -> result.add("no longer null");
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    for (Object changed : changes(entry.getValue())) {
                        Map<String, Object> copy = new LinkedHashMap<>();
                        map.forEach((name, each) -> copy.put((String) name, each));
                        copy.put((String) entry.getKey(), changed);
                        result.add(copy);
                    }
                }
                Map<String, Object> more = new LinkedHashMap<>();
                map.forEach((name, each) -> more.put((String) name, each));
                more.put("more", 1);
                result.add(more);
            }
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    for (Object changed : changes(list.get(i))) {
                        List<Object> copy = new ArrayList<>(list);
                        copy.set(i, changed);
                        result.add(copy);
                    }
                }
                List<Object> more = new ArrayList<>(list);
                more.add("more");
                result.add(more);
            }
            case String text -> {
                result.add(text + "x");
                result.add(text.isEmpty() ? "x" : text.substring(1));
            }
            case Number number -> result.add(number.doubleValue() == 0 ? 1 : Math.nextUp(number.doubleValue()));
            case Boolean flag -> result.add(!flag);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
        return result;
    }

    @Test
    void theEntrySaysNothingAboutWhoAskedWhat() {
        Map<String, Object> answer = answer();
        String entry = new String(log.entry(0), StandardCharsets.UTF_8);
        for (String secret : List.of(
                "asker",
                "default",
                "同意",
                "who",
                "research",
                "a.md",
                answer.get("id").toString())) {
            assertFalse(entry.contains(secret), secret);
        }
        assertTrue(entry.contains("\"time\":\"2026-11-23T20:00:00.123Z\""), entry);
    }

    @Test
    void twoEqualAnswersHaveNothingInCommonInTheLog() {
        @SuppressWarnings("unchecked")
        Map<String, Object> first =
                (Map<String, Object>) ((Map<String, Object>) answer().get("leaf")).get("commitments");
        @SuppressWarnings("unchecked")
        Map<String, Object> second =
                (Map<String, Object>) ((Map<String, Object>) answer().get("leaf")).get("commitments");
        first.forEach((name, commitment) -> assertNotEquals(commitment, second.get(name), name));
    }

    @Test
    void maskedCodePointsAreReplacedOneForOneAndListed() {
        Map<String, Object> answer = answer();
        assertEquals("Mail 🦊 ███████ now.", answer.get("answer"));
        assertEquals(
                List.of(
                        Map.of("in", "answer", "start", 7, "end", 14, "kind", "email"),
                        Map.of("in", "citations/0", "start", 7, "end", 14, "kind", "email")),
                answer.get("masked"));
    }

    @Test
    void theAnswerNamesItsPolicyAndConsentEpoch() {
        @SuppressWarnings("unchecked")
        Map<String, Object> policy = (Map<String, Object>) answer().get("policy");
        assertEquals("permit", policy.get("decision"));
        assertEquals("research", policy.get("purpose"));
        assertEquals(0L, policy.get("consentEpoch"));
        assertEquals(
                List.of(Map.of("type", "mask-personal-data", "kinds", List.of("email"))), policy.get("obligations"));
    }
}
