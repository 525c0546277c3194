package org.candor.governor.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Obligation;

/**
 * What each caller used of an operation in the last period. A period is counted in 60 slices, so what was used counts
 * for one to 61/60 of it, and is measured by a clock that nobody sets. In memory: a restart begins anew. Thread safe.
 */
final class Budgets {

    private static final int SLICES = 60;
    private static final int MOST_ACCOUNTS = 100_000;

    private record Key(String tenant, String subject, String operation, Obligation.Unit unit, Duration period) {}

    private static final class Account {
        private final long sliceNanos;
        private final double[] used = new double[SLICES + 1];
        private long newest;

        Account(Duration period) {
            sliceNanos = Math.max(1, period.toNanos() / SLICES);
        }

        /** Forgets what is older than the period. */
        void advance(long nanos) {
            long slice = nanos / sliceNanos;
            if (slice - newest > SLICES) {
                Arrays.fill(used, 0);
            } else {
                for (long gone = newest + 1; gone <= slice; gone++) {
                    used[(int) (gone % used.length)] = 0;
                }
            }
            newest = slice;
        }

        double sum() {
            return Arrays.stream(used).sum();
        }

        void add(double amount) {
            used[(int) (newest % used.length)] += amount;
        }

        /** When enough of what was used is older than the period. */
        long free(double amount) {
            double left = sum();
            for (int i = SLICES; i >= 0; i--) {
                long slice = newest - i;
                left -= slice < 0 ? 0 : used[(int) (slice % used.length)];
                if (left < amount) {
                    return (slice + SLICES + 1) * sliceNanos;
                }
            }
            return (newest + SLICES + 1) * sliceNanos;
        }
    }

    private final Map<Key, Account> accounts = new HashMap<>();
    private final LongSupplier nanoTime;
    private final long begun;

    Budgets(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
    }

    private long elapsed() {
        return nanoTime.getAsLong() - begun;
    }

    private Account account(Caller caller, String operation, Obligation.Budget budget) {
        Key key = new Key(caller.tenant(), caller.subject(), operation, budget.unit(), budget.period());
        Account account = accounts.get(key);
        if (account == null) {
            if (accounts.size() >= MOST_ACCOUNTS) {
                dropUnused();
            }
            account = new Account(budget.period());
            accounts.put(key, account);
        }
        account.advance(elapsed());
        return account;
    }

    private void dropUnused() {
        for (Iterator<Account> all = accounts.values().iterator(); all.hasNext(); ) {
            Account account = all.next();
            account.advance(elapsed());
            if (account.sum() == 0) {
                all.remove();
            }
        }
    }

    /**
     * Whether there is something left; takes one request from a budget of requests. Joules are known, and taken, when the
     * work is done.
     *
     * @param now what the clock on the wall shows
     * @return null, or when there will be something left again, by that clock
     */
    synchronized Instant take(Caller caller, String operation, Obligation.Budget budget, Instant now) {
        Account account = account(caller, operation, budget);
        boolean requests = budget.unit() == Obligation.Unit.REQUESTS;
        if (account.sum() + (requests ? 1 : 0) > budget.amount() || !requests && account.sum() >= budget.amount()) {
            long free = account.free(requests ? budget.amount() - 1 + Math.ulp(budget.amount()) : budget.amount());
            return now.plusNanos(free - elapsed());
        }
        if (requests) {
            account.add(1);
        }
        return null;
    }

    /** Takes what an operation used from a budget of joules. */
    synchronized void spend(Caller caller, String operation, Obligation.Budget budget, double joules) {
        if (budget.unit() == Obligation.Unit.JOULES) {
            account(caller, operation, budget).add(joules);
        }
    }
}
