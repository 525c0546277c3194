package org.candor.consent.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.sql.DataSource;
import org.candor.api.backup.StatePart;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentRegister;
import org.candor.api.consent.ConsentState;
import org.candor.api.consent.ConsentUnavailableException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.jdbc.DataSourceFactory;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The register in a database, with a snapshot of it in memory. An entry is durable first, then part of the snapshot, then
 * returned; questions are answered from the snapshot without a lock. When a write fails, nobody knows whether the
 * database has the entry, so there is no snapshot until it was read again: questions fail rather than permit.
 */
@Component(
        name = ConsentLedger.NAME,
        service = {ConsentRegister.class, StatePart.class, Configured.class},
        configurationPid = ConsentLedger.PID,
        immediate = true)
@Designate(ocd = ConsentLedger.Config.class)
public final class ConsentLedger implements ConsentRegister, StatePart, Configured {

    static final String PID = "org.candor.consent";
    static final String NAME = "org.candor.consent.internal.ConsentLedger";

    private static final Logger LOG = LoggerFactory.getLogger(ConsentLedger.class);
    private static final int NAME_LIMIT = 200;
    private static final int REASON_LIMIT = 2000;

    @ObjectClassDefinition(name = "Candor consent", description = "Where consent is recorded.")
    public @interface Config {
        @AttributeDefinition(
                name = "JDBC URL",
                description =
                        "Database of the register. Empty is an H2 file under consent/ in the home folder. For PostgreSQL"
                                + " jdbc:postgresql://HOST/DATABASE, with driver.target below.")
        String url() default "";

        @AttributeDefinition(name = "User", description = "User of the database.")
        String user() default "candor";

        @AttributeDefinition(
                name = "Password",
                description = "Password of that user; H2's file is guarded by the mode of its folder instead.",
                type = AttributeType.PASSWORD)
        String _password() default "";

        @AttributeDefinition(
                name = "Driver",
                description = "Filter for the DataSourceFactory service, such as"
                        + " (osgi.jdbc.driver.class=org.postgresql.Driver).")
        String driver_target() default "(osgi.jdbc.driver.class=org.h2.Driver)";
    }

    private final Configuration<Config> configuration;
    private final Consumer<Config> connects;
    private final ConsentStore store;
    private final KeyDestruction keys;
    private final Clock clock;
    private volatile ConsentSnapshot snapshot;

    @Activate
    public ConsentLedger(
            BundleContext context,
            // Not named "driver": the runtime would apply driver.target itself, and take the register away for a wrong
            // one.
            @Reference(
                            name = "installed",
                            cardinality = ReferenceCardinality.AT_LEAST_ONE,
                            policyOption = ReferencePolicyOption.GREEDY)
                    List<Map.Entry<Map<String, Object>, DataSourceFactory>> drivers,
            @Reference KeyDestruction keys,
            Map<String, Object> properties) {
        this(
                Configuration.of(PID, Config.class, properties, config -> Databases.check(drivers, config), LOG::warn),
                config -> Databases.of(drivers, ConsentFolder.of(context), config),
                keys,
                Clock.systemUTC());
    }

    /** @throws ConsentUnavailableException when the entries cannot be read */
    ConsentLedger(DataSource source, KeyDestruction keys, Clock clock) {
        this(null, config -> source, keys, clock);
    }

    private ConsentLedger(
            Configuration<Config> configuration,
            Function<Config, DataSource> databases,
            KeyDestruction keys,
            Clock clock) {
        this.configuration = configuration;
        this.connects = config -> Databases.connect(() -> databases.apply(config), config);
        DataSource source = databases.apply(configuration == null ? null : configuration.values());
        this.store = new ConsentStore(source);
        this.keys = keys;
        this.clock = clock;
        LOG.info("Consent register at entry {}", current().epoch());
    }

    /** A database that cannot be reached is found before the one that serves is let go. */
    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        boolean changed = configuration.change(
                properties,
                (before, after) -> {
                    connects.accept(after);
                    return "";
                },
                LOG::warn);
        if (changed) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    static String h2Url(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("register").toAbsolutePath()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    @Deactivate
    synchronized void close() {
        snapshot = null;
        store.close();
    }

    @Override
    public long epoch() {
        return current().epoch();
    }

    @Override
    public Set<String> withdrawn(String tenant, String purpose) {
        return current().refusing(tenant, purpose);
    }

    @Override
    public boolean permits(String tenant, String subject, String purpose) {
        return current().permits(tenant, subject, purpose);
    }

    @Override
    public List<String> subjects(String tenant) {
        return current().subjects(tenant);
    }

    @Override
    public ConsentRecord grant(String tenant, String subject, String purpose, String actor, String reason) {
        return enter(tenant, subject, purpose, ConsentState.GRANTED, actor, reason);
    }

    @Override
    public ConsentRecord withdraw(String tenant, String subject, String purpose, String actor, String reason) {
        return enter(tenant, subject, purpose, ConsentState.WITHDRAWN, actor, reason);
    }

    @Override
    public ConsentRecord erase(String tenant, String subject, String actor, String reason) {
        return enter(tenant, subject, ConsentSnapshot.ALL_PURPOSES, ConsentState.ERASED, actor, reason);
    }

    @Override
    public synchronized List<ConsentRecord> records(String tenant, String subject) {
        try {
            return store.of(tenant, subject);
        } catch (SQLException e) {
            store.close();
            throw unavailable("read", e);
        }
    }

    @Override
    public String name() {
        return "consent";
    }

    @Override
    public String folder() {
        return "consent";
    }

    /** A register in another database than the embedded one is left to that database's own tools. */
    @Override
    public synchronized void copy(Path home) throws IOException {
        Path to = Files.createDirectories(home.resolve(folder()));
        Path archive = to.resolve("register.zip");
        try {
            if (store.backUp(archive)) {
                unpack(archive, to);
            }
        } catch (SQLException e) {
            store.close();
            throw new IOException("the consent register cannot be copied: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(archive);
        }
    }

    private static void unpack(Path archive, Path to) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, to.resolve(Path.of(entry.getName()).getFileName()));
            }
        }
    }

    private synchronized ConsentRecord enter(
            String tenant, String subject, String purpose, ConsentState state, String actor, String reason) {
        name("tenant", tenant);
        name("subject", subject);
        name("purpose", purpose);
        name("actor", actor);
        if (reason.length() > REASON_LIMIT || reason.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("reason has " + reason.length() + " characters; allowed are "
                    + REASON_LIMIT + " without a zero character");
        }
        ConsentSnapshot before = current();
        if (state == ConsentState.ERASED) {
            keys.destroy(tenant, subject);
        }
        // Both databases keep microseconds: what is returned equals what is read back.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        ConsentRecord record =
                new ConsentRecord(before.epoch() + 1, tenant, subject, purpose, state, actor, reason, now);
        try {
            store.add(record);
        } catch (SQLException e) {
            snapshot = null;
            store.close();
            throw unavailable("write", e);
        }
        snapshot = before.with(record);
        return record;
    }

    private ConsentSnapshot current() {
        ConsentSnapshot known = snapshot;
        return known != null ? known : readAgain();
    }

    private synchronized ConsentSnapshot readAgain() {
        if (snapshot == null) {
            try {
                snapshot = ConsentSnapshot.of(store.all());
            } catch (SQLException e) {
                store.close();
                throw unavailable("read", e);
            }
        }
        return snapshot;
    }

    private static ConsentUnavailableException unavailable(String deed, SQLException cause) {
        return new ConsentUnavailableException(
                "The consent register cannot " + deed + " its database; nothing is permitted until it can. "
                        + cause.getMessage(),
                cause);
    }

    private static void name(String what, String value) {
        boolean valid = !value.isBlank()
                && value.length() <= NAME_LIMIT
                && value.chars().noneMatch(Character::isISOControl);
        if (!valid) {
            throw new IllegalArgumentException(
                    "%s \"%s\" is not valid: 1 to %d characters, none of them a control character"
                            .formatted(what, value.length() > 50 ? value.substring(0, 50) + "…" : value, NAME_LIMIT));
        }
    }
}
