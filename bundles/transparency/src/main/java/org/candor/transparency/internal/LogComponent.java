package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.candor.api.backup.StatePart;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.TransparencyLog;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The instance's log as a service. Activation fails, with the reason, when the log is damaged or held elsewhere. */
@Component(
        service = {TransparencyLog.class, StatePart.class},
        configurationPid = "org.candor.transparency",
        immediate = true)
@Designate(ocd = LogComponent.Config.class)
public final class LogComponent implements TransparencyLog, StatePart {

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

    private final GroupCommitLog log;

    @Activate
    public LogComponent(BundleContext context, Config config) throws IOException {
        if (config.segmentMebibytes() < MIN_SEGMENT || config.segmentMebibytes() > MAX_SEGMENT) {
            throw new IllegalArgumentException("org.candor.transparency: segmentMebibytes is "
                    + config.segmentMebibytes() + ", " + MIN_SEGMENT + " to " + MAX_SEGMENT + " are allowed");
        }
        log = new GroupCommitLog(
                new GroupCommitLog.Settings(
                        directory(context, config.directory()),
                        config.origin().strip(),
                        config.segmentMebibytes() << 20),
                new Disk());
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
