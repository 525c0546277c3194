package org.candor.health.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which components are to be made anew, and when. One that failed is tried again: at once when its configuration changes, else
 * after a while that doubles each time. One that works again without our doing is made anew once all the same: those that asked
 * for it in vain may have been left without it (the class comment of {@link ComponentRecovery} says how). Not thread safe.
 */
final class Recovery {

    static final Duration FIRST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** @param bundle id of the bundle that a component is from */
    record Key(long bundle, String component) {}

    /**
     * A component as the runtime describes it.
     *
     * @param failed whether it could not be made
     * @param running whether it works, or would as soon as somebody asks for it
     * @param configuration its properties
     */
    record Seen(Key key, boolean failed, boolean running, Map<String, String> configuration) {}

    private record Failure(Map<String, String> configuration, Duration pause, Instant next) {}

    private final Map<Key, Failure> failures = new HashMap<>();

    /**
     * @param seen every component that there is
     * @return those to make anew now, in the order in which they were seen
     */
    List<Key> due(List<Seen> seen, Instant now) {
        List<Key> due = new ArrayList<>();
        Map<Key, Failure> before = new HashMap<>(failures);
        failures.clear();
        for (Seen each : seen) {
            Failure failure = before.get(each.key());
            if (each.failed()) {
                due.addAll(failed(each, failure, now));
            } else if (failure != null && each.running()) {
                due.add(each.key());
            }
        }
        return due;
    }

    private List<Key> failed(Seen seen, Failure before, Instant now) {
        if (before == null) {
            failures.put(seen.key(), new Failure(seen.configuration(), FIRST, now.plus(FIRST)));
            return List.of();
        }
        boolean changed = !before.configuration().equals(seen.configuration());
        if (!changed && now.isBefore(before.next())) {
            failures.put(seen.key(), before);
            return List.of();
        }
        Duration pause = changed ? FIRST : min(before.pause().multipliedBy(2), LONGEST);
        failures.put(seen.key(), new Failure(seen.configuration(), pause, now.plus(pause)));
        return List.of(seen.key());
    }

    /** A component works after it was made anew, so nobody is left without it. */
    void works(Key key) {
        failures.remove(key);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
