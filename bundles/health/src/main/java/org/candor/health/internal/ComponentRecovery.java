package org.candor.health.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.ComponentConstants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.promise.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes components anew that could not be made. The runtime (Felix SCR 2.2) registers a component's service before it makes the
 * component, and leaves it registered when that fails: those that bind it get nothing. Once the component can be made, say
 * because its configuration was corrected, the runtime binds them late, on a thread of its own, which may meet the thread that
 * delivers the configuration, each holding the lock that the other needs; after five seconds one gives up, and what it was to
 * bind stays unbound for good. Making the component anew takes its service away and registers it again, which everybody
 * notices.
 */
@Component(
        immediate = true,
        service = {})
public final class ComponentRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ComponentRecovery.class);
    private static final int SECONDS_BETWEEN_LOOKS = 1;
    private static final int MOST_SECONDS = 30;

    private final ServiceComponentRuntime runtime;
    private final BundleContext context;
    private final Recovery recovery = new Recovery();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("candor-recovery").daemon().factory());

    @Activate
    public ComponentRecovery(@Reference ServiceComponentRuntime runtime, BundleContext context) {
        this.runtime = runtime;
        this.context = context;
        looks.scheduleWithFixedDelay(this::look, 0, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() {
        looks.shutdownNow();
    }

    private void look() {
        try {
            recover();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // The runtime or a bundle goes away while it is looked at: the next look sees what is left.
            LOG.debug("Components could not be looked at", e);
        }
    }

    private void recover() throws InterruptedException {
        Map<Recovery.Key, ComponentDescriptionDTO> descriptions = new HashMap<>();
        List<Recovery.Seen> seen = new ArrayList<>();
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            Collection<ComponentConfigurationDTO> configurations = runtime.getComponentConfigurationDTOs(description);
            // A component made once for each configuration of a factory fails for one of them, the others work.
            if (configurations.size() == 1 && active(description)) {
                Recovery.Seen each = seen(description, configurations.iterator().next());
                seen.add(each);
                descriptions.put(each.key(), description);
            }
        }
        for (Recovery.Key key : recovery.due(seen, Instant.now())) {
            remake(key, descriptions.get(key));
        }
    }

    private static Recovery.Seen seen(ComponentDescriptionDTO description, ComponentConfigurationDTO configuration) {
        int state = configuration.state;
        return new Recovery.Seen(
                new Recovery.Key(description.bundle.id, description.name),
                state == ComponentConfigurationDTO.FAILED_ACTIVATION,
                state == ComponentConfigurationDTO.ACTIVE || state == ComponentConfigurationDTO.SATISFIED,
                written(configuration.properties));
    }

    /** What a configuration says, without the number that each making of a component gets. */
    private static Map<String, String> written(Map<String, Object> properties) {
        Map<String, String> written = new HashMap<>();
        properties.forEach((key, value) -> written.put(key, Arrays.deepToString(new Object[] {value})));
        written.remove(ComponentConstants.COMPONENT_ID);
        return written;
    }

    private boolean active(ComponentDescriptionDTO description) {
        Bundle bundle = context.getBundle(description.bundle.id);
        return bundle != null && bundle.getState() == Bundle.ACTIVE;
    }

    private void remake(Recovery.Key key, ComponentDescriptionDTO description) throws InterruptedException {
        LOG.info("{} could not be made before and is made anew", key.component());
        try {
            await(runtime.disableComponent(description));
        } finally {
            await(runtime.enableComponent(description));
        }
        for (ComponentConfigurationDTO each : runtime.getComponentConfigurationDTOs(description)) {
            if (each.state != ComponentConfigurationDTO.FAILED_ACTIVATION) {
                recovery.works(key);
            }
        }
    }

    /** For as long as the runtime may need; what it could not do, the next look sees. */
    private static void await(Promise<Void> promise) throws InterruptedException {
        CountDownLatch resolved = new CountDownLatch(1);
        promise.onResolve(resolved::countDown);
        if (!resolved.await(MOST_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("The component runtime has not switched a component within {} s", MOST_SECONDS);
        }
    }
}
