package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AnswerVerifierTest {

    private final Random random = new Random(20261123);
    private SigningKey log;
    private SigningKey stranger;
    private AnswerVerifier verifier;
    private Map<String, Object> answer;

    @BeforeEach
    void anAnswerInALogOfElevenEntries() throws InvalidProofException {
        log = SigningKey.generate("example.com/log");
        stranger = SigningKey.generate("example.com/stranger");
        verifier = new AnswerVerifier(log.verifier(), List.of());
        answer = new LinkedHashMap<>();
        answer.put("id", "answer-1");
        answer.put("question", "Who may withdraw consent?");
        answer.put("answer", "The person \ud83d\ude02 it is about.");
        answer.put("language", "en");
        answer.put(
                "citations",
                List.of(new LinkedHashMap<>(
                        Map.of("document", "a.md", "start", 3L, "end", 9L, "text", "The pe", "score", 0.75))));
        answer.put("models", List.of(new LinkedHashMap<>(Map.of("role", "encoder", "digest", "sha256:00"))));
        answer.put("energy", new LinkedHashMap<>(Map.of("joules", 1.25, "method", "estimate")));
        answer.put("policy", new LinkedHashMap<>(Map.of("decision", "permit", "obligations", List.of())));
        answer.put("timings", new LinkedHashMap<>(Map.of("total", 12.5)));
        Map<String, Object> commitments = new LinkedHashMap<>();
        Map<String, Object> openings = new LinkedHashMap<>();
        for (String member : List.copyOf(answer.keySet())) {
            if (!Commitments.UNCOMMITTED.contains(member)) {
                byte[] key = new byte[32];
                random.nextBytes(key);
                openings.put(member, Base64.getEncoder().encodeToString(key));
                commitments.put(member, Commitments.commit(key, answer.get(member)));
            }
        }
        Map<String, Object> leaf = new LinkedHashMap<>();
        leaf.put("v", 1L);
        leaf.put("operation", "answer");
        leaf.put("commitments", commitments);
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            byte[] entry = i == 6 ? Json.canonical(leaf) : ("other " + i).getBytes(StandardCharsets.UTF_8);
            hashes.add(MerkleTree.leafHash(entry));
        }
        MerkleTree.Nodes nodes = new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                return level == 0
                        ? hashes.get((int) index)
                        : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
        String checkpoint =
                log.sign(new Checkpoint("example.com/log", 11, MerkleTree.root(11, nodes), List.of()).text());
        answer.put("proof", new TlogProof(6, MerkleTree.inclusion(6, 11, nodes), checkpoint).text());
        answer.put("leaf", leaf);
        answer.put("openings", openings);
    }

    private static byte[] json(Object value) {
        return Json.write(value).getBytes(StandardCharsets.UTF_8);
    }

    private void refused(Map<String, Object> changed, String what) {
        InvalidProofException e = assertThrows(InvalidProofException.class, () -> verifier.verify(json(changed)), what);
        assertTrue(!e.getMessage().isBlank());
    }

    @Test
    void aGenuineAnswerPasses() throws InvalidProofException {
        TlogProof.Verified verified = verifier.verify(json(answer));
        assertEquals(6, verified.index());
        assertEquals(11, verified.checkpoint().size());
        answer.put("id", "another");
        answer.remove("timings");
        verifier.verify(json(answer));
    }

    @Test
    void anyChangedValueIsRefused() {
        int changes = 0;
        for (String member : List.copyOf(answer.keySet())) {
            if (!member.equals("id") && !member.equals("timings")) {
                changes += changeEverywhere(answer, member);
            }
        }
        assertTrue(changes > 60, changes + " changes tried");
    }

    /** Changes the value of one key, and everything inside it, one at a time; puts it back each time. */
    @SuppressWarnings("unchecked")
    private int changeEverywhere(Map<String, Object> parent, String key) {
        Object value = parent.get(key);
        int changes = 0;
        for (Object other : others(value)) {
            parent.put(key, other);
            refused(answer, key + ": " + value + " -> " + other);
            changes++;
        }
        parent.remove(key);
        refused(answer, "without " + key);
        parent.put(key, value);
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> object = (Map<String, Object>) map;
            object.put("extra", 1L);
            refused(answer, key + " with something more");
            object.remove("extra");
            for (String inner : List.copyOf(object.keySet())) {
                changes += changeEverywhere(object, inner);
            }
        } else if (value instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map<?, ?> first) {
            Map<String, Object> object = (Map<String, Object>) first;
            for (String inner : List.copyOf(object.keySet())) {
                changes += changeEverywhere(object, inner);
            }
        }
        return changes;
    }

    private static List<Object> others(Object value) {
        List<Object> others = new ArrayList<>();
        if (value != null) {
            others.add(null);
        }
        switch (value) {
            case null -> others.add("null");
            case String text -> {
                others.add(text + " ");
                others.add("");
                others.add(text.substring(1));
                others.add(text.replaceFirst("[a-y]", "z"));
                others.removeIf(text::equals);
            }
            case Long whole -> others.add(whole + 1);
            case Double number -> others.add(Math.nextUp(number));
            case List<?> list -> others.add(list.isEmpty() ? List.of(1L) : List.of());
            case Map<?, ?> map -> others.add(new LinkedHashMap<>());
            default -> others.add("something");
        }
        return others;
    }

    @Test
    void noChangedCharacterOfTheProofIsAccepted() {
        String proof = (String) answer.get("proof");
        for (int i = 0; i < proof.length(); i++) {
            answer.put("proof", proof.substring(0, i) + (char) (proof.charAt(i) + 1) + proof.substring(i + 1));
            refused(answer, "character " + i);
            answer.put("proof", proof.substring(0, i) + proof.substring(i + 1));
            refused(answer, "without character " + i);
            answer.put("proof", proof.substring(0, i) + "\n" + proof.substring(i));
            refused(answer, "a line break at " + i);
        }
        answer.put("proof", proof.replace("index 6", "index 06"));
        refused(answer, "leading zero");
        answer.put("proof", proof.replace("\nindex", "\nextra AAAA\nindex"));
        refused(answer, "extra data");
    }

    @Test
    void aStrangersSignatureIsRefusedUnlessTheKeyIsGiven() throws InvalidProofException {
        String proof = (String) answer.get("proof");
        String text =
                SignedNote.parse(proof.substring(proof.indexOf("\n\n") + 2)).text();
        String line = stranger.sign(text).substring(text.length() + 1);
        answer.put("proof", proof + line);
        refused(answer, "a signature nobody knows");
        new AnswerVerifier(log.verifier(), List.of(stranger.verifier())).verify(json(answer));
        answer.put("proof", proof.substring(0, proof.indexOf("\n\n") + 2) + stranger.sign(text));
        assertThrows(InvalidProofException.class, () -> new AnswerVerifier(log.verifier(), List.of(stranger.verifier()))
                .verify(json(answer)));
    }

    @Test
    void anotherMemberOrCommitmentIsRefused() {
        answer.put("note", "slipped in");
        refused(answer, "a member without commitment");
        answer.remove("note");
        Vectors.object(answer.get("openings")).put("note", Base64.getEncoder().encodeToString(new byte[32]));
        refused(answer, "an opening without member");
    }

    @Test
    void aDigitThatOnlyRoundingHidesIsRefused() throws InvalidProofException {
        double joules = 0.1 + 0.2;
        Vectors.object(answer.get("energy")).put("joules", joules);
        String opening = (String) Vectors.object(answer.get("openings")).get("energy");
        byte[] key = Base64.getDecoder().decode(opening);
        Map<String, Object> energy = Vectors.object(answer.get("energy"));
        Map<String, Object> leaf = Vectors.object(answer.get("leaf"));
        Vectors.object(leaf.get("commitments")).put("energy", Commitments.commit(key, energy));
        byte[] entry = Json.canonical(leaf);
        String checkpoint =
                log.sign(new Checkpoint("example.com/log", 1, MerkleTree.leafHash(entry), List.of()).text());
        answer.put("proof", new TlogProof(0, List.of(), checkpoint).text());
        String text = Json.write(answer);
        verifier.verify(text.getBytes(StandardCharsets.UTF_8));
        for (String same : List.of("3.0000000000000004e-1", "0.300000000000000040", "30000000000000004E-17")) {
            verifier.verify(text.replace("0.30000000000000004", same).getBytes(StandardCharsets.UTF_8));
        }
        for (String other : List.of("0.30000000000000003", "0.300000000000000041", "0.3000000000000000444")) {
            assertEquals(joules, Double.parseDouble(other), "the same to a reader that rounds");
            byte[] changed = text.replace("0.30000000000000004", other).getBytes(StandardCharsets.UTF_8);
            InvalidProofException e = assertThrows(InvalidProofException.class, () -> verifier.verify(changed), other);
            assertTrue(e.getMessage().contains(other), e.getMessage());
        }
    }

    @Test
    void numbersThatAreReadAsOthersAreRefusedAndOtherSpellingsAreNot() {
        for (String number :
                List.of("-0", "-0.0e5", "1e-400", "-1e-99999999999", "9007199254740993", "0.1000000000000000055")) {
            byte[] json = ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8);
            assertThrows(JsonException.class, () -> Json.parseExactObject(json), number);
            Json.parseObject(json);
        }
        for (String number : List.of("0", "0.000", "0e7", "-1.50", "1e-07", "9007199254740994", "1E+22", "5e-324")) {
            Json.parseExactObject(("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void duplicateMembersAreRefused() {
        String text = Json.write(answer);
        String twice = "{\"answer\":\"something else\"," + text.substring(1);
        assertThrows(InvalidProofException.class, () -> verifier.verify(twice.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void mutatedAnswersEndInAReasonOrAreUnchanged() throws InvalidProofException {
        byte[] good = json(answer);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            try {
                verifier.verify(bad);
                Map<String, Object> read = Json.parseObject(bad);
                for (String free : List.of("id", "timings")) {
                    read.remove(free);
                }
                Map<String, Object> original = new LinkedHashMap<>(answer);
                original.remove("id");
                original.remove("timings");
                assertEquals(original, read, "accepted with another content");
            } catch (InvalidProofException e) {
                refused++;
            }
        }
        assertTrue(refused > 2500, refused + " refused");
    }
}
