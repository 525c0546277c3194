package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.compute.Pooling;
import org.candor.api.model.Activation;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FoldersTest {

    private static final Cause ANNA = new Cause("anna", "wanted");

    @TempDir
    Path folder;

    private final AtomicInteger open = new AtomicInteger();
    private EncoderSettings settings;
    private PackTrust trust = PackTrust.of(
            PackKind.MODEL,
            Map.of(),
            List.of(),
            List.of("tiny:1.0.0", "mini:2.1", "qwen2.5-0.5b-instruct:1.0.0", "mistral-7b:0.1", "my-model:1.0.0"));
    private Revisions revisions;
    private Folders folders;
    private Path home;
    private Path dropped;
    /** What asking for a loader fails with. */
    private Throwable supporting;

    private final ModelLoader loader = new ModelLoader() {
        @Override
        public boolean supports(String family) {
            if (supporting instanceof Error error) {
                throw error;
            } else if (supporting instanceof RuntimeException exception) {
                throw exception;
            }
            return family.equals("fake");
        }

        @Override
        public TextEncoder loadEncoder(ModelFiles files, EncoderSettings wanted) {
            settings = wanted;
            return new FakeEncoder(open);
        }
    };

    private final Loaders loaders = new Loaders();

    @BeforeEach
    void start() throws IOException {
        loaders.add(loader);
        if (home == null) {
            home = Files.createDirectories(folder.resolve("home"));
        }
        dropped = home.resolve("deploy/models");
        ContentStore store = new ContentStore(home.resolve("models/store"), 1 << 20);
        revisions = new Revisions(
                store,
                new ActivationLog(home.resolve("models/activations.jsonl")),
                new Cards(home.resolve("models/cards")),
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
        folders = new Folders(
                new Folders.Places(home.resolve("models/references"), home, dropped),
                revisions,
                () -> trust,
                revisions.memory(),
                loaders);
        folders.restore();
    }

    @AfterEach
    void stop() throws IOException {
        revisions.close();
    }

    private Path huggingFace(Path at) throws IOException {
        Files.createDirectories(at.resolve("1_Pooling"));
        Files.writeString(at.resolve("config.json"), "{\"model_type\":\"fake\",\"max_position_embeddings\":128}");
        Files.writeString(at.resolve("tokenizer.json"), "{}");
        Files.writeString(at.resolve("model.safetensors"), "weights");
        Files.writeString(at.resolve("1_Pooling/config.json"), "{\"pooling_mode_cls_token\":true}");
        Files.writeString(at.resolve("modules.json"), "[{\"type\":\"sentence_transformers.models.Normalize\"}]");
        Files.writeString(at.resolve("sentence_bert_config.json"), "{\"max_seq_length\":64}");
        Files.writeString(at.resolve("config_sentence_transformers.json"), "{\"prompts\":{\"query\":\"query: \"}}");
        return at;
    }

    @ParameterizedTest
    @CsvSource({
        "tiny-1.0.0, tiny, 1.0.0",
        "Qwen2.5-0.5B-Instruct, qwen2.5-0.5b-instruct, 1.0.0",
        "Mistral-7B-v0.1, mistral-7b, 0.1",
        "My model, my-model, 1.0.0",
    })
    void aFolderIsCalledWhatItSays(String called, String name, String version) throws IOException {
        ModelRevision revision = folders.install(
                ModelSource.of(huggingFace(folder.resolve("data").resolve(called))), ANNA);
        assertEquals(name, revision.id().name());
        assertEquals(version, revision.id().version());
    }

    private String refusal(Path at, String name, String version) {
        return assertThrows(
                        ModelRefusedException.class,
                        () -> folders.install(new ModelSource(at, name, version, null), ANNA))
                .getMessage();
    }

    private ModelRevision only() {
        List<ModelRevision> all = revisions.installed().describe();
        assertEquals(1, all.size(), all.toString());
        return all.getFirst();
    }

    private void lookTwice() {
        folders.look();
        folders.look();
    }

    @Test
    void aHuggingFaceFolderBecomesAPackByReference() throws IOException {
        Path at = huggingFace(folder.resolve("somewhere"));
        ModelRevision revision = folders.install(new ModelSource(at, "tiny", "1.0.0", null), ANNA);
        assertEquals(ModelState.CLOSED, revision.state(), "tested, and let go");
        assertTrue(revision.selfTest().passed());
        assertTrue(revision.id().digest().startsWith("sha256:"));
        assertEquals(Pooling.FIRST, settings.pooling());
        assertEquals(64, settings.maxTokens());
        assertEquals("query: ", settings.queryPrefix());
        assertTrue(settings.normalize());
        revisions.activate("tiny", "1.0.0", ANNA);
        assertEquals(0, revisions.usage().bytes(), "the weights stay where they are");
        // it is known after a restart, with the same digest
        revisions.close();
        start();
        assertEquals(revision.id(), only().id());
        revisions.resume(revisions.routes().recorded().get("tiny"));
        revisions.routes().lease("tiny", TextEncoder.class).close();
    }

    @Test
    void filesThatChangedSinceAreRefusedAtTheNextLoad() throws IOException {
        Path at = huggingFace(folder.resolve("tiny-1.0.0"));
        folders.install(new ModelSource(at, null, null, null), ANNA);
        Files.writeString(at.resolve("model.safetensors"), "weightz");
        ModelRefusedException e =
                assertThrows(ModelRefusedException.class, () -> revisions.activate("tiny", "1.0.0", ANNA));
        assertTrue(e.getMessage().contains("model.safetensors is missing or has another content"), e.getMessage());
        Files.writeString(at.resolve("model.safetensors"), "weights");
        revisions.activate("tiny", "1.0.0", ANNA);
    }

    @Test
    void whatCannotBeUsedIsRefusedWithTheReasonAndNothingIsKept() throws IOException {
        Path at = huggingFace(folder.resolve("tiny-1.0.0"));
        assertTrue(refusal(Path.of("relative"), null, null).contains("absolute"));
        assertTrue(refusal(folder.resolve("nowhere"), null, null).contains("no folder or file"));
        assertTrue(refusal(folder.resolve("home"), "tiny", "1.0.0").contains("server's own folder"));
        assertTrue(refusal(folder, "tiny", "1.0.0").contains("server's own folder"));
        assertTrue(refusal(at, "tiny", "3.0").contains("add tiny:3.0 to unsigned"));
        assertTrue(refusal(at, "Tiny!", "1.0.0").contains("\"Tiny!\" is no name or version"));
        Files.delete(at.resolve("model.safetensors"));
        assertTrue(refusal(at, null, null).contains("no weights"));
        Files.writeString(at.resolve("pytorch_model.bin"), "pickle");
        assertTrue(refusal(at, null, null).contains("pickled weights are refused"));
        Files.delete(at.resolve("tokenizer.json"));
        assertTrue(refusal(at, null, null).contains("tokenizer.json is missing"));
        assertEquals(List.of(), revisions.installed().describe());
        try (var records = Files.list(folder.resolve("home/models/references"))) {
            assertEquals(0, records.count());
        }
        assertEquals(0, open.get());
    }

    @Test
    void theSameVersionWithOtherContentIsRefused() throws IOException {
        folders.install(new ModelSource(huggingFace(folder.resolve("one")), "tiny", "1.0.0", null), ANNA);
        Path other = huggingFace(folder.resolve("two"));
        Files.writeString(other.resolve("model.safetensors"), "other weights");
        assertTrue(refusal(other, "tiny", "1.0.0").contains("another version"));
        assertEquals(1, revisions.installed().describe().size());
        folders.install(new ModelSource(other, "mini", "2.1", null), ANNA);
        assertEquals(2, revisions.installed().describe().size());
    }

    @Test
    void aFolderInDeployIsTakenOnceItIsStillAndLeavesWhenItGoes() throws IOException {
        Path hidden = huggingFace(dropped.resolve(".tiny-1.0.0"));
        lookTwice();
        assertEquals(List.of(), revisions.installed().describe(), "a hidden name is left alone");
        Path at = dropped.resolve("tiny-1.0.0");
        Files.move(hidden, at);
        folders.look();
        assertEquals(List.of(), revisions.installed().describe(), "it may still be written");
        folders.look();
        assertEquals("tiny", only().id().name());
        lookTwice();
        assertEquals(1, revisions.installed().describe().size());
        revisions.close();
        start();
        lookTwice();
        assertEquals("tiny", only().id().name());
        try (var files = Files.walk(at)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        folders.look();
        assertEquals(List.of(), revisions.installed().describe());
    }

    @Test
    void aBrokenFolderInDeploySaysWhyUntilItIsMended() throws IOException {
        Path at = huggingFace(dropped.resolve("tiny-9.0.0"));
        lookTwice();
        assertEquals(ModelState.FAILED, only().state());
        assertTrue(only().reason().contains("add tiny:9.0.0 to unsigned"), only().reason());
        trust = PackTrust.of(PackKind.MODEL, Map.of(), List.of(), List.of("tiny:9.0.0"));
        folders.lookAgain();
        lookTwice();
        assertEquals(ModelState.CLOSED, only().state(), only().reason());
        assertTrue(Files.exists(at));
    }

    @Test
    void aLinkInDeployIsRefusedAndWhatItLeadsToIsLeftAlone() throws IOException {
        Path operators = huggingFace(folder.resolve("data/tiny-1.0.0"));
        Path own = huggingFace(folder.resolve("home/own"));
        for (Path target : List.of(operators, own)) {
            Path link = Files.createSymbolicLink(dropped.resolve("tiny-1.0.0"), target);
            lookTwice();
            assertEquals(ModelState.FAILED, only().state());
            assertTrue(only().reason().contains("symbolic link"), only().reason());
            assertThrows(ModelUnavailableException.class, () -> revisions.remove("tiny", "1.0.0", ANNA));
            assertTrue(Files.isDirectory(target));
            Files.delete(link);
            folders.look();
            assertEquals(List.of(), revisions.installed().describe());
        }
    }

    @Test
    void linksInADroppedFolderMayNotLeaveIt() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.json"), "{\"max_seq_length\":64}");
        Path at = huggingFace(dropped.resolve("tiny-1.0.0"));
        Path file = at.resolve("sentence_bert_config.json");
        Files.delete(file);
        for (Path target : List.of(secret, Path.of("../../../../secret.json"), folder.resolve("nothing"))) {
            Files.createSymbolicLink(file, target);
            folders.lookAgain();
            lookTwice();
            assertEquals(ModelState.FAILED, only().state(), target.toString());
            assertTrue(
                    only().reason().contains("sentence_bert_config.json is a symbolic link that leads"),
                    only().reason());
            Files.delete(file);
        }
        Path pooling = at.resolve("1_Pooling");
        Files.move(pooling, folder.resolve("pooling"));
        Files.createSymbolicLink(pooling, folder.resolve("pooling"));
        folders.lookAgain();
        lookTwice();
        assertTrue(only().reason().contains("1_Pooling is a symbolic link that leads out"), only().reason());
        Files.delete(pooling);
        Files.move(folder.resolve("pooling"), at.resolve("pooling"));
        Files.createSymbolicLink(pooling, Path.of("pooling"));
        folders.lookAgain();
        lookTwice();
        assertEquals(ModelState.CLOSED, only().state(), "a link within the folder harms nobody: " + only().reason());
    }

    @Test
    void linksInAnInstalledFolderMayLeadAnywhereButIntoTheHome() throws IOException {
        Path blob = Files.writeString(folder.resolve("blob"), "weights");
        Path own = Files.writeString(folder.resolve("home/cli.key"), "key");
        Path at = huggingFace(folder.resolve("tiny-1.0.0"));
        Files.delete(at.resolve("model.safetensors"));
        Files.createSymbolicLink(at.resolve("model.safetensors"), own);
        assertTrue(
                refusal(at, null, null).contains("model.safetensors is a symbolic link that leads into the server's"));
        Files.delete(at.resolve("model.safetensors"));
        Files.createSymbolicLink(at.resolve("model.safetensors"), blob);
        folders.install(new ModelSource(at, null, null, null), ANNA);
        assertEquals("tiny", only().id().name());
    }

    @Test
    void aRecordOfAFolderElsewhereIsForgottenAndNeverRenamesIt() throws IOException {
        Path operators = huggingFace(folder.resolve("data/tiny-1.0.0"));
        folders.install(new ModelSource(operators, null, null, null), ANNA);
        Path record = folder.resolve("home/models/references/tiny-1.0.0/reference.json");
        Files.writeString(record, Files.readString(record).replace("\"dropped\":false", "\"dropped\":true"));
        revisions.close();
        start();
        assertEquals(List.of(), revisions.installed().describe());
        assertTrue(Files.isDirectory(operators));
        assertFalse(Files.exists(record));
    }

    @Test
    void aHomeThatIsReachedThroughALinkWorks() throws IOException {
        revisions.close();
        home = Files.createSymbolicLink(
                folder.resolve("link"), Files.createDirectories(folder.resolve("elsewhere/home")));
        start();
        huggingFace(dropped.resolve("tiny-1.0.0"));
        assertTrue(refusal(home, "tiny", "1.0.0").contains("server's own folder"));
        lookTwice();
        assertEquals("tiny", only().id().name());
        revisions.close();
        start();
        lookTwice();
        assertEquals(ModelState.INSTALLED, only().state(), "known, not taken and tested again");
        revisions.remove("tiny", "1.0.0", ANNA);
        lookTwice();
        assertEquals(List.of(), revisions.installed().describe());
        assertTrue(Files.isDirectory(folder.resolve("elsewhere/home/deploy/models/.tiny-1.0.0.removed")));
    }

    @Test
    void aFolderThatNeedsTooMuchMemoryOrBreaksTheLoaderSaysSo() throws IOException {
        huggingFace(dropped.resolve("tiny-1.0.0"));
        for (Throwable failure : List.of(new OutOfMemoryError("Java heap space"), new IllegalStateException("odd"))) {
            supporting = failure;
            folders.lookAgain();
            lookTwice();
            assertEquals(ModelState.FAILED, only().state());
            assertTrue(only().reason().contains(failure.getMessage()), only().reason());
        }
        supporting = null;
        folders.lookAgain();
        lookTwice();
        assertEquals(ModelState.CLOSED, only().state(), only().reason());
    }

    @Test
    void aPeriodicTaskSurvivesWhateverHappensInIt() {
        PackRegistry.guarded("as tested", () -> {
                    throw new OutOfMemoryError("Java heap space");
                })
                .run();
        PackRegistry.guarded("as tested", () -> {
                    throw new IllegalStateException("odd");
                })
                .run();
        AtomicInteger runs = new AtomicInteger();
        PackRegistry.guarded("as tested", runs::incrementAndGet).run();
        assertEquals(1, runs.get());
    }

    @Test
    void aRemovedFolderInDeployIsHiddenSoThatItDoesNotComeBack() throws IOException {
        Path at = huggingFace(dropped.resolve("tiny-1.0.0"));
        lookTwice();
        revisions.remove("tiny", "1.0.0", ANNA);
        lookTwice();
        assertEquals(List.of(), revisions.installed().describe());
        assertFalse(Files.exists(at));
        assertTrue(Files.isDirectory(dropped.resolve(".tiny-1.0.0.removed")));
    }
}
