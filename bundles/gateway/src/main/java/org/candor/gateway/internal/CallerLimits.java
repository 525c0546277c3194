package org.candor.gateway.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.candor.api.operation.Caller;

/** How many requests of one caller are served at once, so that one key leaves room for the others. Thread safe. */
final class CallerLimits {

    /** The place of nobody. */
    static final Place NONE = () -> {};

    private final int most;
    private final Map<String, Integer> inFlight = new ConcurrentHashMap<>();

    CallerLimits(int most) {
        this.most = most;
    }

    /** A caller's place, until closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param caller or null for anybody
     * @throws ApiError 429
     */
    Place enter(Caller caller) {
        if (caller == null) {
            return NONE;
        }
        String who = caller.tenant() + "\n" + caller.subject();
        Place place = () -> inFlight.computeIfPresent(who, (name, count) -> count == 1 ? null : count - 1);
        if (inFlight.merge(who, 1, Integer::sum) > most) {
            place.close();
            throw new ApiError(
                            429,
                            "too_many_requests",
                            null,
                            "More than " + most + " requests of this key are being served; send fewer at once.")
                    .header("Retry-After", "1");
        }
        return place;
    }
}
