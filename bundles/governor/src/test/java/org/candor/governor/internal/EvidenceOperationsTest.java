package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.OperationException;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.junit.jupiter.api.Test;

class EvidenceOperationsTest {

    private final World world = new World();
    private final GovernedPath path = world.path();
    private final EvidenceOperations evidences = new EvidenceOperations(path);

    private static OperationException refused(Runnable call) {
        return assertThrows(OperationException.class, call::run);
    }

    private String ask() {
        Map<String, Object> answer = world.answers(path).answer(World.ASKER, new Answers.Question("what?", null, null));
        return (String) answer.get("id");
    }

    @Test
    void anIdLeadsItsOwnTenantToTheEntryAndNobodyElse() {
        ask();
        String id = ask();
        world.log.checkpoint = "test.example/log\n2\n" + "A".repeat(43) + "=\n\n\u2014 test.example/log c2ln\n";
        Evidences.Proof proof = evidences.proof(World.ASKER, id);
        assertEquals(1, proof.index());
        assertEquals(2, proof.size());
        assertEquals("answer", proof.leaf().get("operation"));
        assertTrue(proof.proof().startsWith("c2sp.org/tlog-proof@v1\nindex 1\n"), proof.proof());
        assertTrue(proof.proof().endsWith(world.log.checkpoint), proof.proof());
        Caller colleague = new Caller("somebody", "default", Set.of("auditor"));
        assertEquals(1, evidences.proof(colleague, id).index());
        for (Caller stranger : List.of(
                new Caller("asker", "umbrella", Set.of("admin")), new Caller("asker", "acme", Set.of("viewer")))) {
            assertEquals(
                    "proof_not_found",
                    refused(() -> evidences.proof(stranger, id)).code());
        }
    }

    @Test
    void anIdIsAsGoodAfterARestartAndCannotBeMadeUp() {
        String id = ask();
        world.log.checkpoint = "test.example/log\n1\n" + "A".repeat(43) + "=\n\n\u2014 test.example/log c2ln\n";
        EvidenceOperations restarted = new EvidenceOperations(world.path());
        assertEquals(0, restarted.proof(World.ASKER, id).index());
        for (String other : List.of(
                "",
                "0",
                "-1-000000000000000000000000",
                "0-000000000000000000000000",
                "1" + id.substring(1),
                id + "0",
                id.toUpperCase(java.util.Locale.ROOT) + "x",
                "999999999999999-" + id.substring(2),
                "9999999999999999-" + id.substring(2))) {
            assertEquals(
                    "proof_not_found",
                    refused(() -> restarted.proof(World.ASKER, other)).code(),
                    other);
        }
    }

    @Test
    void readingTheLogNeedsAPermitAndWritesNothing() {
        String id = ask();
        assertEquals(1, evidences.entries(World.ASKER, 0, 10).entries().size());
        assertEquals(1, world.log.entries.size());
        world.policy.permits = false;
        refused(() -> evidences.proof(World.ASKER, id));
        refused(() -> evidences.entries(World.ASKER, 0, 1));
        refused(() -> evidences.consistency(World.ASKER, 1, -1));
        assertEquals("log.read", world.policy.last.operation());
    }

    @Test
    void entriesComeInPagesThatEndWithTheLog() {
        for (int i = 0; i < 5; i++) {
            ask();
        }
        Evidences.Page page = evidences.entries(World.ASKER, 3, 10);
        assertEquals(5, page.size());
        assertEquals(
                List.of(3L, 4L),
                page.entries().stream().map(Evidences.Entry::index).toList());
        assertTrue(evidences.entries(World.ASKER, 99, 1).entries().isEmpty());
        assertTrue(
                evidences.entries(World.ASKER, Long.MAX_VALUE / 2, 1).entries().isEmpty());
        for (int[] wrong : new int[][] {{-1, 1}, {0, 0}, {0, 257}}) {
            assertEquals(
                    OperationException.Kind.INVALID,
                    refused(() -> evidences.entries(World.ASKER, wrong[0], wrong[1]))
                            .kind());
        }
    }

    @Test
    void consistencyIsBetweenTreesThatExist() {
        ask();
        ask();
        assertEquals(2, evidences.consistency(World.ASKER, 1, -1).to());
        for (int[] wrong : new int[][] {{0, 1}, {2, 1}, {1, 3}}) {
            assertEquals(
                    "from",
                    refused(() -> evidences.consistency(World.ASKER, wrong[0], wrong[1]))
                            .parameter());
        }
    }

    @Test
    void anAnswerTellsHowFarItIs() {
        List<String> stages = new ArrayList<>();
        world.answers(path).answer(World.ASKER, new Answers.Question("what?", null, null), stages::add);
        assertEquals(List.of("permitted", "found"), stages);
        stages.clear();
        world.policy.permits = false;
        refused(() -> world.answers(path).answer(World.ASKER, new Answers.Question("what?", null, null), stages::add));
        assertTrue(stages.isEmpty());
    }

    @Test
    void aDocumentIsReadMaskedAndOnlyByWhoMaySeeIt() {
        world.library.documents.add(World.document("a.md", "alice"));
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        Documents.Text read = world.documents(path).read(World.ASKER, "a.md");
        assertEquals("Write to " + "\u2588".repeat(12) + " 马.", read.text());
        assertEquals("text", read.masked().getFirst().get("in"));
        assertEquals("admin.documents.read", world.policy.last.operation());
        assertEquals(
                "document_not_found",
                refused(() -> world.documents(path).read(World.ASKER, "b.md")).code());
        world.consent.withdrawn.add("alice");
        assertEquals(
                "document_not_found",
                refused(() -> world.documents(path).read(World.ASKER, "a.md")).code(),
                "like what is not there");
        assertEquals(
                "document_not_found",
                refused(() -> world.documents(path).read(new Caller("asker", "umbrella", Set.of("viewer")), "a.md"))
                        .code());
    }

    @Test
    void anErasureIsShownBeforeItIsDone() {
        world.library.documents.add(World.document("a.md", "alice"));
        world.library.documents.add(World.document("b.md", "bob"));
        world.consents(path).grant(World.ASKER, "alice", null, null);
        var preview = world.consents(path).preview(World.ASKER, "alice");
        assertEquals(List.of(World.document("a.md", "alice")), preview.documents());
        assertEquals(1, preview.records());
        assertEquals(2, world.library.documents.size(), "nothing is erased");
    }
}
