package org.candor.energy.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.energy.EnergyHistory;
import org.candor.api.energy.EnergyWindow;

/**
 * What the ledger's sums grew by in each minute of the clock. Each difference between two samples goes to the minute of the
 * later one, whole: windows add up to the sums, whenever the samples come. When a clock is set back, the
 * minutes that are yet to come by it, in which nobody has lived, are added to the present one. Thread safe.
 */
final class MinuteWindows implements EnergyHistory {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int KEPT = 1_440;

    private final EnergyLedger ledger;
    private final Clock clock;
    private final Deque<Window> windows = new ArrayDeque<>();
    private EnergyLedger.Sums last;

    private static final class Window {
        private final long minute;
        private double joules;
        private double idle;
        private final Map<String, Double> operationJoules = new HashMap<>();
        private final Map<String, Long> operationCounts = new HashMap<>();

        Window(long minute) {
            this.minute = minute;
        }

        void add(Window other) {
            joules += other.joules;
            idle += other.idle;
            other.operationJoules.forEach((name, sum) -> operationJoules.merge(name, sum, Double::sum));
            other.operationCounts.forEach((name, count) -> operationCounts.merge(name, count, Long::sum));
        }

        EnergyWindow view() {
            Map<String, EnergyWindow.Operations> operations = new HashMap<>();
            operationJoules.forEach((name, sum) ->
                    operations.put(name, new EnergyWindow.Operations(sum, operationCounts.getOrDefault(name, 0L))));
            operationCounts.forEach(
                    (name, count) -> operations.putIfAbsent(name, new EnergyWindow.Operations(0, count)));
            return new EnergyWindow(Instant.ofEpochSecond(minute * MINUTE.toSeconds()), joules, idle, operations);
        }
    }

    MinuteWindows(EnergyLedger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
        this.last = EnergyLedger.Sums.NONE;
    }

    /** Takes what came since the last sample. */
    synchronized void sample() {
        EnergyLedger.Sums now = ledger.sums();
        long minute = Math.floorDiv(clock.instant().getEpochSecond(), MINUTE.toSeconds());
        Window window = present(minute);
        window.joules += now.total() - last.total();
        window.idle += now.idle() - last.idle();
        for (Map.Entry<String, Double> each : now.joules().entrySet()) {
            double grown = each.getValue() - last.joules().getOrDefault(each.getKey(), 0.0);
            if (grown != 0) {
                window.operationJoules.merge(each.getKey(), grown, Double::sum);
            }
        }
        for (Map.Entry<String, Long> each : now.counts().entrySet()) {
            long grown = each.getValue() - last.counts().getOrDefault(each.getKey(), 0L);
            if (grown != 0) {
                window.operationCounts.merge(each.getKey(), grown, Long::sum);
            }
        }
        last = now;
    }

    /** The newest window from now on. */
    private Window present(long minute) {
        List<Window> ahead = new ArrayList<>();
        while (!windows.isEmpty() && windows.peekLast().minute > minute) {
            ahead.add(windows.removeLast());
        }
        Window window = windows.peekLast();
        if (window == null || window.minute < minute) {
            window = new Window(minute);
            windows.addLast(window);
            if (windows.size() > KEPT) {
                windows.removeFirst();
            }
        }
        ahead.forEach(window::add);
        return window;
    }

    @Override
    public Duration window() {
        return MINUTE;
    }

    @Override
    public int kept() {
        return KEPT;
    }

    @Override
    public synchronized List<EnergyWindow> windows(int most) {
        sample();
        List<EnergyWindow> newest = new ArrayList<>();
        for (Window window : windows) {
            newest.add(window.view());
        }
        return List.copyOf(newest.subList(Math.max(0, newest.size() - most), newest.size()));
    }
}
