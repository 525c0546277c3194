package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// Nobody may wait for ever for a disk that failed.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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

    @Test
    void whoWaitsIsToldOfADiskThatFailsAndTheNextDecisionStartsANewFile() throws Exception {
        List<FileChannel> open = new ArrayList<>();
        DecisionJournal journal = new DecisionJournal(folder, 100, PSEUDONYMS, Clock.systemUTC(), (file, how) -> {
            FileChannel channel = FileChannel.open(file, how);
            open.add(channel);
            return channel;
        });
        add(journal, "s", "kept");
        assertEquals(List.of("kept"), operations(journal, 10));
        open.getLast().close();
        add(journal, "s", "lost");
        assertThrows(IOException.class, () -> {
            // The failure may strike the decision itself; then the next one strikes the one who waits.
            for (int i = 0; i < 10; i++) {
                journal.flush();
                open.getLast().close();
                add(journal, "s", "lost");
            }
        });
        add(journal, "s", "new");
        assertEquals(List.of("new"), operations(journal, 1));
        assertTrue(journal.leftOut() > 0);
        journal.close();
    }

    @Test
    void aFileThatCannotBeReplacedStopsNobody() throws Exception {
        Path inTheWay = Files.createDirectories(folder.resolve("decisions.older.jsonl/x"));
        DecisionJournal journal = journal(2);
        add(journal, "s", "a");
        add(journal, "s", "b");
        journal.flush();
        assertEquals(1, journal.leftOut());
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        add(journal, "s", "c");
        assertEquals(List.of("a", "c"), operations(journal, 10));
        journal.close();
    }

    @Test
    void aDecisionThatCannotBeWrittenIsLeftOutAndTheNextOneIsNot() throws Exception {
        DecisionJournal journal = new DecisionJournal(
                folder,
                100,
                (tenant, subject, nonce, create) -> {
                    if (subject.equals("broken")) {
                        throw new IllegalStateException("no key");
                    }
                    return PSEUDONYMS.derive(tenant, subject, nonce, create);
                },
                Clock.systemUTC());
        add(journal, "broken", "first");
        add(journal, "s", "second");
        assertEquals(List.of("second"), operations(journal, 10));
        assertEquals(1, journal.leftOut());
        journal.close();
        assertThrows(IOException.class, journal::flush);
    }

    @Test
    void whatIsNotUtf8IsDamageAndSaysSo() throws Exception {
        DecisionJournal journal = journal(100);
        add(journal, "s", "first");
        journal.close();
        Files.write(folder.resolve("decisions.jsonl"), new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);
        DecisionJournal again = journal(100);
        String message = assertThrows(IOException.class, () -> again.newest(10, Set.of()))
                .getMessage();
        assertTrue(message.contains("decisions.jsonl") && message.contains("UTF-8"), message);
        again.close();
    }

    @Test
    void ofWhatACallerSaysFreelyOnlyNamesAreWritten() throws Exception {
        DecisionJournal journal = journal(100);
        for (String model : List.of("encoder-en", "Ann Smith, ann@example.com", "x".repeat(65))) {
            journal.add(
                    new PolicyRequest(
                            new Caller("s", "acme", Set.of("viewer")), "embed", "research", Map.of("model", model)),
                    new Decision(true, "permitted", "P", List.of(), POLICY));
        }
        List<String> models = journal.newest(10, Set.of()).stream()
                .map(made -> made.request().attributes().get("model"))
                .toList();
        assertEquals("encoder-en", models.get(0));
        assertTrue(models.get(1).matches("sha256:[0-9a-f]{64}"), models.get(1));
        assertTrue(models.get(2).matches("sha256:[0-9a-f]{64}"), models.get(2));
        assertNotEquals(models.get(1), models.get(2));
        journal.close();
        assertFalse(Files.readString(folder.resolve("decisions.jsonl")).contains("Smith"));
    }
}
