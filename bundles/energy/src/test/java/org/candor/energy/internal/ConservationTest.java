package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.DoubleAdder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyShare;
import org.candor.api.energy.EnergyStatus;
import org.junit.jupiter.api.Test;

/** Shares and idling add up to the reading, whatever happens in whatever order. */
class ConservationTest {
    private static final String[] OPERATIONS = {"answer", "embed", "admin"};

    @Property(tries = 500)
    void everyWindowAddsUp(
            @ForAll long seed,
            @ForAll @DoubleRange(max = 50) double idleWatts,
            @ForAll @DoubleRange(min = 0.1, max = 20) double busyWatts)
            throws MeterUnreadableException {
        Random random = new Random(seed);
        FakeMachine machine = new FakeMachine();
        EnergyLedger ledger = new EnergyLedger(machine, machine, new PackagePower(idleWatts, busyWatts));
        List<Opened> open = new ArrayList<>();
        Map<String, Double> settled = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    String operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
                    open.add(new Opened(operation, ledger.open(operation)));
                }
                case 2, 3 -> {
                    if (!open.isEmpty()) {
                        // Also reports beyond what was computed at all.
                        open.get(random.nextInt(open.size())).account().work(random.nextLong(400_000_000));
                    }
                }
                case 4 -> {
                    if (!open.isEmpty()) {
                        Opened one = open.remove(random.nextInt(open.size()));
                        EnergyShare share = one.account().settle();
                        if (share.joules() == null) {
                            assertTrue(!share.reason().isEmpty());
                        } else {
                            assertTrue(share.joules() > 0, share.toString());
                            settled.merge(one.operation(), share.joules(), Double::sum);
                        }
                    }
                }
                case 5 -> {
                    if (!open.isEmpty()) {
                        open.remove(random.nextInt(open.size())).account().close();
                    }
                }
                case 6 -> ledger.tick();
                default -> machine.failure = random.nextInt(4) == 0 ? "away" : "";
            }
            long busy = random.nextBoolean() ? random.nextLong(200_000_000) : 0;
            machine.compute(Thread.currentThread(), busy / (1 + random.nextInt(3)));
            machine.pass(random.nextLong(100_000_000), busy, random.nextBoolean() ? random.nextDouble() * 3 : 0);
            EnergyStatus status = ledger.status();
            double shares = status.joulesByOperation().values().stream()
                    .mapToDouble(j -> j)
                    .sum();
            assertEquals(status.totalJoules(), shares + status.idleJoules(), 1e-9 * (1 + status.totalJoules()));
        }
        machine.failure = "";
        open.forEach(one -> one.account().close());
        EnergyStatus end = ledger.status();
        assertEquals(machine.joules(), end.totalJoules(), 1e-9);
        // With every account ended, the sums by operation are exactly the shares that were handed out.
        settled.forEach((operation, joules) ->
                assertEquals(joules, end.joulesByOperation().get(operation), 1e-9 * (1 + end.totalJoules())));
    }

    private record Opened(String operation, EnergyAccount account) {}

    @Test
    void manyThreadsAtOnceAddUpToo() throws Exception {
        FakeMachine machine = new FakeMachine();
        EnergyLedger ledger = new EnergyLedger(machine, machine, new PackagePower(2, 5));
        DoubleAdder handedOut = new DoubleAdder();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 8; t++) {
            int seed = t;
            Thread.Builder builder = t % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.uncaughtExceptionHandler((thread, e) -> failures.add(e))
                    .start(() -> operate(machine, ledger, new Random(seed), handedOut)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        EnergyStatus status = ledger.status();
        double shares =
                status.joulesByOperation().values().stream().mapToDouble(j -> j).sum();
        assertTrue(shares > 0);
        assertEquals(machine.joules(), shares + status.idleJoules(), 1e-6);
        assertEquals(handedOut.sum(), shares, 1e-6);
    }

    private static void operate(FakeMachine machine, EnergyLedger ledger, Random random, DoubleAdder handedOut) {
        for (int i = 0; i < 500; i++) {
            try (EnergyAccount account = ledger.open("answer")) {
                machine.compute(Thread.currentThread(), 1_000_000);
                machine.pass(1_000_000, 1_500_000, 0.02);
                account.work(random.nextInt(500_000));
                if (random.nextInt(5) > 0) {
                    EnergyShare share = account.settle();
                    handedOut.add(share.joules() == null ? 0 : share.joules());
                }
            }
        }
    }

    /** Longer than the ledger keeps single slices: joined ones lose nothing. */
    @Test
    void aLongOperationAmongManyShortOnesAddsUp() throws Exception {
        FakeMachine machine = new FakeMachine();
        EnergyLedger ledger = new EnergyLedger(machine, machine, new PackagePower(2, 5));
        EnergyAccount index = ledger.open("index");
        double shorts = 0;
        for (int i = 0; i < 10_000; i++) {
            EnergyAccount account = ledger.open("answer");
            machine.pass(1_000_000, 1_000_000, 0.012);
            account.work(400_000);
            shorts += account.settle().joules();
        }
        index.work(10_000 * 600_000L);
        double share = index.settle().joules();
        assertEquals(10_000 * 0.010, shorts + share, 1e-6);
        assertEquals(10_000 * 0.006, share, 10_000 * 0.0002);
        assertEquals(10_000 * 0.002, ledger.status().idleJoules(), 1e-6);
    }
}
