package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelTransition;
import org.candor.proof.PackTrust;

/** A registry's revisions for tests that look at nothing else: nobody is told, and nothing stands by. */
final class TestRevisions {

    private TestRevisions() {}

    static Revisions in(Path folder, Loaders loaders, PackTrust trust) throws IOException {
        return new Revisions(
                new ContentStore(folder.resolve("store"), 1 << 20),
                new ActivationLog(folder.resolve("activations.jsonl")),
                new Cards(folder.resolve("cards")),
                () -> trust,
                0,
                loaders,
                new Surroundings.Standby() {
                    @Override
                    public boolean wanted() {
                        return false;
                    }

                    @Override
                    public void later(Runnable end) {}
                },
                new Revisions.Events() {
                    @Override
                    public void activated(Activation activation) {}

                    @Override
                    public void removed(ModelId model, Cause cause) {}

                    @Override
                    public void step(ModelTransition transition) {}
                });
    }
}
