package org.candor.consent.internal;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;

/**
 * Everything that the register says, as of one entry. Immutable; a question costs one or two look-ups. The newest entry
 * of a subject for a purpose, or for {@code *}, decides.
 */
final class ConsentSnapshot {
    static final String ALL_PURPOSES = "*";

    private record Newest(long epoch, ConsentState state) {}

    /**
     * @param entries newest entry by subject and purpose
     * @param refusing subjects that refuse, by purpose; under {@code *} those that refuse any purpose not named here
     */
    private record Tenant(Map<String, Map<String, Newest>> entries, Map<String, Set<String>> refusing) {
        static final Tenant EMPTY = new Tenant(Map.of(), Map.of(ALL_PURPOSES, Set.of()));

        boolean permits(String subject, String purpose) {
            Map<String, Newest> ofSubject = entries.get(subject);
            if (ofSubject == null) {
                return true;
            }
            Newest one = ofSubject.get(purpose);
            Newest all = ofSubject.get(ALL_PURPOSES);
            Newest decisive = one == null || all != null && all.epoch() > one.epoch() ? all : one;
            return decisive == null || decisive.state() == ConsentState.GRANTED;
        }
    }

    private final long epoch;
    private final Map<String, Tenant> tenants;

    private ConsentSnapshot(long epoch, Map<String, Tenant> tenants) {
        this.epoch = epoch;
        this.tenants = tenants;
    }

    /** @param records all entries, oldest first */
    static ConsentSnapshot of(Iterable<ConsentRecord> records) {
        long epoch = 0;
        Map<String, Map<String, Map<String, Newest>>> entries = new HashMap<>();
        for (ConsentRecord record : records) {
            epoch = record.epoch();
            entries.computeIfAbsent(record.tenant(), t -> new HashMap<>())
                    .computeIfAbsent(record.subject(), s -> new HashMap<>())
                    .put(record.purpose(), new Newest(record.epoch(), record.state()));
        }
        Map<String, Tenant> tenants = new HashMap<>();
        entries.forEach((name, ofTenant) -> {
            Set<String> purposes = new HashSet<>(Set.of(ALL_PURPOSES));
            ofTenant.values().forEach(ofSubject -> purposes.addAll(ofSubject.keySet()));
            Tenant open = new Tenant(ofTenant, Map.of());
            Map<String, Set<String>> refusing = new HashMap<>();
            for (String purpose : purposes) {
                Set<String> subjects = new HashSet<>();
                for (String subject : ofTenant.keySet()) {
                    if (!open.permits(subject, purpose)) {
                        subjects.add(subject);
                    }
                }
                refusing.put(purpose, Collections.unmodifiableSet(subjects));
            }
            tenants.put(name, new Tenant(ofTenant, refusing));
        });
        return new ConsentSnapshot(epoch, tenants);
    }

    /** This and one newer entry. */
    ConsentSnapshot with(ConsentRecord record) {
        Tenant before = tenants.getOrDefault(record.tenant(), Tenant.EMPTY);
        Map<String, Map<String, Newest>> entries = new HashMap<>(before.entries());
        Map<String, Newest> ofSubject = new HashMap<>(entries.getOrDefault(record.subject(), Map.of()));
        ofSubject.put(record.purpose(), new Newest(record.epoch(), record.state()));
        entries.put(record.subject(), ofSubject);

        Map<String, Set<String>> refusing = new HashMap<>(before.refusing());
        refusing.putIfAbsent(record.purpose(), before.refusing().get(ALL_PURPOSES));
        Tenant open = new Tenant(entries, Map.of());
        boolean all = record.purpose().equals(ALL_PURPOSES);
        for (String purpose : all ? Set.copyOf(refusing.keySet()) : Set.of(record.purpose())) {
            Set<String> subjects = refusing.get(purpose);
            boolean refuses = !open.permits(record.subject(), purpose);
            if (refuses != subjects.contains(record.subject())) {
                Set<String> changed = new HashSet<>(subjects);
                if (refuses) {
                    changed.add(record.subject());
                } else {
                    changed.remove(record.subject());
                }
                refusing.put(purpose, Collections.unmodifiableSet(changed));
            }
        }
        Map<String, Tenant> changed = new HashMap<>(tenants);
        changed.put(record.tenant(), new Tenant(entries, refusing));
        return new ConsentSnapshot(record.epoch(), changed);
    }

    long epoch() {
        return epoch;
    }

    boolean permits(String tenant, String subject, String purpose) {
        return tenants.getOrDefault(tenant, Tenant.EMPTY).permits(subject, purpose);
    }

    Set<String> refusing(String tenant, String purpose) {
        Map<String, Set<String>> refusing =
                tenants.getOrDefault(tenant, Tenant.EMPTY).refusing();
        Set<String> subjects = refusing.get(purpose);
        return subjects == null ? refusing.get(ALL_PURPOSES) : subjects;
    }

    List<String> subjects(String tenant) {
        return List.copyOf(new TreeSet<>(
                tenants.getOrDefault(tenant, Tenant.EMPTY).entries().keySet()));
    }
}
