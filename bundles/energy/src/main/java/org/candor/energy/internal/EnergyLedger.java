package org.candor.energy.internal;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyShare;
import org.candor.api.energy.EnergyStatus;

/**
 * Divides the meter's reading among operations. The meter is read when an account is opened, is worked on, is settled or
 * closed, and at each tick. Of the energy since the last reading, idle power times the time that passed belongs to
 * nobody; the rest belongs to the processor time that this process used, and each operation claims the processor time that
 * is its own: that of the thread which opened it, and what is reported. What nobody claims goes to idling.
 *
 * <p>Shares + idling = reading, at every moment: each joule is added to one of them and moved between them, never copied.
 *
 * <p>Thread safe; an event costs a reading of the meter, whatever the number of open accounts.
 */
final class EnergyLedger {
    private static final double NANOS = 1e9;

    private final Meter meter;
    private final ProcessorTime time;
    private final PackagePower power;

    private final LinkedHashSet<Account> open = new LinkedHashSet<>();
    private final UnclaimedEnergy unclaimed = new UnclaimedEnergy();
    private final Map<String, Double> byOperation = new HashMap<>();
    private final Map<String, Long> settled = new HashMap<>();
    private double total;
    private double idle;
    private long lastWall;
    private long lastBusy;
    private String unreadable = "";

    EnergyLedger(Meter meter, ProcessorTime time, PackagePower power) throws MeterUnreadableException {
        this.meter = meter;
        this.time = time;
        this.power = power;
        this.lastWall = time.wallNanos();
        this.lastBusy = time.processNanos();
        this.total = meter.joules();
        this.idle = total;
    }

    synchronized EnergyAccount open(String operation) {
        read();
        Account account = new Account(operation, Thread.currentThread());
        open.add(account);
        return account;
    }

    /** Reads the meter without an operation's doing, so that a counter cannot wrap twice unseen. */
    synchronized void tick() {
        read();
    }

    synchronized EnergyStatus status() {
        read();
        return new EnergyStatus(meter.method(), meter.description(), total, idle + unclaimed.joules(), byOperation);
    }

    /**
     * All sums since start at one moment.
     *
     * @param total meter's reading
     * @param idle share of no operation, or not claimed by one yet
     * @param joules by kind of operation
     * @param counts of settled operations by kind
     */
    record Sums(double total, double idle, Map<String, Double> joules, Map<String, Long> counts) {
        static final Sums NONE = new Sums(0, 0, Map.of(), Map.of());
    }

    synchronized Sums sums() {
        read();
        return new Sums(total, idle + unclaimed.joules(), Map.copyOf(byOperation), Map.copyOf(settled));
    }

    private void read() {
        double reading;
        try {
            reading = meter.joules();
            unreadable = "";
        } catch (MeterUnreadableException e) {
            unreadable = e.getMessage();
            return;
        }
        long wall = time.wallNanos();
        long busy = time.processNanos();
        double passed = reading - total;
        double nobodys = Math.min(passed, power.idleWatts() * (wall - lastWall) / NANOS);
        double computing = passed - nobodys;
        if (busy > lastBusy && !open.isEmpty()) {
            unclaimed.add(wall, computing, busy - lastBusy);
            idle += nobodys;
        } else {
            idle += passed;
        }
        total = reading;
        lastWall = wall;
        lastBusy = busy;
    }

    private void claim(Account account, double nanos) {
        UnclaimedEnergy.Claim claim = unclaimed.claim(nanos, account.begun);
        account.claimed += claim.nanos();
        charge(account, claim.joules());
    }

    private void charge(Account account, double joules) {
        account.joules += joules;
        byOperation.merge(account.operation, joules, Double::sum);
    }

    private void end(Account account) {
        open.remove(account);
        idle += unclaimed.expire(open.isEmpty() ? lastWall : open.getFirst().begun);
    }

    private final class Account implements EnergyAccount {
        private final String operation;
        private final Thread opener;
        private final long begun;
        private final long openersTime;
        private double joules;
        private double reported;
        private double claimed;
        private boolean ended;

        Account(String operation, Thread opener) {
            this.operation = operation;
            this.opener = opener;
            this.begun = lastWall;
            this.openersTime = time.threadNanos(opener);
        }

        @Override
        public void work(long busyNanos) {
            if (busyNanos < 0) {
                throw new IllegalArgumentException("busyNanos is " + busyNanos + "; allowed are 0 and more");
            }
            synchronized (EnergyLedger.this) {
                if (ended) {
                    throw new IllegalStateException(
                            "The account of \"" + operation + "\" is settled; its share stands.");
                }
                read();
                reported += busyNanos;
                claim(this, busyNanos);
            }
        }

        @Override
        public EnergyShare settle() {
            synchronized (EnergyLedger.this) {
                if (ended) {
                    throw new IllegalStateException("The account of \"" + operation + "\" is settled already.");
                }
                ended = true;
                read();
                double own = own();
                claim(this, own);
                EnergyShare share = share(own + reported);
                settled.merge(operation, 1L, Long::sum);
                end(this);
                return share;
            }
        }

        /** The opener's processor time; on a virtual thread the time it was not waiting for reported work, as far as unclaimed. */
        private double own() {
            long now = time.threadNanos(opener);
            if (now >= 0 && openersTime >= 0) {
                return Math.max(0, now - openersTime);
            }
            long withoutClock = open.stream().filter(a -> a.openersTime < 0).count();
            double fair = unclaimed.nanosSince(begun) / Math.max(1, withoutClock);
            return Math.max(0, Math.min(fair, time.wallNanos() - begun - reported));
        }

        private EnergyShare share(double busyNanos) {
            double seconds = (time.wallNanos() - begun) / NANOS;
            // Threads that wait for a processor report more than they used; the process's own clock decides.
            double busy = (joules > 0 ? claimed : busyNanos) / NANOS;
            if (!unreadable.isEmpty()) {
                giveBack();
                return new EnergyShare(null, meter.method(), seconds, busy, unreadable);
            }
            if (joules > 0) {
                return new EnergyShare(joules, meter.method(), seconds, busy, meter.reservation());
            }
            double least = busy * power.wattsPerBusyProcessor();
            if (least > 0) {
                // Taken from idling, which gets it back when the counter moves: the sum stays the reading.
                idle -= least;
                charge(this, least);
                return new EnergyShare(
                        joules,
                        "estimate",
                        seconds,
                        busy,
                        "the counter did not move during so short an operation; its processor time at "
                                + power.wattsPerBusyProcessor() + " W a processor");
            }
            return new EnergyShare(
                    null, meter.method(), seconds, busy, "the operation used no processor time that can be measured");
        }

        @Override
        public void close() {
            synchronized (EnergyLedger.this) {
                if (ended) {
                    return;
                }
                ended = true;
                read();
                giveBack();
                end(this);
            }
        }

        /** What is not said of the operation is not said of its kind either. */
        private void giveBack() {
            idle += joules;
            byOperation.merge(operation, -joules, Double::sum);
            joules = 0;
        }
    }
}
