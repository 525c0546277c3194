package org.candor.api.configuration;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What counted last for each component with a PID, and what was refused since. A component that is made anew, for example
 * because a service that it needs was, starts from the newest file; where that is refused it goes on with what counted.
 * Holds what the file says, so no classes of the components' bundles. Thread safe.
 */
final class ConfigurationMemory {

    /** The one that outlives components: it goes with this bundle's classes. */
    static final ConfigurationMemory LASTING = new ConfigurationMemory();

    /** The runtime's name of the component, among the properties that it hands over. */
    private static final String COMPONENT = "component.name";

    /**
     * @param good what counted last
     * @param refused what was refused since, or null
     * @param why that was refused
     */
    record Known(Map<String, Object> good, Map<String, Object> refused, String why) {

        /** Why exactly this is known to be refused, or null. */
        String refusal(Map<String, Object> properties) {
            return properties.equals(refused) ? why : null;
        }
    }

    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** One place for each component and PID; null where no runtime made it, as in a test. */
    static String place(String pid, Map<String, ?> properties) {
        return properties.get(COMPONENT) instanceof String component ? pid + " " + component : null;
    }

    /** @return null when nothing ever counted */
    Known at(String place) {
        return place == null ? null : known.get(place);
    }

    void counts(String place, Map<String, Object> properties) {
        if (place != null) {
            known.put(place, new Known(properties, null, ""));
        }
    }

    /** Nothing is remembered of what is refused before anything counted. */
    void refused(String place, Map<String, Object> properties, String why) {
        if (place != null) {
            known.computeIfPresent(place, (each, before) -> new Known(before.good(), properties, why));
        }
    }
}
