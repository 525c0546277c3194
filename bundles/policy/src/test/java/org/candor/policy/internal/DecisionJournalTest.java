package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionJournalTest {

    static final DecisionJournal.Pseudonyms PSEUDONYMS = (tenant, subject, nonce, create) -> {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(nonce);
            return digest.digest((tenant + "/" + subject).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    };
    private static final PolicyId POLICY = new PolicyId("p", "1", "sha256:" + "d".repeat(64));

    @TempDir
    Path folder;

    private DecisionJournal journal(int most) throws IOException {
        return new DecisionJournal(folder, most, PSEUDONYMS, Clock.systemUTC());
    }

    private static void add(DecisionJournal journal, String subject, String operation) {
        journal.add(
                new PolicyRequest(
                        new Caller(subject, "acme", Set.of("viewer")), operation, "research", Map.of("model", "m")),
                new Decision(true, "permitted", "P", List.of(), POLICY));
    }

    private static List<String> operations(DecisionJournal journal, int most) throws Exception {
        return journal.newest(most, Set.of()).stream()
                .map(made -> made.request().operation())
                .toList();
    }

    @Test
    void whoAskedIsAPseudonymThatOnlyAPolicysOwnNamesLift() throws Exception {
        DecisionJournal journal = journal(100);
        add(journal, "Ann Smith", "answer");
        add(journal, "Ann Smith", "embed");
        add(journal, "Bob", "embed");
        List<DecisionJournal.Made> made = journal.newest(10, Set.of("Bob"));
        assertEquals(3, made.size());
        assertEquals(made.get(0).caller(), made.get(1).caller());
        assertTrue(made.get(0).request().caller().subject().matches("[0-9a-f]{16}"));
        assertEquals("Bob", made.get(2).request().caller().subject());
        assertEquals(Map.of("model", "m"), made.get(0).request().attributes());
        journal.close();
        String written = Files.readString(folder.resolve("decisions.jsonl"));
        assertFalse(written.contains("Ann") || written.contains("Bob"), written);
        assertTrue(written.startsWith("{\"format\":\"candor-decisions\",\"v\":1,"), written);
    }

    @Test
    void itIsBoundedAndKeepsTheNewest() throws Exception {
        DecisionJournal journal = journal(10);
        for (int i = 0; i < 38; i++) {
            add(journal, "s", "o" + i);
        }
        List<String> operations = operations(journal, 100);
        assertEquals("o37", operations.getLast());
        assertTrue(operations.size() >= 5 && operations.size() <= 10, operations.toString());
        assertEquals(List.of("o36", "o37"), operations(journal, 2));
        journal.close();
    }

    @Test
    void itGoesOnAfterARestartAndAfterACrashInTheMiddleOfALine() throws Exception {
        DecisionJournal journal = journal(100);
        add(journal, "s", "first");
        journal.close();
        Files.writeString(folder.resolve("decisions.jsonl"), "{\"t\":\"2026", StandardOpenOption.APPEND);
        journal = journal(100);
        add(journal, "s", "second");
        assertEquals(List.of("first", "second"), operations(journal, 100));
        journal.close();
    }

    @Test
    void aFileOfAnotherFormatIsKeptAsideAndNotRead() throws Exception {
        Files.writeString(
                folder.resolve("decisions.jsonl"), "{\"format\":\"candor-decisions\",\"v\":2,\"nonce\":\"00\"}\n");
        DecisionJournal journal = journal(100);
        add(journal, "s", "new");
        assertEquals(List.of("new"), operations(journal, 100));
        journal.close();
        assertTrue(Files.readString(folder.resolve("decisions.unreadable")).contains("\"v\":2"));
    }

    @Test
    void pseudonymsOfTwoFilesCannotBeLinked() throws Exception {
        DecisionJournal journal = journal(2);
        add(journal, "s", "a");
        add(journal, "s", "b");
        List<DecisionJournal.Made> made = journal.newest(10, Set.of());
        assertEquals(2, made.size());
        assertNotEquals(made.get(0).caller(), made.get(1).caller());
        journal.close();
    }
}
