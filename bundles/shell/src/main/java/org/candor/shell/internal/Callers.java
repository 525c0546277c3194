package org.candor.shell.internal;

import java.security.Principal;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.jdk25bridge.CurrentSubject;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says for whom a session's commands act: who logged in to the shell, with those of their roles that Candor knows; or whom a
 * session was opened for from outside. Thread safe.
 */
@Component(
        service = {Callers.class, Configured.class},
        configurationPid = Callers.PID)
@Designate(ocd = Callers.Config.class)
public final class Callers implements Configured {

    static final String PID = "org.candor.shell";

    private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

    /** Variable of a session: the stream that takes what is wrong, where it is not the console. */
    public static final String ERRORS = "candor.errors";

    private static final Set<String> ROLES = Set.of("viewer", "operator", "steward", "auditor", "approver", "admin");

    @ObjectClassDefinition(name = "Candor shell", description = "Commands candor:* of the shell.")
    public @interface Config {
        @AttributeDefinition(
                name = "Tenant",
                description = "Whose data people who log in to the shell see and change: 1 to 200 characters.")
        String tenant() default "default";
    }

    private final Configuration<Config> configuration;
    private final Supplier<Subject> current;
    private final Map<Session, Caller> remote = new ConcurrentHashMap<>();

    @Activate
    public Callers(Map<String, Object> properties) {
        this(properties, () -> CurrentSubject.get(null));
    }

    Callers(Map<String, Object> properties, Supplier<Subject> current) {
        this.configuration = Configuration.of(PID, Config.class, properties, Callers::check, LOG::warn);
        this.current = current;
    }

    private static void check(Config config) {
        String tenant = config.tenant();
        if (tenant.isBlank() || tenant.length() > 200) {
            throw new InvalidConfigurationException(PID, "tenant", tenant, "1 to 200 characters");
        }
    }

    /** Counts for the next command. */
    @Modified
    void modified(Map<String, Object> properties) {
        configuration.change(properties, (before, after) -> "", LOG::warn);
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    /** From now on the session's commands act for this caller. Kept apart from the session, whose variables its user can set. */
    void open(Session session, Caller caller) {
        remote.put(session, caller);
    }

    void close(Session session) {
        remote.remove(session);
    }

    /**
     * For whom the session acts.
     *
     * @throws OperationException DENIED when nobody is logged in
     */
    public Caller of(Session session) {
        Caller known = remote.get(session);
        return known != null ? known : loggedIn(current.get());
    }

    private Caller loggedIn(Subject subject) {
        String user = null;
        Set<String> roles = new TreeSet<>();
        if (subject != null) {
            for (Principal principal : subject.getPrincipals()) {
                if (principal instanceof UserPrincipal) {
                    user = principal.getName();
                } else if (principal instanceof RolePrincipal && ROLES.contains(principal.getName())) {
                    roles.add(principal.getName());
                }
            }
        }
        if (user == null) {
            throw new OperationException(
                    Kind.DENIED,
                    "not-logged-in",
                    "Nobody is logged in to this shell, so nobody could answer for the command: log in over SSH, or use"
                            + " ./candor shell.");
        }
        return new Caller(user, configuration.values().tenant(), roles);
    }
}
