package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;
import org.junit.jupiter.api.Test;

class MinuteWindowsTest {
    private static final long SECOND = 1_000_000_000;
    private static final double CLOSE = 1e-9;

    private final FakeMachine machine = new FakeMachine();
    private final Thread me = Thread.currentThread();
    private final SetClock clock = new SetClock(Instant.parse("2026-11-25T10:00:30Z"));

    private static final class SetClock extends Clock {
        Instant now;

        SetClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private EnergyLedger ledger() throws MeterUnreadableException {
        return new EnergyLedger(machine, machine, new PackagePower(2, 5));
    }

    private void answer(EnergyLedger ledger, double joules) {
        EnergyAccount account = ledger.open("answer");
        machine.compute(me, SECOND);
        machine.pass(SECOND, SECOND, joules);
        account.settle();
    }

    @Test
    void eachMinuteHoldsWhatWasMeteredInIt() throws Exception {
        EnergyLedger ledger = ledger();
        MinuteWindows windows = new MinuteWindows(ledger, clock);
        answer(ledger, 7);
        windows.sample();
        clock.now = Instant.parse("2026-11-25T10:01:00Z");
        answer(ledger, 4);
        answer(ledger, 4);
        machine.pass(SECOND, 0, 2);
        List<EnergyWindow> minutes = windows.windows(60);
        assertEquals(
                List.of(Instant.parse("2026-11-25T10:00:00Z"), Instant.parse("2026-11-25T10:01:00Z")),
                minutes.stream().map(EnergyWindow::start).toList());
        assertEquals(7, minutes.getFirst().joules(), CLOSE);
        assertEquals(2, minutes.getFirst().idleJoules(), CLOSE);
        assertEquals(Set.of("answer"), minutes.getFirst().operations().keySet());
        assertEquals(5, minutes.getFirst().operations().get("answer").joules(), CLOSE);
        assertEquals(1, minutes.getFirst().operations().get("answer").count());
        assertEquals(10, minutes.getLast().joules(), CLOSE);
        assertEquals(6, minutes.getLast().idleJoules(), CLOSE);
        assertEquals(4, minutes.getLast().operations().get("answer").joules(), CLOSE);
        assertEquals(2, minutes.getLast().operations().get("answer").count());
        assertEquals(List.of(minutes.getLast()), windows.windows(1));
    }

    @Test
    void aClockThatWasADayAheadLeavesNoMinuteOfTomorrow() throws Exception {
        EnergyLedger ledger = ledger();
        MinuteWindows windows = new MinuteWindows(ledger, clock);
        answer(ledger, 7);
        windows.sample();
        clock.now = clock.now.plus(Duration.ofDays(1));
        answer(ledger, 4);
        windows.sample();
        clock.now = Instant.parse("2026-11-25T10:01:05Z");
        answer(ledger, 4);
        List<EnergyWindow> minutes = windows.windows(60);
        assertEquals(
                List.of(Instant.parse("2026-11-25T10:00:00Z"), Instant.parse("2026-11-25T10:01:00Z")),
                minutes.stream().map(EnergyWindow::start).toList());
        assertEquals(8, minutes.getLast().joules(), CLOSE);
        assertEquals(2, minutes.getLast().operations().get("answer").count());
        clock.now = clock.now.minus(Duration.ofDays(1));
        answer(ledger, 3);
        EnergyWindow yesterday = windows.windows(60).getFirst();
        assertEquals(Instant.parse("2026-11-24T10:01:00Z"), yesterday.start());
        assertEquals(18, yesterday.joules(), CLOSE);
        assertEquals(4, yesterday.operations().get("answer").count());
        assertEquals(ledger.status().totalJoules(), yesterday.joules(), CLOSE);
    }

    @Test
    void windowsAddUpToTheSumsWhateverTheClockDoes() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        EnergyLedger ledger = ledger();
        MinuteWindows windows = new MinuteWindows(ledger, clock);
        for (int i = 0; i < 500; i++) {
            clock.now = clock.now.plusSeconds(random.nextInt(200) - 80);
            if (random.nextBoolean()) {
                answer(ledger, 2 + random.nextDouble() * 8);
            } else {
                try (EnergyAccount abandoned = ledger.open("embed")) {
                    machine.pass(SECOND, random.nextInt(1000), random.nextDouble());
                    abandoned.work(random.nextInt(500));
                }
            }
            if (random.nextInt(3) == 0) {
                windows.sample();
            }
        }
        List<EnergyWindow> minutes = windows.windows(Integer.MAX_VALUE);
        EnergyStatus status = ledger.status();
        String context = "seed " + seed;
        assertEquals(
                status.totalJoules(),
                minutes.stream().mapToDouble(EnergyWindow::joules).sum(),
                1e-6,
                context);
        assertEquals(
                status.idleJoules(),
                minutes.stream().mapToDouble(EnergyWindow::idleJoules).sum(),
                1e-6,
                context);
        double answers = minutes.stream()
                .map(EnergyWindow::operations)
                .mapToDouble(operations -> operations.containsKey("answer")
                        ? operations.get("answer").joules()
                        : 0)
                .sum();
        assertEquals(status.joulesByOperation().get("answer"), answers, 1e-6, context);
        for (EnergyWindow minute : minutes) {
            double shares = minute.idleJoules()
                    + minute.operations().values().stream()
                            .mapToDouble(EnergyWindow.Operations::joules)
                            .sum();
            assertEquals(minute.joules(), shares, 1e-6, context + " " + minute.start());
        }
        for (int i = 1; i < minutes.size(); i++) {
            assertTrue(minutes.get(i - 1).start().isBefore(minutes.get(i).start()), context);
        }
    }

    @Test
    void aDayIsKept() throws Exception {
        MinuteWindows windows = new MinuteWindows(ledger(), clock);
        for (int i = 0; i < 1_500; i++) {
            clock.now = clock.now.plusSeconds(60);
            windows.sample();
        }
        assertEquals(1_440, windows.windows(10_000).size());
        assertEquals(Map.of(), windows.windows(1).getFirst().operations());
    }
}
