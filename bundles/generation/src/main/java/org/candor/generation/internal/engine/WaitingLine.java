package org.candor.generation.internal.engine;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Texts that wait, each tenant's in its own line. The tenant that was served least is next; one that comes anew is not served
 * for the time in which it asked for nothing. Used by the scheduler's thread.
 */
final class WaitingLine {

    private final Map<String, Deque<Sequence>> lines = new LinkedHashMap<>();
    /** Tokens that tenants were given, for those that wait or are being served. */
    private final Map<String, Long> served = new LinkedHashMap<>();

    void last(Sequence sequence) {
        line(sequence).addLast(sequence);
    }

    /** Back at the head of its tenant's line. */
    void first(Sequence sequence) {
        line(sequence).addFirst(sequence);
    }

    private Deque<Sequence> line(Sequence sequence) {
        served.computeIfAbsent(sequence.tenant(), anew -> served.values().stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(0));
        return lines.computeIfAbsent(sequence.tenant(), anew -> new ArrayDeque<>());
    }

    /** A tenant was given so many tokens. */
    void served(String tenant, int tokens) {
        served.merge(tenant, (long) tokens, Long::sum);
    }

    /** Forgets how much tenants were given that have nothing here and nothing running. */
    void forgetAllBut(List<Sequence> running) {
        served.keySet()
                .removeIf(tenant -> !lines.containsKey(tenant)
                        && running.stream().noneMatch(one -> one.tenant().equals(tenant)));
    }

    /** Who is next, or null; it stays in line. Those that wait for others are passed over. */
    Sequence next() {
        Optional<Sequence> next = lines.values().stream()
                .map(line -> line.stream()
                        .filter(sequence -> !sequence.waits())
                        .findFirst()
                        .orElse(null))
                .filter(sequence -> sequence != null)
                .min(Comparator.comparingLong(sequence -> served.get(sequence.tenant())));
        return next.orElse(null);
    }

    void remove(Sequence sequence) {
        Deque<Sequence> line = lines.get(sequence.tenant());
        if (line != null && line.remove(sequence) && line.isEmpty()) {
            lines.remove(sequence.tenant());
        }
    }

    /** Takes out those that match, and hands them over. */
    void removeIf(Predicate<Sequence> which, Consumer<Sequence> removed) {
        for (Iterator<Deque<Sequence>> each = lines.values().iterator(); each.hasNext(); ) {
            Deque<Sequence> line = each.next();
            for (Iterator<Sequence> sequences = line.iterator(); sequences.hasNext(); ) {
                Sequence sequence = sequences.next();
                if (which.test(sequence)) {
                    sequences.remove();
                    removed.accept(sequence);
                }
            }
            if (line.isEmpty()) {
                each.remove();
            }
        }
    }

    boolean has(String tenant) {
        return lines.containsKey(tenant);
    }

    /** Tenants that wait. */
    List<String> tenants() {
        return List.copyOf(lines.keySet());
    }

    int size() {
        return lines.values().stream().mapToInt(Deque::size).sum();
    }
}
