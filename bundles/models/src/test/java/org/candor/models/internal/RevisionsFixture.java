package org.candor.models.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.candor.api.model.Activation;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.TextEncoder;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Revisions over a store in a folder, with a loader of fake encoders. */
abstract class RevisionsFixture {
    @TempDir
    Path folder;

    final AtomicInteger open = new AtomicInteger();
    final List<Activation> announced = new ArrayList<>();
    final List<ModelId> removed = new ArrayList<>();
    final List<ModelTransition> steps = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<Runnable> ends = new ArrayList<>();
    boolean standby;
    Runnable whileLoading = () -> {};
    PackTrust trust = unsigned("true");
    ContentStore store;
    Revisions revisions;

    /** How the activation record is written. */
    UnaryOperator<FileChannel> disk = UnaryOperator.identity();

    final Loaders loaders = new Loaders();
    /** The present one, or null. */
    private ModelLoader loader;

    /** Makes encoders of the family fake. */
    final class FakeLoader implements ModelLoader {
        @Override
        public boolean supports(String family) {
            return family.equals("fake");
        }

        @Override
        public TextEncoder loadEncoder(ModelFiles files, EncoderSettings settings) throws IOException {
            if (Files.readString(files.files().get("model.bin")).contains("no memory")) {
                throw new IllegalStateException("4 GiB needed, 1 GiB free");
            }
            whileLoading.run();
            return new FakeEncoder(open);
        }
    }

    @BeforeEach
    void start() throws IOException {
        loader(new FakeLoader());
        store = new ContentStore(folder.resolve("store"), 1 << 20);
        revisions = new Revisions(
                store,
                new ActivationLog(folder.resolve("activations.jsonl"), channel -> disk.apply(channel)),
                new Cards(folder.resolve("cards")),
                () -> trust,
                0,
                loaders,
                new Surroundings.Standby() {
                    @Override
                    public boolean wanted() {
                        return standby;
                    }

                    @Override
                    public void later(Runnable end) {
                        ends.add(end);
                    }
                },
                new Revisions.Events() {
                    @Override
                    public void activated(Activation activation) {
                        announced.add(activation);
                    }

                    @Override
                    public void removed(ModelId model, Cause cause) {
                        removed.add(model);
                    }

                    @Override
                    public void step(ModelTransition transition) {
                        steps.add(transition);
                    }
                });
    }

    @AfterEach
    void stop() throws IOException {
        revisions.close();
    }

    /** Another loader takes the place of the one that is there; null for none. */
    void loader(ModelLoader next) {
        if (loader != null) {
            loaders.remove(loader);
        }
        loader = next;
        if (next != null) {
            loaders.add(next);
        }
    }

    Revision install(FakePack pack) throws IOException {
        return revisions.install(pack, ModelCard.read(pack), Cause.system("test"));
    }

    ModelState state(String version) {
        return revisions.installed().describe().stream()
                .filter(r -> r.id().version().equals(version))
                .findFirst()
                .orElseThrow()
                .state();
    }

    List<String> life(String version) {
        return steps.stream()
                .filter(step -> step.model().version().equals(version))
                .map(step -> (step.removed() ? "REMOVED" : step.state()) + " by " + step.actor())
                .toList();
    }

    static PackTrust unsigned(String... allowed) {
        return PackTrust.of(PackKind.MODEL, Map.of(), List.of(), List.of(allowed));
    }
}
