package org.candor.health.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Platform.BundleState;
import org.candor.api.operation.Platform.ComponentState;
import org.candor.api.operation.Platform.Components;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Bundles and declarative services components as they are now, and what those wait for. Thread safe. */
@Component(immediate = true)
public final class ComponentInventory implements Platform.Inventory, BundleListener {

    private final ServiceComponentRuntime runtime;
    private final BundleContext context;
    private final Clock clock = Clock.systemUTC();
    private final Waiting waiting = new Waiting(this::hasService);
    private final Map<Long, Instant> changed = new ConcurrentHashMap<>();

    @Activate
    public ComponentInventory(@Reference ServiceComponentRuntime runtime, BundleContext context) {
        this.runtime = runtime;
        this.context = context;
        context.addBundleListener(this);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.UNINSTALLED) {
            changed.remove(event.getBundle().getBundleId());
        } else {
            changed.put(event.getBundle().getBundleId(), clock.instant());
        }
    }

    @Override
    public Components components() {
        FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
        List<BundleState> bundles = Arrays.stream(context.getBundles())
                .map(bundle -> new BundleState(
                        name(bundle),
                        bundle.getVersion().toString(),
                        state(bundle),
                        Unresolved.requirements(bundle, wiring),
                        changed.get(bundle.getBundleId())))
                .sorted(Comparator.comparing(BundleState::name).thenComparing(BundleState::version))
                .toList();
        List<ComponentState> components = new ArrayList<>();
        List<Configuration.State> settings = configurations();
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            add(components, description, runtime.getComponentConfigurationDTOs(description), settings);
        }
        components.sort(Comparator.comparing(ComponentState::bundle).thenComparing(ComponentState::name));
        return new Components(bundles, components);
    }

    private void add(
            List<ComponentState> components,
            ComponentDescriptionDTO description,
            Collection<ComponentConfigurationDTO> configurations,
            List<Configuration.State> settings) {
        if (configurations.isEmpty()) {
            boolean enabled = runtime.isComponentEnabled(description);
            components.add(Waiting.withoutConfiguration(description, enabled));
        }
        for (ComponentConfigurationDTO configuration : configurations) {
            boolean active = configuration.state == ComponentConfigurationDTO.ACTIVE;
            components.add(waiting.configured(
                    description, configuration, active ? refused(description, settings) : List.of()));
        }
    }

    private boolean hasService(String type, String target) {
        try {
            return context.getAllServiceReferences(type, target) != null;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("a filter that the component runtime took: " + target, e);
        }
    }

    /** A component that runs, and whose newest configuration does not count. */
    private static List<String> refused(ComponentDescriptionDTO description, List<Configuration.State> settings) {
        List<String> pids = description.configurationPid == null ? List.of() : List.of(description.configurationPid);
        List<String> refused = new ArrayList<>();
        for (Configuration.State state : settings) {
            if (pids.contains(state.pid()) && !state.refused().isEmpty()) {
                refused.add("configuration refused, the one before it stays: " + state.refused());
            }
            if (pids.contains(state.pid()) && !state.pending().isEmpty()) {
                refused.add("the next start: " + state.pending());
            }
        }
        return refused;
    }

    /** Asked for when needed: as a reference it would be one more thing that a lone room is said to lack. */
    private List<Configuration.State> configurations() {
        List<Configuration.State> states = new ArrayList<>();
        try {
            for (ServiceReference<Configured> reference : context.getServiceReferences(Configured.class, null)) {
                Configured configured = context.getService(reference);
                if (configured != null) {
                    states.add(configured.configuration());
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("there is no filter", e);
        }
        return states;
    }

    private static String name(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name == null ? bundle.getLocation() : name;
    }

    private static String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "active";
            case Bundle.STARTING -> lazy(bundle) ? "active" : "starting";
            case Bundle.STOPPING -> "stopping";
            case Bundle.RESOLVED -> fragment(bundle) ? "active" : "resolved";
            case Bundle.UNINSTALLED -> "uninstalled";
            default -> "installed";
        };
    }

    /** A bundle that is started by its first class being loaded counts as active while it waits for that. */
    private static boolean lazy(Bundle bundle) {
        String policy = bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY);
        return policy != null && policy.startsWith(Constants.ACTIVATION_LAZY);
    }

    /** A fragment never starts: with its host resolved it does all it can. */
    private static boolean fragment(Bundle bundle) {
        return bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
    }
}
