package org.candor.governor.internal;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What can be required before anything is done, in the order of the path. */
enum Governance {
    POLICY("policy gate"),
    CONSENT("consent register"),
    ENERGY("energy accounting"),
    TRANSPARENCY("transparency log");

    private final String description;

    Governance(String description) {
        this.description = description;
    }

    /** Its name in the configuration. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return description;
    }

    boolean in(Services services) {
        return switch (this) {
            case POLICY -> services.policy() != null;
            case CONSENT -> services.consent() != null;
            case ENERGY -> services.energy() != null;
            // An entry is keyed with the caller's key: without keys nothing can be logged.
            case TRANSPARENCY -> services.log() != null && services.subjectKeys() != null;
        };
    }

    /**
     * @param names each may hold several, separated by commas, as a .cfg file has them
     * @throws IllegalArgumentException for a name that is none of these
     */
    static Set<Governance> parse(String[] names) {
        Set<Governance> result = EnumSet.noneOf(Governance.class);
        for (String name : String.join(",", names).split(",")) {
            String wanted = name.strip();
            if (wanted.isEmpty()) {
                continue;
            }
            result.add(Arrays.stream(values())
                    .filter(each -> each.key().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("org.candor.governor: require holds \"" + wanted
                            + "\"; allowed are "
                            + Arrays.stream(values()).map(Governance::key).collect(Collectors.joining(", ")))));
        }
        return result;
    }
}
