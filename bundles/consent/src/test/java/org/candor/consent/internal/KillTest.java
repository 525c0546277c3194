package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that enters consent as fast as it can; every entry that it acknowledged is there afterwards. */
class KillTest {
    private static final int KILLS = 10;
    private static final String TENANT = "default";
    private static final String PURPOSE = "training";
    private static final byte[] NONCE = new byte[16];

    @TempDir
    Path home;

    @Test
    @Timeout(120)
    void aKilledProcessLosesNoAcknowledgedEntry() throws IOException, InterruptedException {
        Random random = new Random(20261123);
        Map<String, String> acknowledged = new HashMap<>();
        Map<String, String> keys = new HashMap<>();
        long newest = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer = start(kill);
            int lines = 1 + random.nextInt(60);
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < lines; i++) {
                    newest = acknowledge(out.readLine(), acknowledged, keys);
                }
                // Process.destroyForcibly would also close the stream, and with it what was acknowledged last.
                writer.toHandle().destroyForcibly();
                writer.waitFor();
                for (String line = out.readLine(); line != null && line.endsWith(";"); line = out.readLine()) {
                    newest = acknowledge(line, acknowledged, keys);
                }
            }
            newest = check(kill, newest, acknowledged, keys);
        }
        assertTrue(newest >= KILLS);
        assertTrue(keys.size() >= KILLS);
    }

    private static long acknowledge(String line, Map<String, String> acknowledged, Map<String, String> keys) {
        assertTrue(line != null && line.endsWith(";"), "the writer said: " + line);
        String[] parts = line.substring(0, line.length() - 1).split(" ");
        acknowledged.put(parts[1], parts[2]);
        keys.put(parts[1], parts[3]);
        return Long.parseLong(parts[0]);
    }

    private long check(int kill, long newest, Map<String, String> acknowledged, Map<String, String> keys) {
        SubjectKeyFiles files = new SubjectKeyFiles(home, new SecureRandom());
        ConsentLedger ledger = new ConsentLedger(H2.source(ConsentLedger.h2Url(home)), files, Clock.systemUTC());
        // At most the entry in flight when the process was killed may be there beyond the acknowledged ones.
        assertTrue(
                ledger.epoch() == newest || ledger.epoch() == newest + 1,
                "kill " + kill + ": acknowledged " + newest + ", found " + ledger.epoch());
        for (String subject : ledger.subjects(TENANT)) {
            ConsentRecord last = ledger.records(TENANT, subject).getLast();
            if (last.epoch() > newest) {
                // The one in flight: it counts from here on.
                acknowledged.put(subject, last.state().name());
            }
            assertEquals(acknowledged.get(subject), last.state().name(), "kill " + kill + ", " + subject);
            assertEquals(last.state() == ConsentState.GRANTED, ledger.permits(TENANT, subject, PURPOSE));
        }
        keys.forEach((subject, derived) ->
                assertEquals(derived, HexFormat.of().formatHex(files.derive(TENANT, subject, NONCE, "x"))));
        long epoch = ledger.epoch();
        ledger.close();
        files.close();
        return epoch;
    }

    private Process start(int kill) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        home.toString(),
                        Integer.toString(kill))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The process that is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            Path home = Path.of(args[0]);
            Random random = new Random(Long.parseLong(args[1]));
            SubjectKeyFiles keys = new SubjectKeyFiles(home, new SecureRandom());
            ConsentLedger ledger = new ConsentLedger(H2.source(ConsentLedger.h2Url(home)), keys, Clock.systemUTC());
            PrintStream out = System.out;
            while (true) {
                String subject = "subject-" + random.nextInt(40);
                String derived = HexFormat.of().formatHex(keys.derive(TENANT, subject, NONCE, "x"));
                ConsentRecord entry = random.nextBoolean()
                        ? ledger.grant(TENANT, subject, PURPOSE, "writer", "")
                        : ledger.withdraw(TENANT, subject, PURPOSE, "writer", "");
                out.print(entry.epoch() + " " + subject + " " + entry.state() + " " + derived + ";\n");
                out.flush();
            }
        }
    }
}
