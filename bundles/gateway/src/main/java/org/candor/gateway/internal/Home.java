package org.candor.gateway.internal;

import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/** The folder of the server's state. */
final class Home {

    private Home() {}

    /** What the framework property {@code candor.home} names. */
    static Path of(BundleContext context) {
        String home = context.getProperty("candor.home");
        if (home == null || home.isBlank()) {
            throw new IllegalStateException(
                    "candor.home is not set: it names the folder of the server's state, for example in etc/config.properties");
        }
        return Path.of(home);
    }
}
