package org.candor.standby.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.karaf.jaas.modules.Encryption;
import org.apache.karaf.jaas.modules.EncryptionService;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses logins to the shell at once while nobody can check passwords. Karaf's login modules wait 20 s for the service that
 * does (EncryptionSupport of org.apache.karaf.jaas.modules 4.4.10), for each try, and say nothing. This one takes its place
 * when it has gone, and not before it first came: at a start they do better to wait. Thread safe.
 */
@Component(service = {})
public final class PasswordStandby {

    private static final Logger LOG = LoggerFactory.getLogger(PasswordStandby.class);
    private static final String NAME = "pbkdf2";
    private static final String STANDBY = "candor.standby";

    private final Supplier<Runnable> offer;
    private int present;
    /** Takes the refusal back, or null while it is not offered. */
    private Runnable withdraw;

    private boolean closed;

    @Activate
    public PasswordStandby(BundleContext context) {
        this(() -> {
            Dictionary<String, Object> properties = new Hashtable<>(Map.of("name", NAME, STANDBY, true));
            ServiceRegistration<?> registration =
                    context.registerService(EncryptionService.class, PasswordStandby::refuse, properties);
            return registration::unregister;
        });
    }

    /** @param offer offers the refusal and gives what takes it back */
    PasswordStandby(Supplier<Runnable> offer) {
        this.offer = offer;
    }

    /** Somebody checks passwords. */
    @Reference(
            service = EncryptionService.class,
            target = "(&(name=" + NAME + ")(!(" + STANDBY + "=*)))",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "gone")
    synchronized void came(ServiceReference<EncryptionService> service) {
        present++;
        takeBack();
    }

    synchronized void gone(ServiceReference<EncryptionService> service) {
        present--;
        // The runtime lets go of services after it has deactivated the component.
        if (present == 0 && withdraw == null && !closed) {
            withdraw = offer.get();
        }
    }

    @Deactivate
    synchronized void close() {
        closed = true;
        takeBack();
    }

    private void takeBack() {
        if (withdraw != null) {
            withdraw.run();
            withdraw = null;
        }
    }

    /** Null is Karaf's word for a service that cannot do it; the next one is asked then, and there is none. */
    static Encryption refuse(Map<String, String> options) {
        LOG.warn(
                "A login to the shell is refused, because nobody can check its password: the bundle org.candor.passwords is "
                        + "not running. Keys of etc/keys.properties still open the shell; POST /admin/shell and ./candor shell need no password.");
        return null;
    }
}
