package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.candor.api.consent.ConsentUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database that fails at a chosen call: nothing is permitted on hearsay. */
class FailingDatabaseTest {
    private static final String T = "default";

    @TempDir
    Path home;

    private String failing = "";
    private boolean away;
    private final List<String> destroyed = new ArrayList<>();

    private ConsentLedger open() {
        DataSource h2 = H2.source(ConsentLedger.h2Url(home));
        DataSource source = proxy(DataSource.class, (method, call) -> {
            if (away) {
                throw new SQLException("connection refused");
            }
            return failingConnection(h2.getConnection());
        });
        return new ConsentLedger(source, (tenant, subject) -> destroyed.add(subject), Clock.systemUTC());
    }

    private Connection failingConnection(Connection real) {
        return proxy(Connection.class, (method, call) -> {
            if (method.equals(failing)) {
                failing = "";
                throw new SQLException("disk full in " + method);
            }
            if (method.equals("commit") && failing.equals("after commit")) {
                failing = "";
                call.get(real);
                throw new SQLException("connection lost after the commit");
            }
            return call.get(real);
        });
    }

    /** A call on the real object. */
    private interface Call {
        Object get(Object real) throws Throwable;
    }

    private interface Answer {
        Object to(String method, Call call) throws Throwable;
    }

    private static <X> X proxy(Class<X> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer.to(method.getName(), real -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })));
    }

    @ParameterizedTest
    @CsvSource({"prepareStatement, false", "commit, false", "after commit, true", "createStatement, true"})
    void afterAFailedWriteTheRegisterSaysOnlyWhatTheDatabaseHolds(String failure, boolean entered) {
        ConsentLedger ledger = open();
        ledger.grant(T, "anna-berg", "training", "steward", "");
        failing = failure;
        assertThrows(
                ConsentUnavailableException.class, () -> ledger.withdraw(T, "anna-berg", "training", "steward", ""));
        away = true;
        assertThrows(ConsentUnavailableException.class, () -> ledger.permits(T, "anna-berg", "training"));
        assertThrows(ConsentUnavailableException.class, () -> ledger.permits(T, "nobody", "training"));
        assertThrows(ConsentUnavailableException.class, () -> ledger.withdrawn(T, "training"));
        assertThrows(ConsentUnavailableException.class, () -> ledger.grant(T, "anna-berg", "training", "steward", ""));
        away = false;
        assertEquals(!entered, ledger.permits(T, "anna-berg", "training"));
        assertEquals(entered ? 2 : 1, ledger.epoch());
        ledger.withdraw(T, "anna-berg", "training", "steward", "again");
        assertFalse(ledger.permits(T, "anna-berg", "training"));
        ledger.close();
    }

    @Test
    void anErasureThatCannotBeEnteredFailsAndCanBeRepeated() {
        ConsentLedger ledger = open();
        failing = "commit";
        assertThrows(ConsentUnavailableException.class, () -> ledger.erase(T, "anna-berg", "steward", ""));
        ledger.erase(T, "anna-berg", "steward", "");
        assertEquals(List.of("anna-berg", "anna-berg"), destroyed);
        assertEquals(Set.of("anna-berg"), ledger.withdrawn(T, "training"));
        ledger.close();
    }

    @Test
    void anErasureWhoseKeyCannotBeDestroyedIsNotEntered() {
        ConsentLedger ledger = new ConsentLedger(
                H2.source(ConsentLedger.h2Url(home)),
                (tenant, subject) -> {
                    throw new ConsentUnavailableException("key file cannot be destroyed", null);
                },
                Clock.systemUTC());
        assertThrows(ConsentUnavailableException.class, () -> ledger.erase(T, "anna-berg", "steward", ""));
        assertEquals(0, ledger.epoch());
        assertTrue(ledger.permits(T, "anna-berg", "training"));
        ledger.close();
    }

    @Test
    void aDatabaseThatIsAwayAtTheStartStopsTheStart() {
        away = true;
        assertThrows(ConsentUnavailableException.class, this::open);
    }
}
