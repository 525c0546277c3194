package org.candor.gateway.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.candor.api.operation.Caller;

/** Open event streams: how many there may be, and their common end when the server stops. Thread safe. */
final class Streams implements AutoCloseable {

    private static final int MOST = 256;
    private static final int MOST_OF_ONE_CALLER = 16;

    private final Map<String, Integer> open = new HashMap<>();
    private int count;
    private volatile CountDownLatch end = new CountDownLatch(1);

    /** A place among the open streams, until closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws ApiError 429 */
    synchronized Place open(Caller caller) {
        String who = caller.tenant() + "\n" + caller.subject();
        int own = open.getOrDefault(who, 0);
        if (own >= MOST_OF_ONE_CALLER || count >= MOST) {
            throw new ApiError(429, "too_many_streams", null, "Too many event streams are open; close some first.")
                    .header("Retry-After", "5");
        }
        open.put(who, own + 1);
        count++;
        return () -> leave(who);
    }

    private synchronized void leave(String who) {
        count--;
        open.computeIfPresent(who, (name, own) -> own == 1 ? null : own - 1);
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
