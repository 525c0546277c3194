package org.candor.models.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.candor.api.model.ModelFormatException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.util.tracker.BundleTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes bundles in that are packs. */
final class BundlePacks implements BundleTrackerCustomizer<BundlePacks.Tracked> {

    private static final Logger LOG = LoggerFactory.getLogger(BundlePacks.class);

    private final Revisions revisions;
    private final Runnable arrived;
    private final BooleanSupplier closing;

    /**
     * @param arrived to be run after each pack that can be read
     * @param closing whether bundles go because the platform does
     */
    BundlePacks(Revisions revisions, Runnable arrived, BooleanSupplier closing) {
        this.revisions = revisions;
        this.arrived = arrived;
        this.closing = closing;
    }

    /** @param revision or null for a pack that cannot be read */
    record Tracked(BundlePack pack, Revision revision) {}

    @Override
    public Tracked addingBundle(Bundle bundle, BundleEvent event) {
        List<BundleCapability> capabilities =
                new ArrayList<>(bundle.adapt(BundleRevision.class).getDeclaredCapabilities(PackRegistry.NAMESPACE));
        if (capabilities.isEmpty()) {
            return null;
        }
        BundlePack pack = new BundlePack(bundle);
        Map<String, Object> claims = capabilities.getFirst().getAttributes();
        try {
            ModelCard card = ModelCard.read(pack);
            Revision.checkClaims(
                    pack,
                    card,
                    claim(pack, claims, "name"),
                    claim(pack, claims, "version"),
                    claim(pack, claims, "family"));
            Revision revision = revisions.install(pack, card, Cause.system("its " + pack.location() + " is present"));
            arrived.run();
            return new Tracked(pack, revision);
        } catch (IOException e) {
            LOG.error("The pack is refused: {}", e.getMessage());
            revisions
                    .installed()
                    .unreadable(
                            pack.location(),
                            String.valueOf(claims.get("name")),
                            String.valueOf(claims.get("version")),
                            String.valueOf(claims.get("family")),
                            e.getMessage());
            return new Tracked(pack, null);
        }
    }

    private static String claim(BundlePack pack, Map<String, Object> claims, String name) throws ModelFormatException {
        Object value = claims.get(name);
        if (value == null) {
            throw new ModelFormatException(
                    pack.location() + ": the capability " + PackRegistry.NAMESPACE + " has no attribute " + name);
        }
        return value.toString();
    }

    @Override
    public void modifiedBundle(Bundle bundle, BundleEvent event, Tracked tracked) {
        // Packs have no code: whether they are started makes no difference.
    }

    @Override
    public void removedBundle(Bundle bundle, BundleEvent event, Tracked tracked) {
        if (closing.getAsBoolean()) {
            return;
        }
        revisions.installed().readable(tracked.pack().location());
        if (tracked.revision() != null) {
            revisions.withdraw(
                    tracked.revision(),
                    tracked.pack(),
                    Cause.system("its " + tracked.pack().location() + " has gone"));
        }
    }
}
