package org.candor.policy.internal;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recent decisions with what they were made from, so that another policy can make them again. Two files of JSON lines,
 * the older one dropped when the newer one is full. A file begins with a line {@code {"format", "v", "nonce"}}.
 *
 * <p>Who asked is a pseudonym: 16 hexadecimal digits that derive from the caller's own key and the file's nonce. When the
 * caller is erased the key is gone, and nobody can link the lines to anybody. No request's content is written: of what a
 * caller says freely, such as a model, only what has the form of a name, and a digest of everything else.
 *
 * <p>Deciding does not wait for this: decisions go through a bounded queue and are written in the background, forced to
 * the disk about once a second. What does not fit into the queue is counted and left out.
 */
final class DecisionJournal {

    /** Derives the pseudonym's 32 bytes for a caller, or null while it cannot. */
    interface Pseudonyms {
        /** @param create whether to make a key for a caller who has none */
        byte[] derive(String tenant, String subject, byte[] nonce, boolean create);
    }

    /**
     * One decision that was made.
     *
     * @param time when
     * @param caller pseudonym, unique to the caller within a file
     * @param request with the pseudonym for a subject
     * @param outcome that was decided
     */
    record Made(Instant time, String caller, PolicyRequest request, PolicyReplay.Outcome outcome) {}

    /** Opens a file of the journal. */
    interface Opening {
        FileChannel open(Path file, OpenOption... how) throws IOException;
    }

    private record Entry(Instant time, PolicyRequest request, Decision decision, CompletableFuture<Void> written) {}

    private static final Logger LOG = LoggerFactory.getLogger(DecisionJournal.class);
    private static final String FORMAT = "candor-decisions";
    private static final long VERSION = 1;
    private static final int QUEUE = 8_192;
    private static final int NONCE_BYTES = 32;
    private static final String NOBODY = "0000000000000000";
    private static final long FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int FLUSH_SECONDS = 30;
    private static final int LINGER_MILLIS = 50;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private final Path newer;
    private final Path older;
    private final int mostInFile;
    private final Pseudonyms pseudonyms;
    private final Clock clock;
    private final Opening opening;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong leftOut = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    // Used by the writing thread only.
    private FileChannel channel;
    private BufferedWriter writer;
    private byte[] nonce;
    private int inFile;
    private long forced;
    private boolean dirty;
    private boolean failing;

    /**
     * @param folder for the two files
     * @param most decisions to keep, at least 2; half of it to all of it are there
     */
    DecisionJournal(Path folder, int most, Pseudonyms pseudonyms, Clock clock) throws IOException {
        this(folder, most, pseudonyms, clock, FileChannel::open);
    }

    DecisionJournal(Path folder, int most, Pseudonyms pseudonyms, Clock clock, Opening opening) throws IOException {
        Files.createDirectories(folder);
        this.newer = folder.resolve("decisions.jsonl");
        this.older = folder.resolve("decisions.older.jsonl");
        this.mostInFile = Math.max(1, most / 2);
        this.pseudonyms = pseudonyms;
        this.clock = clock;
        this.opening = opening;
        continueFile();
        thread = Thread.ofPlatform().name("candor-decisions").daemon().start(this::writeAll);
    }

    /** Takes a decision; does not wait. */
    void add(PolicyRequest request, Decision decision) {
        if (!queue.offer(new Entry(clock.instant(), request, decision, null))) {
            leftOut.incrementAndGet();
        }
    }

    /** Decisions that were left out because they came faster than they could be written. */
    long leftOut() {
        return leftOut.get();
    }

    /**
     * Waits until what was added so far is on the disk.
     *
     * @throws IOException when it is not: the disk failed, took too long, or the journal is closed
     */
    void flush() throws IOException, InterruptedException {
        CompletableFuture<Void> written = new CompletableFuture<>();
        Entry entry = new Entry(null, null, null, written);
        boolean taken = false;
        for (int second = 0; second < FLUSH_SECONDS; second++) {
            if (!thread.isAlive()) {
                throw new IOException("the decision journal is closed");
            }
            try {
                taken = taken || queue.offer(entry, 1, TimeUnit.SECONDS);
                if (taken) {
                    written.get(1, TimeUnit.SECONDS);
                    return;
                }
            } catch (TimeoutException e) {
                // The next round looks whether anybody is still writing.
            } catch (ExecutionException e) {
                throw new IOException(
                        "Decisions cannot be kept for replays: " + e.getCause().getMessage(), e.getCause());
            }
        }
        throw new IOException("The decision journal did not reach the disk within " + FLUSH_SECONDS + " seconds.");
    }

    /**
     * The newest decisions, oldest first. Callers whom a policy names are recognised; the others keep their pseudonyms.
     *
     * @param subjects whom policies name
     */
    List<Made> newest(int most, Set<String> subjects) throws IOException, InterruptedException {
        flush();
        List<Made> made = new ArrayList<>();
        for (Path file : List.of(older, newer)) {
            if (Files.exists(file)) {
                read(file, subjects, made);
            }
        }
        return made.size() <= most ? made : made.subList(made.size() - most, made.size());
    }

    private void read(Path file, Set<String> subjects, List<Made> into) throws IOException {
        Map<String, String> names = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            byte[] ofFile = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (ofFile == null) {
                    ofFile = header(file, line);
                    continue;
                }
                Made made = parse(line, subjects, ofFile, names);
                if (made != null) {
                    into.add(made);
                }
            }
        } catch (CharacterCodingException e) {
            throw unreadable(file.getFileName() + " is damaged: it is not in UTF-8");
        }
    }

    private static IOException unreadable(String why) {
        return new IOException("The decision journal cannot be read: " + why + ". Remove the file to start a new one.");
    }

    private static byte[] header(Path file, String line) throws IOException {
        try {
            JsonReader header = JsonReader.object(file.getFileName().toString(), line.getBytes(StandardCharsets.UTF_8));
            if (!FORMAT.equals(header.text("format")) || !Long.valueOf(VERSION).equals(header.value("v"))) {
                throw header.wrong("v", "this version reads " + FORMAT + " " + VERSION);
            }
            return HexFormat.of().parseHex(header.text("nonce"));
        } catch (IllegalArgumentException e) {
            throw unreadable(e.getMessage());
        }
    }

    /** A line that was cut by a crash is no decision. */
    private Made parse(String line, Set<String> subjects, byte[] ofFile, Map<String, String> names) {
        try {
            JsonReader json = JsonReader.object("decision", line.getBytes(StandardCharsets.UTF_8));
            String pseudonym = json.text("c");
            String tenant = json.text("n");
            String subject = names.computeIfAbsent(
                    tenant + "/" + pseudonym, key -> recognised(tenant, pseudonym, subjects, ofFile));
            Map<String, String> attributes = new LinkedHashMap<>();
            JsonReader given = json.inside("a");
            given.names().forEach(name -> attributes.put(name, given.text(name)));
            return new Made(
                    Instant.parse(json.text("t")),
                    pseudonym,
                    new PolicyRequest(
                            new Caller(subject, tenant, Set.copyOf(json.texts("r"))),
                            json.text("o"),
                            json.text("p"),
                            attributes),
                    new PolicyReplay.Outcome(json.text("d").equals("permit"), json.text("k"), json.texts("b")));
        } catch (IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }

    private String recognised(String tenant, String pseudonym, Set<String> subjects, byte[] ofFile) {
        for (String subject : subjects) {
            byte[] derived = pseudonyms.derive(tenant, subject, ofFile, false);
            if (derived != null && shortened(derived).equals(pseudonym)) {
                return subject;
            }
        }
        return pseudonym;
    }

    private static String shortened(byte[] derived) {
        return HexFormat.of().formatHex(derived, 0, 8);
    }

    /** Goes on with the newest file; what a crash left of a last line is ended, so that the next one stands alone. */
    private void continueFile() throws IOException {
        if (!Files.exists(newer)) {
            return;
        }
        byte[] content = Files.readAllBytes(newer);
        int firstEnd = 0;
        int lines = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                firstEnd = lines++ == 0 ? i : firstEnd;
            }
        }
        try {
            if (lines == 0) {
                throw new IOException("the first line is not complete");
            }
            nonce = header(newer, new String(content, 0, firstEnd, StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn(
                    "The decision journal starts anew; the old file is kept as decisions.unreadable. {}",
                    e.getMessage());
            Files.move(newer, newer.resolveSibling("decisions.unreadable"), StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        open(StandardOpenOption.APPEND);
        inFile = lines - 1;
        if (content[content.length - 1] != '\n') {
            writer.newLine();
        }
    }

    private void open(StandardOpenOption how) throws IOException {
        channel = opening.open(newer, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        writer = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), 1 << 16);
    }

    /** A file that was given up after a failure becomes the older one as well, with what is in it. */
    private void startFile() throws IOException {
        if (writer != null) {
            try {
                force();
            } finally {
                giveUp();
            }
        }
        if (Files.exists(newer)) {
            Files.move(newer, older, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        open(StandardOpenOption.TRUNCATE_EXISTING);
        inFile = 0;
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("format", FORMAT);
        header.put("v", VERSION);
        header.put("nonce", HexFormat.of().formatHex(nonce));
        writer.write(JsonReader.JSON.writeValueAsString(header));
        writer.write('\n');
    }

    /** The next decision starts a new file. */
    private void giveUp() throws IOException {
        FileChannel open = channel;
        writer = null;
        channel = null;
        dirty = false;
        if (open != null) {
            open.close();
        }
    }

    private void writeAll() {
        forced = System.nanoTime();
        try {
            while (!closed || !queue.isEmpty()) {
                Entry entry = queue.poll(500, TimeUnit.MILLISECONDS);
                while (entry != null) {
                    take(entry);
                    entry = queue.poll();
                }
                take(null);
                // Asleep, not waiting: a decision then need not wake this thread, and its work keeps the processor.
                TimeUnit.MILLISECONDS.sleep(LINGER_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes a decision, or tells who waits that all before are on the disk, or that they are not. */
    private void take(Entry entry) {
        boolean asked = entry != null && entry.written() != null;
        Exception failure = null;
        try {
            if (entry != null && !asked) {
                write(entry);
                dirty = true;
            }
            if (dirty && (asked || System.nanoTime() - forced > FORCE_NANOS)) {
                force();
                forced = System.nanoTime();
                dirty = false;
            }
            failing = false;
        } catch (IOException e) {
            failure = e;
            try {
                giveUp();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
        } catch (RuntimeException e) {
            // Nothing of a decision is written before all of it is known: the file is as it was.
            failure = e;
        } finally {
            if (asked) {
                end(entry.written(), failure);
            }
        }
        if (failure != null) {
            leftOut.incrementAndGet();
            if (!failing) {
                LOG.error("Decisions cannot be kept for replays: {}", failure.getMessage(), failure);
            }
            failing = true;
        }
    }

    private static void end(CompletableFuture<Void> written, Exception failure) {
        if (failure == null) {
            written.complete(null);
        } else {
            written.completeExceptionally(failure);
        }
    }

    private void write(Entry entry) throws IOException {
        if (writer == null || inFile >= mostInFile) {
            startFile();
        }
        PolicyRequest request = entry.request();
        Decision decision = entry.decision();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("t", entry.time().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("c", pseudonym(request.caller()));
        line.put("n", request.caller().tenant());
        line.put("r", new TreeSet<>(request.caller().roles()));
        line.put("o", request.operation());
        line.put("p", request.purpose());
        Map<String, String> attributes = new LinkedHashMap<>();
        request.attributes().forEach((name, value) -> attributes.put(name, nameOrDigest(value)));
        line.put("a", attributes);
        line.put("d", decision.permitted() ? "permit" : "deny");
        line.put("k", decision.code());
        line.put("b", ObligationText.texts(decision.obligations()));
        line.put("h", decision.policy().digest());
        writer.write(JsonReader.JSON.writeValueAsString(line));
        writer.write('\n');
        inFile++;
    }

    /** What a caller says freely may be anything: only what has the form of a name is written as it is. */
    private String nameOrDigest(String value) {
        if (NAME.matcher(value).matches()) {
            return value;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(nonce);
            return "sha256:" + HexFormat.of().formatHex(digest.digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private String pseudonym(Caller caller) {
        try {
            byte[] derived = pseudonyms.derive(caller.tenant(), caller.subject(), nonce, true);
            if (derived == null) {
                return NOBODY;
            }
            String pseudonym = shortened(derived);
            Arrays.fill(derived, (byte) 0);
            return pseudonym;
        } catch (ConsentUnavailableException e) {
            return NOBODY;
        }
    }

    private void force() throws IOException {
        writer.flush();
        channel.force(false);
    }

    /** Writes what is left and ends. */
    void close() throws IOException, InterruptedException {
        closed = true;
        thread.join();
        if (writer != null) {
            try {
                force();
            } finally {
                giveUp();
            }
        }
    }
}
