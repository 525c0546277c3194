package org.candor.gateway.internal;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;

/** What everybody who watches sees, made once a second however many watch. Thread safe. */
final class LiveStatus {

    private static final long FRESH_NANOS = 900_000_000L;

    private final Backends backends;
    private final Traffic traffic;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private Map<String, Object> last;
    private long lastNanos;
    private double lastJoules = Double.NaN;
    private final GeneratorRates rates = new GeneratorRates();

    LiveStatus(Backends backends, Traffic traffic, Clock clock, LongSupplier nanoTime) {
        this.backends = backends;
        this.traffic = traffic;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    synchronized Map<String, Object> now() {
        long nanos = nanoTime.getAsLong();
        if (last == null || nanos - lastNanos > FRESH_NANOS) {
            last = make(nanos);
            lastNanos = nanos;
        }
        return last;
    }

    /** Whether a caller may see what the checks say. */
    boolean mayInspect(Caller caller) {
        return SystemRoutes.mayInspect(backends.platform(), caller);
    }

    private Map<String, Object> make(long nanos) {
        Platform platform = backends.platform();
        Map<String, Object> status = platform == null ? Map.of() : platform.status();
        List<Platform.Check> checks = SystemRoutes.checks(platform);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
        json.put("ready", SystemRoutes.ready(checks));
        json.put("checks", Views.checks(checks, true));
        json.put("requests", requests());
        json.put("energy", energy(status.get("energy"), nanos));
        json.put("models", status.get("models"));
        json.put("revisions", status.get("revisions"));
        json.put("generators", rates.of(status.get("generators"), nanos, traffic::joulesPerToken));
        json.put("library", status.get("library"));
        json.put("policy", status.get("policy"));
        json.put("log", status.get("log"));
        return json;
    }

    private Map<String, Object> requests() {
        RecentRequests.View recent = traffic.recent();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("perSecond", recent.perSecond());
        json.put("p50Millis", finite(recent.p50Millis()));
        json.put("p99Millis", finite(recent.p99Millis()));
        json.put("inFlight", traffic.inFlight());
        return json;
    }

    /** Watts are what was used since the last look; null at the first, and when the meter says nothing. */
    private Map<String, Object> energy(Object energy, long nanos) {
        if (!(energy instanceof Map<?, ?> map)) {
            lastJoules = Double.NaN;
            return null;
        }
        double joules = map.get("totalJoules") instanceof Number number ? number.doubleValue() : Double.NaN;
        double watts = (joules - lastJoules) / ((nanos - lastNanos) / 1e9);
        lastJoules = joules;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("watts", finite(watts));
        json.put("joulesTotal", finite(joules));
        json.put("method", map.get("method"));
        return json;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
