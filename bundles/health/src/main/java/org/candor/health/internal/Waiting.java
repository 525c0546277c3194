package org.candor.health.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.operation.Platform.ComponentState;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** What the component runtime says of a component, in words. */
final class Waiting {

    private static final Pattern NO_NUMBER = Pattern.compile("NumberFormatException: For input string: \"(.*)\"");

    private final Registry registry;

    /** @param registry what knows which services there are: of a component that is not made yet the runtime knows nothing */
    Waiting(Registry registry) {
        this.registry = registry;
    }

    /** The services that there are. */
    interface Registry {

        /**
         * Whether anybody offers such a service.
         *
         * @param type name of the interface
         * @param target the filter that it has to match, or null
         */
        boolean has(String type, String target);
    }

    /** A component of which the runtime has made nothing yet: it needs a configuration, or is switched off. */
    static ComponentState withoutConfiguration(ComponentDescriptionDTO description, boolean enabled) {
        List<String> waits = enabled && "require".equals(description.configurationPolicy)
                ? List.of("configuration " + pids(description))
                : List.of();
        return state(description, enabled ? "unsatisfied" : "disabled", waits, List.of());
    }

    /** @param refused why the newest configuration of a component that runs does not count, a line each */
    ComponentState configured(
            ComponentDescriptionDTO description, ComponentConfigurationDTO configuration, List<String> refused) {
        List<String> waits = new ArrayList<>(refused);
        if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
            waits.add("configuration " + pids(description));
        }
        for (UnsatisfiedReferenceDTO reference : configuration.unsatisfiedReferences) {
            waits.add(service(description, reference.name, reference.target));
        }
        if (configuration.failure != null) {
            waits.add(failure(description, configuration));
        }
        List<String> without = new ArrayList<>();
        for (SatisfiedReferenceDTO reference : configuration.satisfiedReferences) {
            if (reference.boundServices.length == 0 && isAbsent(description, reference)) {
                without.add(service(description, reference.name, reference.target));
            }
        }
        return state(description, state(configuration), waits, without);
    }

    /** A value that is no number never reaches the component, which would have named its key. */
    private static String failure(ComponentDescriptionDTO description, ComponentConfigurationDTO configuration) {
        Matcher noNumber = NO_NUMBER.matcher(configuration.failure);
        if (noNumber.find()) {
            for (Map.Entry<String, Object> property : new TreeMap<>(configuration.properties).entrySet()) {
                if (noNumber.group(1).equals(property.getValue())) {
                    return pids(description) + ": " + property.getKey() + " is \"" + noNumber.group(1)
                            + "\", a number within its range is needed";
                }
            }
        }
        return Failure.of(configuration.failure);
    }

    private static ComponentState state(
            ComponentDescriptionDTO description, String state, List<String> waits, List<String> without) {
        return new ComponentState(
                description.name,
                description.bundle.symbolicName,
                state,
                List.copyOf(waits),
                List.copyOf(without),
                pids(description));
    }

    private static String pids(ComponentDescriptionDTO description) {
        return description.configurationPid == null ? "" : String.join(", ", description.configurationPid);
    }

    private static String state(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> "active";
            case ComponentConfigurationDTO.SATISFIED -> "satisfied";
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> "failed";
            default -> "unsatisfied";
        };
    }

    /** A component that nobody has asked for yet has nothing bound, whatever there is. */
    private boolean isAbsent(ComponentDescriptionDTO description, SatisfiedReferenceDTO reference) {
        for (ReferenceDTO each : description.references) {
            if (each.name.equals(reference.name)) {
                return each.cardinality.startsWith("0") && !registry.has(each.interfaceName, reference.target);
            }
        }
        return false;
    }

    /** @param target the filter that the service has to match, or null */
    private static String service(ComponentDescriptionDTO description, String reference, String target) {
        String service = reference;
        for (ReferenceDTO each : description.references) {
            if (each.name.equals(reference)) {
                service = words(each.interfaceName) + " (" + each.interfaceName + ")";
            }
        }
        return "service " + service + (target == null ? "" : " with " + target);
    }

    /** The simple name of a type as words: {@code org.candor.api.tokenize.TokenizerFactory} is a tokenizer factory. */
    static String words(String type) {
        String simple = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
        StringBuilder words = new StringBuilder();
        for (String word :
                simple.split("(?<=[\\p{Lower}\\p{Digit}])(?=\\p{Upper})|(?<=\\p{Upper})(?=\\p{Upper}\\p{Lower})")) {
            boolean acronym = word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT));
            words.append(words.isEmpty() ? "" : " ").append(acronym ? word : word.toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }
}
