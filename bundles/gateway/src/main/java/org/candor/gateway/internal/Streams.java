package org.candor.gateway.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.candor.api.operation.Caller;

/**
 * Open event streams: how many there may be, and their common end when the server stops. Neither one caller nor one tenant
 * takes the places of all, and other tenants together leave some to those who run the server. Thread safe.
 */
final class Streams implements AutoCloseable {

    static final int MOST = 256;
    static final int MOST_OF_ONE_TENANT = 64;
    static final int MOST_OF_ONE_CALLER = 16;
    /** Of all places, those that only callers of the operator's tenant take. */
    static final int KEPT_FOR_OPERATOR = 64;

    private final Map<String, Integer> ofCaller = new HashMap<>();
    private final Map<String, Integer> ofTenant = new HashMap<>();
    private volatile CountDownLatch end = new CountDownLatch(1);

    /** A place among the open streams, until closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws ApiError 429 */
    synchronized Place open(Caller caller) {
        String tenant = caller.tenant();
        String who = tenant + "\n" + caller.subject();
        refuse(ofCaller.getOrDefault(who, 0), MOST_OF_ONE_CALLER, "of this key or user");
        refuse(ofTenant.getOrDefault(tenant, 0), MOST_OF_ONE_TENANT, "of this tenant");
        refuse(all(), MOST, "of the server");
        if (!caller.ofOperator()) {
            int others = all() - ofTenant.getOrDefault(Caller.OPERATOR_TENANT, 0);
            refuse(others, MOST - KEPT_FOR_OPERATOR, "of all tenants");
        }
        ofCaller.merge(who, 1, Integer::sum);
        ofTenant.merge(tenant, 1, Integer::sum);
        return new Place() {
            private boolean left;

            @Override
            public void close() {
                synchronized (Streams.this) {
                    if (!left) {
                        left = true;
                        leave(ofCaller, who);
                        leave(ofTenant, tenant);
                    }
                }
            }
        };
    }

    private int all() {
        return ofTenant.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static void refuse(int open, int most, String whose) {
        if (open >= most) {
            throw new ApiError(
                            429,
                            "too_many_streams",
                            null,
                            most + " event streams " + whose
                                    + " are open, which is as many as there may be; close some first.")
                    .header("Retry-After", "5");
        }
    }

    private static void leave(Map<String, Integer> counts, String whose) {
        counts.computeIfPresent(whose, (name, own) -> own == 1 ? null : own - 1);
    }

    /** Waits; false when every stream shall end. */
    boolean pause(long millis) throws InterruptedException {
        return !end.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Ends the streams that are open now; new ones may begin. */
    void endAll() {
        CountDownLatch old = end;
        end = new CountDownLatch(1);
        old.countDown();
    }

    @Override
    public void close() {
        end.countDown();
    }
}
