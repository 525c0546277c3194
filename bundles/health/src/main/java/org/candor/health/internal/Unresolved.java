package org.candor.health.internal;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** What keeps a bundle from being resolved, in words. */
final class Unresolved {

    private static final Pattern PACKAGE = Pattern.compile("\\(" + PackageNamespace.PACKAGE_NAMESPACE + "=([^)]+)\\)");

    private Unresolved() {}

    /** One line for each requirement that nobody meets; empty for a bundle that is resolved, or could be. */
    static List<String> requirements(Bundle bundle, FrameworkWiring wiring) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (bundle.getState() != Bundle.INSTALLED || revision == null) {
            return List.of();
        }
        return revision.getDeclaredRequirements(null).stream()
                .filter(Unresolved::isMandatory)
                .map(requirement -> line(requirement, wiring.findProviders(requirement)))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static boolean isMandatory(BundleRequirement requirement) {
        String effective = requirement.getDirectives().get(Constants.EFFECTIVE_DIRECTIVE);
        String resolution = requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE);
        return (effective == null || effective.equals(Constants.EFFECTIVE_RESOLVE))
                && (resolution == null || resolution.equals(Constants.RESOLUTION_MANDATORY));
    }

    private static String line(BundleRequirement requirement, Collection<BundleCapability> providers) {
        String what = what(requirement);
        if (providers.isEmpty()) {
            return what + ", which no bundle offers";
        }
        if (providers.stream()
                .map(BundleCapability::getRevision)
                .anyMatch(each -> each.getWiring() != null || each.equals(requirement.getRevision()))) {
            return "";
        }
        return what + " of "
                + providers.stream()
                        .map(each -> each.getRevision().getSymbolicName())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(" or "))
                + ", which is not resolved either";
    }

    private static String what(BundleRequirement requirement) {
        String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        Matcher imported = PACKAGE.matcher(filter);
        if (requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE) && imported.find()) {
            boolean simple = imported.group().equals(filter);
            return "package " + imported.group(1) + (simple ? "" : " with " + filter);
        }
        return "capability " + requirement.getNamespace() + (filter.isEmpty() ? "" : " with " + filter);
    }
}
