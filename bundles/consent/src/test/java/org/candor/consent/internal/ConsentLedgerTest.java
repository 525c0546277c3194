package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsentLedgerTest {
    private static final String T = "default";

    @TempDir
    Path home;

    private final List<String> destroyed = new ArrayList<>();

    private ConsentLedger open() {
        return open(ConsentLedger.h2Url(home));
    }

    private ConsentLedger open(String url) {
        return new ConsentLedger(
                H2.source(url), (tenant, subject) -> destroyed.add(tenant + "/" + subject), Clock.systemUTC());
    }

    @Test
    void whoNeverSaidAnythingIsNotWithdrawn() {
        ConsentLedger ledger = open();
        assertTrue(ledger.permits(T, "anna-berg", "question-answering"));
        assertEquals(Set.of(), ledger.withdrawn(T, "question-answering"));
        assertEquals(0, ledger.epoch());
        assertEquals(List.of(), ledger.subjects(T));
        ledger.close();
    }

    /** The order of entries is theirs: what was said last counts, whatever the clock showed. */
    @Test
    void whatWasSaidLastCountsAlsoWhenTheClockWasSetBackInBetween() {
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        for (Duration jump : List.of(Duration.ofDays(-1), Duration.ofDays(1))) {
            String subject = "anna" + jump;
            ConsentLedger before = at(noon);
            before.grant(T, subject, "research", "steward", "signed");
            before.close();
            ConsentLedger after = at(noon.plus(jump));
            ConsentRecord withdrawn = after.withdraw(T, subject, "research", "steward", "by letter");
            assertFalse(after.permits(T, subject, "research"));
            after.close();
            ConsentLedger again = at(noon);
            assertFalse(again.permits(T, subject, "research"), "read from the database");
            assertEquals(withdrawn, again.records(T, subject).getLast());
            again.grant(T, subject, "research", "steward", "signed again");
            assertTrue(again.permits(T, subject, "research"));
            again.close();
        }
    }

    private ConsentLedger at(Instant now) {
        return new ConsentLedger(
                H2.source(ConsentLedger.h2Url(home)), (tenant, subject) -> {}, Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void aWithdrawalCountsFromTheNextQuestionOnForItsPurposeAndTenantOnly() {
        ConsentLedger ledger = open();
        ConsentRecord entry = ledger.withdraw(T, "anna-berg", "question-answering", "steward", "by letter");
        assertEquals(1, entry.epoch());
        assertEquals(1, ledger.epoch());
        assertFalse(ledger.permits(T, "anna-berg", "question-answering"));
        assertEquals(Set.of("anna-berg"), ledger.withdrawn(T, "question-answering"));
        assertTrue(ledger.permits(T, "anna-berg", "training"));
        assertEquals(Set.of(), ledger.withdrawn(T, "training"));
        assertTrue(ledger.permits("other", "anna-berg", "question-answering"));
        assertEquals(Set.of(), ledger.withdrawn("other", "question-answering"));
        ledger.close();
    }

    @Test
    void aGrantAfterAWithdrawalPermitsAgain() {
        ConsentLedger ledger = open();
        ledger.withdraw(T, "anna-berg", "question-answering", "steward", "");
        ledger.grant(T, "anna-berg", "question-answering", "steward", "");
        assertTrue(ledger.permits(T, "anna-berg", "question-answering"));
        assertEquals(Set.of(), ledger.withdrawn(T, "question-answering"));
        ledger.close();
    }

    @Test
    void erasureRefusesEveryPurposeAndDestroysTheKey() {
        ConsentLedger ledger = open();
        ledger.grant(T, "anna-berg", "question-answering", "steward", "");
        ConsentRecord entry = ledger.erase(T, "anna-berg", "steward", "request 17");
        assertEquals(ConsentState.ERASED, entry.state());
        assertEquals("*", entry.purpose());
        assertEquals(List.of("default/anna-berg"), destroyed);
        assertFalse(ledger.permits(T, "anna-berg", "question-answering"));
        assertFalse(ledger.permits(T, "anna-berg", "never-heard-of"));
        assertEquals(Set.of("anna-berg"), ledger.withdrawn(T, "never-heard-of"));
        ledger.grant(T, "anna-berg", "training", "steward", "came back");
        assertTrue(ledger.permits(T, "anna-berg", "training"));
        assertFalse(ledger.permits(T, "anna-berg", "question-answering"));
        assertEquals(Set.of(), ledger.withdrawn(T, "training"));
        ledger.close();
    }

    @Test
    void aReopenedRegisterSaysTheSame() {
        ConsentLedger first = open();
        List<ConsentRecord> entries = List.of(
                first.grant(T, "anna-berg", "question-answering", "steward", "第一"),
                first.withdraw(T, "anna-berg", "question-answering", "steward", "by letter"),
                first.withdraw(T, "bo-lind", "training", "steward", ""),
                first.erase(T, "cai-wen", "steward", ""));
        first.close();
        ConsentLedger again = open();
        assertEquals(4, again.epoch());
        assertEquals(entries.subList(0, 2), again.records(T, "anna-berg"));
        assertEquals(List.of("anna-berg", "bo-lind", "cai-wen"), again.subjects(T));
        assertEquals(Set.of("anna-berg", "cai-wen"), again.withdrawn(T, "question-answering"));
        assertEquals(Set.of("bo-lind", "cai-wen"), again.withdrawn(T, "training"));
        assertEquals(5, again.withdraw(T, "dora", "training", "steward", "").epoch());
        again.close();
    }

    @Test
    void theSameSqlRunsInPostgresqlMode() {
        ConsentLedger ledger =
                open(ConsentLedger.h2Url(home) + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH");
        ConsentRecord entry = ledger.withdraw(T, "anna-berg", "training", "steward", "");
        assertEquals(List.of(entry), ledger.records(T, "anna-berg"));
        ledger.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "a\0b"})
    void aNameThatIsNoneIsRefusedBeforeAnythingHappens(String subject) {
        ConsentLedger ledger = open();
        assertThrows(IllegalArgumentException.class, () -> ledger.erase(T, subject, "steward", ""));
        assertThrows(IllegalArgumentException.class, () -> ledger.withdraw(T, "x".repeat(201), "p", "steward", ""));
        assertThrows(IllegalArgumentException.class, () -> ledger.grant(T, "x", "p", "steward", "r".repeat(2001)));
        assertEquals(List.of(), destroyed);
        assertEquals(0, ledger.epoch());
        ledger.close();
    }

    @Test
    void aCopyHoldsWhatWasEnteredUntilThen(@TempDir Path elsewhere) throws Exception {
        ConsentLedger ledger = open();
        ledger.withdraw(T, "anna-berg", "question-answering", "steward", "by letter");
        ledger.copy(elsewhere);
        ledger.grant(T, "anna-berg", "question-answering", "steward", "");
        ConsentLedger copy = open(ConsentLedger.h2Url(elsewhere.resolve("consent")));
        assertEquals(1, copy.epoch());
        assertFalse(copy.permits(T, "anna-berg", "question-answering"));
        assertEquals("by letter", copy.records(T, "anna-berg").getFirst().reason());
        copy.grant(T, "ben", "training", "steward", "");
        assertEquals(2, copy.epoch());
        assertEquals(List.of("anna-berg"), ledger.subjects(T));
        try (var files = java.nio.file.Files.list(elsewhere.resolve("consent"))) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".zip")));
        }
        copy.close();
        ledger.close();
    }
}
