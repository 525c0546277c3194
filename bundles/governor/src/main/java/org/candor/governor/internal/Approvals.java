package org.candor.governor.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who asked first for what takes two persons. The second one has to ask for exactly the same, the reason left out, within
 * a day: what the request leads to is part of it, so nothing else can be put in its place meanwhile. In memory: after a
 * restart both ask again. Thread safe.
 */
final class Approvals {

    static final Duration WITHIN = Duration.ofHours(24);
    /** Requests that may be open at once: what one tenant asks for pushes nothing out that another one does. */
    static final int MOST_OF_ONE_TENANT = 1_000;

    private record Asked(String tenant, String subject, Instant time) {}

    private final Map<String, Asked> open = new LinkedHashMap<>();

    /**
     * Notes that somebody asks.
     *
     * @return who asked before and is somebody else, or null: then another person has to ask
     */
    synchronized String ask(Operation operation, Instant now) {
        // A clock that was far ahead must not keep a request open for as long.
        open.values()
                .removeIf(asked -> asked.time().plus(WITHIN).isBefore(now)
                        || asked.time().minus(WITHIN).isAfter(now));
        String key = key(operation);
        Asked before = open.get(key);
        if (before != null && !before.subject().equals(operation.caller().subject())) {
            open.remove(key);
            return before.subject();
        }
        String tenant = operation.caller().tenant();
        if (before == null) {
            dropOldest(tenant);
        }
        open.put(key, new Asked(tenant, operation.caller().subject(), now));
        return null;
    }

    /** What was asked for was refused after all: the first person's request stands again. */
    synchronized void giveBack(Operation operation, String first, Instant now) {
        open.putIfAbsent(key(operation), new Asked(operation.caller().tenant(), first, now));
    }

    private void dropOldest(String tenant) {
        List<String> own = open.entrySet().stream()
                .filter(entry -> entry.getValue().tenant().equals(tenant))
                .map(Map.Entry::getKey)
                .toList();
        if (own.size() >= MOST_OF_ONE_TENANT) {
            open.remove(own.getFirst());
        }
    }

    private static String key(Operation operation) {
        Map<String, Object> what = new LinkedHashMap<>(operation.request());
        what.remove("reason");
        what.put("operation", operation.name());
        what.put("tenant", operation.caller().tenant());
        return new String(org.candor.proof.Json.canonical(what), StandardCharsets.UTF_8);
    }
}
