package org.candor.standby.internal;

import jakarta.servlet.ServletRequest;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Closes the ports before the HTTP server ends. By itself it takes its servlets away first and then its ports, and answers
 * 404 to those who come between. Thread safe.
 */
@Component(service = Door.class)
public final class Door implements SynchronousBundleListener {

    private static final long ANSWERS_LEAVE_MILLIS = 1_000;

    private final Set<Connector> connectors =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final BundleContext context;

    @Activate
    public Door(BundleContext context) {
        this.context = context;
        context.addBundleListener(this);
    }

    @Deactivate
    void close() {
        context.removeBundleListener(this);
    }

    /** Notes the port that a request came through. */
    void cameThrough(ServletRequest request) {
        connectors.add(ServletContextRequest.getServletContextRequest(request)
                .getConnectionMetaData()
                .getConnector());
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle http = FrameworkUtil.getBundle(Connector.class);
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().equals(http)) {
            for (Connector connector : Set.copyOf(connectors)) {
                shut(connector);
            }
        }
    }

    /** Whoever is in gets an answer, nobody else comes in. */
    static void shut(Connector connector) {
        try {
            connector.shutdown().get(ANSWERS_LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The HTTP server ends all the same.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
