package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;

/** The snapshot, however it came about, says what the plain list of entries says. */
class ConsentPropertiesTest {
    private static final List<String> SUBJECTS = List.of("anna", "bo", "cai");
    private static final List<String> PURPOSES = List.of("answers", "training", "never-entered", "*");
    private static final List<String> TENANTS = List.of("one", "two");

    record Deed(String tenant, String subject, String purpose, ConsentState state) {}

    @Provide
    Arbitrary<List<Deed>> deeds() {
        return Combinators.combine(
                        Arbitraries.of(TENANTS),
                        Arbitraries.of(SUBJECTS),
                        Arbitraries.of("answers", "training", "*"),
                        Arbitraries.of(ConsentState.class))
                .as((tenant, subject, purpose, state) ->
                        new Deed(tenant, subject, state == ConsentState.ERASED ? "*" : purpose, state))
                .list()
                .ofMaxSize(25);
    }

    @Property(tries = 1_000)
    void theNewestEntryForThePurposeOrForAllDecides(@ForAll("deeds") List<Deed> deeds) {
        List<ConsentRecord> entries = new ArrayList<>();
        ConsentSnapshot stepwise = ConsentSnapshot.of(entries);
        for (Deed deed : deeds) {
            ConsentRecord entry = new ConsentRecord(
                    entries.size() + 1,
                    deed.tenant(),
                    deed.subject(),
                    deed.purpose(),
                    deed.state(),
                    "steward",
                    "",
                    Instant.EPOCH);
            entries.add(entry);
            stepwise = stepwise.with(entry);
        }
        for (ConsentSnapshot snapshot : List.of(stepwise, ConsentSnapshot.of(entries))) {
            assertEquals(entries.size(), snapshot.epoch());
            for (String tenant : TENANTS) {
                for (String purpose : PURPOSES) {
                    Set<String> refusing = new HashSet<>();
                    for (String subject : SUBJECTS) {
                        boolean permitted = permittedByTheList(entries, tenant, subject, purpose);
                        assertEquals(permitted, snapshot.permits(tenant, subject, purpose));
                        if (!permitted) {
                            refusing.add(subject);
                        }
                    }
                    assertEquals(refusing, snapshot.refusing(tenant, purpose));
                }
            }
        }
    }

    private static boolean permittedByTheList(
            List<ConsentRecord> entries, String tenant, String subject, String purpose) {
        for (ConsentRecord entry : entries.reversed()) {
            boolean about = entry.tenant().equals(tenant)
                    && entry.subject().equals(subject)
                    && (entry.purpose().equals(purpose) || entry.purpose().equals("*"));
            if (about) {
                return entry.state() == ConsentState.GRANTED;
            }
        }
        return true;
    }
}
