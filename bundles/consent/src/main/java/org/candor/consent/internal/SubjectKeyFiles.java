package org.candor.consent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.candor.api.backup.StatePart;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.consent.SubjectKeys;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * One file a subject, wrapped under the master key. A file, not a row: a database keeps old pages and copies, a file of
 * one block can be overwritten in place, forced, and removed. What was used is kept unwrapped in memory until erasure.
 */
@Component(service = {SubjectKeys.class, KeyDestruction.class, StatePart.class})
public final class SubjectKeyFiles implements SubjectKeys, KeyDestruction, StatePart {
    private static final byte[] OPENING = "candor/opening/v1".getBytes(StandardCharsets.UTF_8);
    private static final int DERIVED_BYTES = 32;
    private static final int SHORTEST_NONCE = 16;
    private static final int LONGEST_NONCE = 64;

    private record Subject(String tenant, String name) {}

    private final Path folder;
    private final KeyWrap wrap;
    private final SecureRandom random;
    private final Map<Subject, byte[]> unwrapped = new ConcurrentHashMap<>();

    @Activate
    public SubjectKeyFiles(BundleContext context) {
        this(ConsentFolder.of(context), new SecureRandom());
    }

    SubjectKeyFiles(Path consent, SecureRandom random) {
        ConsentFolder.create(consent);
        this.folder = ConsentFolder.create(consent.resolve("keys"));
        this.random = random;
        try {
            boolean first;
            try (Stream<Path> files = Files.list(folder)) {
                first = files.noneMatch(f -> !f.getFileName().toString().startsWith("."));
            }
            byte[] master = MasterKey.read(consent.resolve("master.key"), first, random);
            this.wrap = new KeyWrap(master, random);
            Arrays.fill(master, (byte) 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    @Deactivate
    synchronized void close() {
        unwrapped.values().forEach(key -> Arrays.fill(key, (byte) 0));
        unwrapped.clear();
    }

    @Override
    public byte[] derive(String tenant, String subject, byte[] nonce, String label) {
        if (nonce.length < SHORTEST_NONCE || nonce.length > LONGEST_NONCE) {
            throw new IllegalArgumentException(
                    "nonce has %d bytes; allowed are %d to %d".formatted(nonce.length, SHORTEST_NONCE, LONGEST_NONCE));
        }
        byte[] about = label.getBytes(StandardCharsets.UTF_8);
        if (label.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("label holds a zero character");
        }
        byte[] info = ByteBuffer.allocate(OPENING.length + 1 + about.length + 1 + nonce.length)
                .put(OPENING)
                .put((byte) 0)
                .put(about)
                .put((byte) 0)
                .put(nonce)
                .array();
        byte[] key = key(subject(tenant, subject));
        try {
            return Hkdf.expand(key, info, DERIVED_BYTES);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public boolean exists(String tenant, String subject) {
        Subject one = subject(tenant, subject);
        return unwrapped.containsKey(one) || Files.exists(file(one));
    }

    @Override
    public synchronized void destroy(String tenant, String subject) {
        Subject one = subject(tenant, subject);
        byte[] known = unwrapped.remove(one);
        if (known != null) {
            synchronized (known) {
                Arrays.fill(known, (byte) 0);
            }
        }
        Path file = file(one);
        try {
            if (Files.exists(file)) {
                overwrite(file);
                Files.delete(file);
            }
            ConsentFolder.force(folder);
        } catch (IOException e) {
            throw new ConsentUnavailableException("The key file " + file + " cannot be destroyed.", e);
        }
    }

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String folder() {
        return "consent";
    }

    /** No key is made or destroyed meanwhile. */
    @Override
    public synchronized void copy(Path home) throws IOException {
        Path to = home.resolve(folder());
        Files.createDirectories(to.resolve("keys"));
        Files.copy(folder.resolveSibling("master.key"), to.resolve("master.key"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".key")).toList()) {
                Files.copy(file, to.resolve("keys").resolve(file.getFileName()));
            }
        }
    }

    private void overwrite(Path file) throws IOException {
        byte[] noise = new byte[KeyWrap.WRAPPED_BYTES];
        random.nextBytes(noise);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(noise);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /** A copy of the key, for its taker to wipe. */
    private byte[] key(Subject subject) {
        byte[] known = unwrapped.get(subject);
        if (known == null) {
            return readOrMake(subject);
        }
        byte[] copy;
        synchronized (known) {
            copy = known.clone();
        }
        // Destroyed between the look and the copy: the copy is of zeros.
        return unwrapped.get(subject) == known ? copy : readOrMake(subject);
    }

    private synchronized byte[] readOrMake(Subject subject) {
        byte[] known = unwrapped.get(subject);
        if (known == null) {
            known = read(subject);
            unwrapped.put(subject, known);
        }
        return known.clone();
    }

    private byte[] read(Subject subject) {
        Path file = file(subject);
        try {
            return wrap.unwrap(Files.readAllBytes(file), subject.tenant(), subject.name());
        } catch (NoSuchFileException missing) {
            return make(file, subject);
        } catch (IOException | GeneralSecurityException e) {
            throw new ConsentUnavailableException(
                    "The key file " + file + " does not open under master.key: restore both from one backup.", e);
        }
    }

    private byte[] make(Path file, Subject subject) {
        byte[] key = new byte[KeyWrap.KEY_BYTES];
        random.nextBytes(key);
        try {
            MasterKey.writeDurably(file, wrap.wrap(key, subject.tenant(), subject.name()));
            return key;
        } catch (IOException e) {
            throw new ConsentUnavailableException("The key file " + file + " cannot be written.", e);
        }
    }

    private Path file(Subject subject) {
        return folder.resolve(HexFormat.of().formatHex(wrap.name(subject.tenant(), subject.name())) + ".key");
    }

    private static Subject subject(String tenant, String subject) {
        if (tenant.isEmpty() || subject.isEmpty() || tenant.indexOf('\0') >= 0 || subject.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("tenant and subject are not empty and hold no zero character");
        }
        return new Subject(tenant, subject);
    }
}
