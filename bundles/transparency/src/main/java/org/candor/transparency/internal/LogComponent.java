package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.candor.api.backup.StatePart;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SigningKey;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instance's log as a service. Activation fails, with the reason, when the log is damaged or held elsewhere. */
@Component(
        name = LogComponent.NAME,
        service = {TransparencyLog.class, StatePart.class, Configured.class},
        configurationPid = LogComponent.PID,
        immediate = true)
@Designate(ocd = LogComponent.Config.class)
public final class LogComponent implements TransparencyLog, StatePart, Configured {

    static final String PID = "org.candor.transparency";
    static final String NAME = "org.candor.transparency.internal.LogComponent";

    private static final Logger LOG = LoggerFactory.getLogger(LogComponent.class);

    private static final int MIN_SEGMENT = 8;
    private static final int MAX_SEGMENT = 1024;

    @ObjectClassDefinition(name = "Candor transparency log")
    public @interface Config {
        @AttributeDefinition(
                name = "Directory",
                description = "Folder of the log: tiles, journal, keys. Empty: log/ in candor.home.")
        String directory() default "";

        @AttributeDefinition(
                name = "Origin",
                description =
                        "Name of a new log, first line of its checkpoints: a schema-less URL of your own, such as "
                                + "example.com/candor. It cannot be changed later. Empty: candor.local/ and a random name.")
        String origin() default "";

        @AttributeDefinition(
                name = "Journal segment",
                description =
                        "MiB of a journal segment, 8 to 1024. Tiles of a full segment are forced to the disk, then "
                                + "it is used again.")
        int segmentMebibytes() default 32;
    }

    private final Configuration<Config> configuration;
    private final GroupCommitLog log;

    @Activate
    public LogComponent(BundleContext context, Map<String, Object> properties) throws IOException {
        configuration = Configuration.of(PID, Config.class, properties, LogComponent::check, LOG::warn);
        Config config = configuration.values();
        log = new GroupCommitLog(
                new GroupCommitLog.Settings(
                        directory(context, config.directory()),
                        config.origin().strip(),
                        config.segmentMebibytes() << 20),
                new Disk());
    }

    private static void check(Config config) {
        int segment = config.segmentMebibytes();
        if (segment < MIN_SEGMENT || segment > MAX_SEGMENT) {
            throw new InvalidConfigurationException(
                    PID, "segmentMebibytes", segment, MIN_SEGMENT + " to " + MAX_SEGMENT);
        }
        try {
            Path directory = Path.of(config.directory().strip());
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new InvalidConfigurationException(PID, "directory", directory, "folders, not a file");
            }
        } catch (InvalidPathException e) {
            throw new InvalidConfigurationException(PID, "directory", config.directory(), "folders");
        }
        String origin = config.origin().strip();
        if (!origin.isEmpty()) {
            try {
                SigningKey.generate(origin);
            } catch (InvalidProofException e) {
                throw new InvalidConfigurationException(
                        PID, "origin", origin, "names without white space and plus signs");
            }
        }
    }

    /** A log is never moved or renamed under entries that are being written. */
    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        if (configuration.change(properties, this::changed, LOG::warn)) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    private String changed(Config before, Config after) {
        if (!before.directory().strip().equals(after.directory().strip())) {
            return "the change of directory, and all that changed with it, counts from the next start on";
        }
        String origin = after.origin().strip();
        if (!origin.isEmpty() && !origin.equals(log.origin())) {
            throw new InvalidConfigurationException(
                    PID, "origin", origin, log.origin() + ", which this log was begun with, or nothing");
        }
        return "";
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    private static Path directory(BundleContext context, String configured) {
        if (!configured.isBlank()) {
            return Path.of(configured.strip());
        }
        String home = context.getProperty("candor.home");
        return home == null ? context.getDataFile("log").toPath() : Path.of(home, "log");
    }

    @Deactivate
    void deactivate() throws IOException {
        log.close();
    }

    @Override
    public Appended append(byte[] entry) {
        return log.append(entry);
    }

    @Override
    public CompletableFuture<Appended> appendLater(byte[] entry) {
        return log.appendLater(entry);
    }

    @Override
    public String origin() {
        return log.origin();
    }

    @Override
    public String verifierKey() {
        return log.verifierKey();
    }

    @Override
    public long size() {
        return log.size();
    }

    @Override
    public String checkpoint() {
        return log.checkpoint();
    }

    @Override
    public byte[] entry(long index) {
        return log.entry(index);
    }

    @Override
    public List<byte[]> inclusion(long index, long size) {
        return log.inclusion(index, size);
    }

    @Override
    public List<byte[]> consistency(long from, long to) {
        return log.consistency(from, to);
    }

    @Override
    public Optional<byte[]> resource(String path) {
        return log.resource(path);
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public String folder() {
        return "log";
    }

    /** Last, so that what the rest of a backup holds has its begin in the log's copy. */
    @Override
    public boolean last() {
        return true;
    }

    @Override
    public void copy(Path home) throws IOException {
        log.copy(home.resolve(folder()));
    }
}
