package org.candor.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shell offers for words that name something, through Karaf's own completion. */
class CompletionTest {

    private static final Caller CALLER = new Caller("ann", "acme", Set.of("admin"));

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            model-rollback 'ROUTE',          encoder-en stories-tiny, ''
            generate --model 'ROUTE',        stories-tiny,           ''
            model-activate 'NAME',           encoder-en encoder-zh,  models.list
            model-activate encoder-zh 'V',   2.0.0,                  models.list
            model-verify 'NAME',             encoder-en encoder-zh,  models.list
            model-verify encoder-en 'V',     1.0.0,                  models.list
            model-remove 'NAME',             encoder-en encoder-zh,  models.list
            model-remove encoder-en 'V',     1.0.0,                  models.list
            policy-activate 'NAME',          strict,                 admin.policies.list
            policy-activate strict 'V',      1.0.0,                  admin.policies.list
            policy-test 'NAME',              strict,                 admin.policies.list
            policy-test strict 'V',          1.0.0,                  admin.policies.list
            policy-replay 'NAME',            strict,                 admin.policies.list
            policy-replay strict 'V',        1.0.0,                  admin.policies.list
            document-remove 'PATH',          a.md hr/信.pdf,          admin.documents.list
            consent 'WHO',                   alice 本,                admin.consent.list
            consent-grant 'WHO',             alice 本,                admin.consent.list
            consent-withdraw 'WHO',          alice 本,                admin.consent.list
            consent-erase 'WHO',             alice 本,                admin.consent.list
            key-revoke 'KEY',                cli,                    admin.access.list
            user-roles 'USER',               admin,                  admin.access.list
            user-password 'USER',            admin,                  admin.access.list
            user-remove 'USER',              admin,                  admin.access.list
            """)
    void whatIsThereIsOfferedToWhoMayListItAndToNobodyElse(String typed, String offered, String operation) {
        String line = typed.replaceFirst("'[A-Z]+'$", "");
        assertEquals(List.of(offered.split(" ")), world.complete(CALLER, line));
        if (operation.isEmpty()) {
            assertEquals(List.of(), world.calls);
            return;
        }
        assertEquals(CALLER, world.lastCaller, "it is listed for who types");
        world.calls.clear();
        world.denied = Set.of(operation);
        assertEquals(List.of(), world.complete(CALLER, line));
        world.denied = Set.of();
        world.obligations = Map.of(operation, List.of("second-person"));
        assertEquals(List.of(), world.complete(CALLER, line));
        assertEquals(Set.of("permissions"), Set.copyOf(world.calls), "nothing is listed");
    }

    @Test
    void whatWasTypedNarrowsWhatIsOffered() {
        assertEquals(List.of("hr/信.pdf"), world.complete(CALLER, "document-remove hr"));
        assertEquals(List.of(), world.complete(CALLER, "document-remove zz"));
        assertEquals(List.of(), world.complete(CALLER, "model-activate encoder-en 2"));
    }

    @Test
    void rolesAreOffered() {
        assertEquals(List.of("admin", "approver", "auditor"), world.complete(CALLER, "user-roles --role a"));
    }

    @Test
    void whatFailsOffersNothing() {
        world.failure = OperationException.denied("role-missing", "The caller has none of the roles admin.", null);
        assertEquals(List.of(), world.complete(CALLER, "document-remove "));
        world.failure = null;
        world.operations.documents = null;
        assertEquals(List.of(), world.complete(CALLER, "document-remove "));
    }
}
