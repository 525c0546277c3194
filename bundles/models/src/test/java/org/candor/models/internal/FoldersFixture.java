package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.GeneratorLoader;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A registry's packs by reference in a home of their own, with loaders of fake models that write. */
abstract class FoldersFixture {

    static final Cause ANNA = new Cause("anna", "wanted");
    static final PackTrust TRUST = PackTrust.of(PackKind.MODEL, Map.of(), List.of(), List.of("true"));

    @TempDir
    Path folder;

    final FakeGenerators generators = new FakeGenerators();
    final Loaders loaders = new Loaders();
    Path home;
    Revisions revisions;
    Folders folders;

    @BeforeEach
    void start() throws IOException {
        loaders.add((GeneratorLoader) generators);
        loaders.add((TextGeneratorLoader) generators);
        home = Files.createDirectories(folder.resolve("home"));
        restart();
    }

    void restart() throws IOException {
        stop();
        revisions = TestRevisions.in(home.resolve("models"), loaders, TRUST);
        folders = new Folders(
                new Folders.Places(home.resolve("models/references"), home, home.resolve("deploy/models")),
                revisions,
                () -> TRUST,
                revisions.memory(),
                loaders);
        folders.restore();
    }

    @AfterEach
    void stop() throws IOException {
        if (revisions != null) {
            revisions.close();
        }
    }
}
