package org.candor.retrieval.internal.library;

import java.util.List;

/** What the worker is at, for {@code status()}. Written by the worker, read by anyone. */
final class Progress {
    private String state = "idle";
    private int done;
    private int total;
    private long bytesDone;
    private long bytesTotal;
    private long started;
    private List<String> problems = List.of();
    private String failure;
    private boolean announced;

    /** @param secondsLeft estimate, or NaN */
    record View(String state, int done, int total, double secondsLeft, List<String> problems) {}

    synchronized void begin(int files, long bytes) {
        state = "indexing";
        done = 0;
        total = files;
        bytesDone = 0;
        bytesTotal = bytes;
        started = System.nanoTime();
        failure = null;
    }

    synchronized void advance(int files, long bytes) {
        done += files;
        bytesDone += bytes;
    }

    /** @param waiting files that wait for an encoder */
    synchronized void end(int waiting, List<String> found) {
        state = waiting > 0 ? "indexing" : "idle";
        done = total - waiting;
        problems = List.copyOf(found);
    }

    /** Work that is yet to begin counts as indexing, so that nobody takes "not begun" for "done". */
    synchronized void announce() {
        announced = true;
    }

    /** The announced work begins; what is announced from now on is other work. */
    synchronized void take() {
        announced = false;
        begin(0, 0);
    }

    synchronized void fail(String reason) {
        state = "failed";
        failure = reason;
    }

    synchronized View view() {
        double left = Double.NaN;
        if (announced) {
            return new View("indexing", done, total, left, problems);
        }
        if (state.equals("idle")) {
            left = 0;
        } else if (bytesDone > 0) {
            double seconds = (System.nanoTime() - started) * 1e-9;
            left = seconds / bytesDone * Math.max(0, bytesTotal - bytesDone);
        }
        List<String> all = problems;
        if (failure != null) {
            all = new java.util.ArrayList<>(problems);
            all.addFirst(failure);
        }
        return new View(state, done, total, left, all);
    }
}
