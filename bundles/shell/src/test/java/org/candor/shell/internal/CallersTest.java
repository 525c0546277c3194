package org.candor.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.GroupPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.junit.jupiter.api.Test;

class CallersTest {

    private Subject subject = new Subject();
    private final Callers callers = new Callers(Map.of("tenant", "acme"), () -> subject);

    private static Session session() {
        return (Session) Proxy.newProxyInstance(
                Session.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    @Test
    void whoLoggedInActsWithThoseRolesThatCandorKnows() {
        subject.getPrincipals()
                .addAll(Set.of(
                        new UserPrincipal("anna"),
                        new GroupPrincipal("operator"),
                        new RolePrincipal("operator"),
                        new RolePrincipal("auditor"),
                        new RolePrincipal("ssh"),
                        new RolePrincipal("manager"),
                        new RolePrincipal("ADMIN")));
        assertEquals(new Caller("anna", "acme", Set.of("operator", "auditor")), callers.of(session()));
    }

    @Test
    void withoutALoginNobodyActs() {
        assertEquals(
                "not-logged-in",
                assertThrows(OperationException.class, () -> callers.of(session()))
                        .code());
        subject.getPrincipals().add(new RolePrincipal("admin"));
        assertEquals(
                "not-logged-in",
                assertThrows(OperationException.class, () -> callers.of(session()))
                        .code());
        subject = null;
        assertEquals(
                "not-logged-in",
                assertThrows(OperationException.class, () -> callers.of(session()))
                        .code());
    }

    @Test
    void aSessionFromOutsideActsForItsCallerUntilItEnds() {
        subject.getPrincipals().add(new UserPrincipal("anna"));
        Caller cli = new Caller("cli", "default", Set.of("admin"));
        Session remote = session();
        callers.open(remote, cli);
        assertEquals(cli, callers.of(remote));
        assertEquals("anna", callers.of(session()).subject());
        callers.close(remote);
        assertEquals("anna", callers.of(remote).subject());
    }

    @Test
    void theTenantIsNotEmpty() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new Callers(Map.of("tenant", " "), () -> subject));
        assertTrue(e.getMessage().startsWith("org.candor.shell: tenant is"), e.getMessage());
    }
}
