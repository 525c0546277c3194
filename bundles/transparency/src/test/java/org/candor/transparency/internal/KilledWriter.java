package org.candor.transparency.internal;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.transparency.Appended;

/** A process that holds only the log: it appends without pause and prints what was acknowledged, until it is killed. */
final class KilledWriter {

    private KilledWriter() {}

    static byte[] entry(long number) {
        return ("killed " + number + " " + "y".repeat((int) (number % 200))).getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws Exception {
        AtomicLong next = new AtomicLong(Long.parseLong(arguments[1]));
        PrintStream out = System.out;
        GroupCommitLog log = new GroupCommitLog(
                new GroupCommitLog.Settings(Path.of(arguments[0]), "example.com/killed", 64 << 10), new Disk());
        for (int i = 0; i < 8; i++) {
            Thread.ofPlatform().start(() -> {
                while (true) {
                    long number = next.getAndIncrement();
                    Appended appended = log.append(entry(number));
                    synchronized (out) {
                        out.println(number + " " + appended.index() + " "
                                + appended.checkpoint().replace('\n', '|'));
                        out.flush();
                    }
                }
            });
        }
    }
}
