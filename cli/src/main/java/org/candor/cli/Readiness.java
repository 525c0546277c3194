package org.candor.cli;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.List;

/** Waits until the server that was just started can give answers. */
final class Readiness {

    private static final int POLL_MILLIS = 50;
    private static final int REQUEST_MILLIS = 5_000;
    private static final int PATIENCE_SECONDS = 180;

    /** The process is a little older than this command. */
    private static final int LAUNCH_SECONDS = 3;

    private final LocalDateTime began = LocalDateTime.now();
    private final Instance instance;
    private final Terminal terminal;
    private final Http http;

    Readiness(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
        this.http = new Http(instance);
    }

    /** @param arguments the pid of the server's process */
    int await(List<String> arguments) {
        long pid = Long.parseLong(arguments.getFirst());
        long start = System.nanoTime();
        await(pid, start);
        terminal.say("ready on http://127.0.0.1:%d (pid %d, %.1f s)".formatted(instance.port(), pid, seconds(start)));
        return 0;
    }

    /** Waits for the server that the instance's pid file names: somebody may just have started it. */
    void await() {
        await(instance.pid(), System.nanoTime());
    }

    private void await(long pid, long start) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow(() -> Failure.failed(ended(pid)));
        String waitingFor = "the process to listen";
        while (seconds(start) < PATIENCE_SECONDS) {
            if (!process.isAlive()) {
                throw Failure.failed(ended(pid));
            }
            try {
                Http.Response response = http.send("GET", "/health/ready", key(), null, REQUEST_MILLIS);
                if (response.status() == 200) {
                    return;
                }
                waitingFor = waitingFor(response);
            } catch (IOException e) {
                // Not listening yet, or Jetty is taking its configuration.
            }
            terminal.progress("starting the server: waiting for " + waitingFor);
            pause();
        }
        throw Failure.failed("the server (pid " + pid + ") runs but is not ready after " + PATIENCE_SECONDS
                + " s, it waits for " + waitingFor + "; its log is " + instance.log());
    }

    private String ended(long pid) {
        List<String> errors = instance.complaints(began.minusSeconds(LAUNCH_SECONDS), 3);
        return "the server (pid " + pid + ") ended while it started; its log is " + instance.log()
                + (errors.isEmpty() ? "" : ". It said\n  " + String.join("\n  ", errors));
    }

    /** With it the server says what it waits for; the very first start has yet to make it. */
    private String key() {
        try {
            return instance.apiKey();
        } catch (Failure e) {
            return null;
        }
    }

    private static String waitingFor(Http.Response response) {
        if (response.status() != 503) {
            return "/health/ready, which answers " + response.status();
        }
        List<String> checks = JsonObject.parse(response.body()).objects("checks").stream()
                .filter(check -> !check.flag("ready"))
                .map(check -> check.text("name") + (check.has("detail") ? " (" + check.text("detail") + ")" : ""))
                .toList();
        return String.join(", ", checks);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted");
        }
    }
}
