package org.candor.governor.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Obligation;

/**
 * What each caller used of an operation in the last period. A period is counted in 60 slices, so what was used counts
 * for one to 61/60 of it. In memory: a restart begins anew. Thread safe.
 */
final class Budgets {

    private static final int SLICES = 60;
    private static final int MOST_ACCOUNTS = 100_000;

    private record Key(String tenant, String subject, String operation, Obligation.Unit unit, Duration period) {}

    private static final class Account {
        private final long sliceMillis;
        private final double[] used = new double[SLICES + 1];
        private long newest;

        Account(Duration period) {
            sliceMillis = Math.max(1, period.toMillis() / SLICES);
        }

        /** Forgets what is older than the period. */
        void advance(Instant now) {
            long slice = now.toEpochMilli() / sliceMillis;
            if (slice - newest > SLICES) {
                Arrays.fill(used, 0);
            } else {
                for (long gone = newest + 1; gone <= slice; gone++) {
                    used[(int) (gone % used.length)] = 0;
                }
            }
            // A clock that was set back must not give a budget twice.
            newest = Math.max(newest, slice);
        }

        double sum() {
            return Arrays.stream(used).sum();
        }

        void add(double amount) {
            used[(int) (newest % used.length)] += amount;
        }

        /** When enough of what was used is older than the period. */
        Instant free(double amount) {
            double left = sum();
            for (int i = SLICES; i >= 0; i--) {
                long slice = newest - i;
                left -= slice < 0 ? 0 : used[(int) (slice % used.length)];
                if (left < amount) {
                    return Instant.ofEpochMilli((slice + SLICES + 1) * sliceMillis);
                }
            }
            return Instant.ofEpochMilli((newest + SLICES + 1) * sliceMillis);
        }
    }

    private final Map<Key, Account> accounts = new HashMap<>();

    private Account account(Caller caller, String operation, Obligation.Budget budget, Instant now) {
        Key key = new Key(caller.tenant(), caller.subject(), operation, budget.unit(), budget.period());
        Account account = accounts.get(key);
        if (account == null) {
            if (accounts.size() >= MOST_ACCOUNTS) {
                dropUnused(now);
            }
            account = new Account(budget.period());
            accounts.put(key, account);
        }
        account.advance(now);
        return account;
    }

    private void dropUnused(Instant now) {
        for (Iterator<Account> all = accounts.values().iterator(); all.hasNext(); ) {
            Account account = all.next();
            account.advance(now);
            if (account.sum() == 0) {
                all.remove();
            }
        }
    }

    /**
     * Whether there is something left; takes one request from a budget of requests. Joules are known, and taken, when the
     * work is done.
     *
     * @return null, or when there will be something left again
     */
    synchronized Instant take(Caller caller, String operation, Obligation.Budget budget, Instant now) {
        Account account = account(caller, operation, budget, now);
        boolean requests = budget.unit() == Obligation.Unit.REQUESTS;
        if (account.sum() + (requests ? 1 : 0) > budget.amount() || !requests && account.sum() >= budget.amount()) {
            return account.free(requests ? budget.amount() - 1 + Math.ulp(budget.amount()) : budget.amount());
        }
        if (requests) {
            account.add(1);
        }
        return null;
    }

    /** Takes what an operation used from a budget of joules. */
    synchronized void spend(Caller caller, String operation, Obligation.Budget budget, double joules, Instant now) {
        if (budget.unit() == Obligation.Unit.JOULES) {
            account(caller, operation, budget, now).add(joules);
        }
    }
}
