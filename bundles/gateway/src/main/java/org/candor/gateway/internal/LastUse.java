package org.candor.gateway.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys and users came last. Kept in memory and written once a minute, so that no request waits for the disk: a crash
 * loses a minute of it at most, and a lost file nothing but these times. Thread safe.
 */
final class LastUse implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LastUse.class);
    private static final long WRITE_SECONDS = 60;

    private final Path file;
    private final Clock clock;
    private final Map<String, Instant> times = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer;
    private volatile boolean changed;

    LastUse(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
        read();
        writer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("candor-gateway-last-use").factory());
        writer.scheduleWithFixedDelay(this::write, WRITE_SECONDS, WRITE_SECONDS, TimeUnit.SECONDS);
    }

    void now(String who) {
        times.put(who, clock.instant().truncatedTo(ChronoUnit.SECONDS));
        changed = true;
    }

    /** When this one came last, or null. */
    Instant of(String who) {
        return times.get(who);
    }

    @Override
    public void close() {
        writer.shutdown();
        write();
    }

    private synchronized void write() {
        if (!changed) {
            return;
        }
        changed = false;
        Map<String, Object> json = new TreeMap<>();
        times.forEach((who, time) -> json.put(who, time.toString()));
        try {
            PrivateFile.write(file, JsonText.write(Map.of("v", 1, "times", json)));
        } catch (IOException e) {
            changed = true;
            LOG.warn("{} was not written; it is tried again in a minute: {}", file, e.getMessage());
        }
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            Map<String, Object> json = JsonText.readObject(Files.readAllBytes(file));
            if (json.get("times") instanceof Map<?, ?> kept) {
                kept.forEach((who, time) -> times.put((String) who, Instant.parse((String) time)));
            }
        } catch (IOException | ApiError | DateTimeParseException | ClassCastException e) {
            LOG.warn("{} cannot be read, so times of last use start anew: {}", file, e.getMessage());
        }
    }
}
