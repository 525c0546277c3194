package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.model.Activation;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
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

final class RevisionsTest {

    @TempDir
    Path folder;

    private final AtomicInteger open = new AtomicInteger();
    private final List<Activation> announced = new ArrayList<>();
    private final List<ModelId> removed = new ArrayList<>();
    private final List<ModelTransition> steps = java.util.Collections.synchronizedList(new ArrayList<>());
    private final List<Runnable> ends = new ArrayList<>();
    private boolean standby;
    private Runnable whileLoading = () -> {};
    private PackTrust trust = unsigned("true");
    private ContentStore store;
    private Revisions revisions;

    private final ModelLoader loader = new ModelLoader() {
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
    };

    private final Loaders loaders = new Loaders();

    @BeforeEach
    void start() throws IOException {
        loaders.add(loader);
        store = new ContentStore(folder.resolve("store"), 1 << 20);
        revisions = new Revisions(
                store,
                new ActivationLog(folder.resolve("activations.jsonl")),
                new Cards(folder.resolve("cards")),
                () -> trust,
                0,
                loaders,
                new Revision.Standby() {
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

    private Revision install(FakePack pack) throws IOException {
        return revisions.install(pack, ModelCard.read(pack), Cause.system("test"));
    }

    private ModelState state(String version) {
        return revisions.installed().describe().stream()
                .filter(r -> r.id().version().equals(version))
                .findFirst()
                .orElseThrow()
                .state();
    }

    @Test
    void theDigestIsWhatSha256sumPrintsOfSha256sum() throws IOException {
        FakePack pack = FakePack.of("encoder-en", "1.0.0", "w");
        StringBuilder lines = new StringBuilder();
        pack.files.forEach((name, content) ->
                lines.append(FakePack.sha256(content)).append("  ").append(name).append('\n'));
        assertEquals(
                "sha256:" + FakePack.sha256(lines.toString().getBytes(StandardCharsets.UTF_8)),
                install(pack).id().digest());
    }

    @Test
    void anActivatedRevisionServesAndIsRecorded() throws IOException {
        Revision revision = install(FakePack.of("encoder-en", "1.0.0", "w"));
        Activation activation = revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals(revision.id(), lease.id());
            assertEquals(2, lease.model().dimensions());
        }
        assertEquals(ModelState.ACTIVE, state("1.0.0"));
        assertEquals(List.of(activation), announced);
        assertEquals(activation, revisions.routes().active("encoder-en"));
        assertTrue(Files.readString(folder.resolve("activations.jsonl")).contains("\"reason\":\"first\""));
    }

    @Test
    void requestsFinishOnTheRevisionTheyLeased() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        ModelLease<TextEncoder> running = revisions.routes().lease("encoder-en", TextEncoder.class);
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        try (ModelLease<TextEncoder> next = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals("1.1.0", next.id().version());
        }
        assertEquals(ModelState.DRAINING, state("1.0.0"));
        assertEquals(3f, running.model().embed(List.of("abc")).vectors()[0][0]);
        running.close();
        assertEquals(ModelState.CLOSED, state("1.0.0"));
        assertEquals(1, open.get());
        assertThrows(IllegalStateException.class, running::model);
        running.close();
        assertEquals(0, revisions.installed().describe().getFirst().leases());
    }

    @Test
    void rollingBackActivatesTheRevisionBefore() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        assertThrows(
                ModelUnavailableException.class, () -> revisions.rollBack("encoder-en", new Cause("anna", "oops")));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        assertThrows(
                ModelUnavailableException.class, () -> revisions.rollBack("encoder-en", new Cause("anna", "oops")));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        assertEquals(
                "1.0.0",
                revisions
                        .rollBack("encoder-en", new Cause("bo", "worse"))
                        .model()
                        .version());
        assertEquals(3, revisions.routes().history("encoder-en").size());
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals("1.0.0", lease.id().version());
        }
    }

    @Test
    void aRecordedActivationIsResumedAfterARestart() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.close();
        start();
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        Map<String, Activation> recorded = revisions.routes().recorded();
        revisions.resume(recorded.get("encoder-en"));
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals("1.1.0", lease.id().version());
        }
        assertEquals(2, revisions.routes().history("encoder-en").size(), "resuming is no new activation");
    }

    @Test
    void aLineCutOffByACrashIsForgottenAndTheNextOneIsWhole() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.close();
        Files.writeString(folder.resolve("activations.jsonl"), "{\"time\":\"2026-11-01T", StandardOpenOption.APPEND);
        start();
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        assertEquals(1, revisions.routes().history("encoder-en").size());
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "again"));
        revisions.close();
        start();
        assertEquals(2, revisions.routes().history("encoder-en").size());
    }

    @Test
    void aDamagedRecordIsAnErrorThatNamesTheLine() throws IOException {
        revisions.close();
        Files.writeString(folder.resolve("activations.jsonl"), "{}\n");
        IOException e = assertThrows(IOException.class, () -> new ActivationLog(folder.resolve("activations.jsonl")));
        assertTrue(e.getMessage().contains("line 1"), e.getMessage());
        Files.delete(folder.resolve("activations.jsonl"));
        start();
    }

    @Test
    void weightsOtherThanTheCardSaysAreRefusedAndTheOldOnesKeepServing() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        for (String damaged : List.of("evil", "ne", "newer and longer")) {
            FakePack pack = FakePack.of("encoder-en", "1.1." + damaged.length(), "good");
            pack.put("model.bin", damaged);
            Revision revision = install(pack);
            ModelUnavailableException e = assertThrows(
                    ModelUnavailableException.class,
                    () -> revisions.activate("encoder-en", revision.id().version(), new Cause("anna", "better")));
            assertTrue(e.getMessage().contains("model.bin"), e.getMessage());
            assertEquals(ModelState.FAILED, revision.describe().state());
            try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
                assertEquals("1.0.0", lease.id().version());
            }
        }
        assertEquals(1, revisions.routes().history("encoder-en").size());
        try (var files = Files.list(folder.resolve("store"))) {
            assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".new")), "no leftovers");
        }
    }

    @Test
    void aFailingSelfTestIsRefusedAndItsEncoderClosed() throws IOException {
        for (String golden : List.of("[3.0,98.0]", "[3.0]")) {
            FakePack pack = FakePack.of("encoder-en", "1." + golden.length(), "w");
            String wrong =
                    new String(pack.files.get("selftest.json"), StandardCharsets.UTF_8).replace("[3.0,97.0]", golden);
            String card = new String(pack.files.get("card.json"), StandardCharsets.UTF_8)
                    .replace(
                            FakePack.sha256(pack.files.get("selftest.json")),
                            FakePack.sha256(wrong.getBytes(StandardCharsets.UTF_8)))
                    .replace("\"bytes\":" + pack.files.get("selftest.json").length, "\"bytes\":" + wrong.length());
            pack.put("selftest.json", wrong);
            pack.put("card.json", card);
            Revision revision = install(pack);
            ModelUnavailableException e = assertThrows(
                    ModelUnavailableException.class,
                    () -> revisions.activate("encoder-en", revision.id().version(), new Cause("anna", "try")));
            assertTrue(e.getMessage().contains("self-test case 0"), e.getMessage());
            assertEquals(0, open.get());
        }
    }

    @Test
    void aModelThatDoesNotFitIntoMemoryIsRefusedWithTheReason() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "no memory"));
        ModelUnavailableException e = assertThrows(
                ModelUnavailableException.class,
                () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
        assertTrue(e.getMessage().contains("1 GiB free"), e.getMessage());
    }

    @Test
    void aModelOfAnotherTaskSaysSoFromTheStartAndIsNeverActivated() throws IOException {
        FakePack pack = FakePack.of("encoder-en", "1.0.0", "w");
        String card = new String(pack.files.get("card.json"), StandardCharsets.UTF_8);
        pack.put("card.json", card.replace("\"embed\"", "\"classify\""));
        ModelRevision refused = install(pack).describe();
        assertEquals(ModelState.FAILED, refused.state());
        assertTrue(refused.reason().contains("its tasks are [classify]"), refused.reason());
        ModelRefusedException e = assertThrows(
                ModelRefusedException.class, () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
        assertTrue(e.getMessage().contains("needs embed"), e.getMessage());
        revisions.installed().assess();
        assertEquals(ModelState.FAILED, state("1.0.0"), "other rules of trust do not make it fit");
    }

    @Test
    void theSameVersionWithOtherContentIsRefused() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        Revision other = install(FakePack.of("encoder-en", "1.0.0", "other"));
        assertEquals(ModelState.FAILED, other.describe().state());
        assertThrows(
                ModelUnavailableException.class,
                () -> revisions.leaseByDigest(other.id().digest(), TextEncoder.class));
        assertEquals(
                ModelState.INSTALLED,
                revisions.installed().describe().stream()
                        .filter(r -> !r.id().equals(other.id()))
                        .findFirst()
                        .orElseThrow()
                        .state());
    }

    @Test
    void aRevisionLeasedByDigestIsClosedWithItsLastLease() throws IOException {
        Revision revision = install(FakePack.of("encoder-en", "1.0.0", "w"));
        ModelLease<TextEncoder> one = revisions.leaseByDigest(revision.id().digest(), TextEncoder.class);
        ModelLease<TextEncoder> two = revisions.leaseByDigest(revision.id().digest(), TextEncoder.class);
        one.close();
        assertEquals(1, open.get());
        two.close();
        assertEquals(0, open.get());
        revisions.leaseByDigest(revision.id().digest(), TextEncoder.class).close();
        assertEquals(0, open.get());
    }

    @Test
    void anUnknownRouteSaysWhatIsMissing() throws IOException {
        assertTrue(assertThrows(
                        ModelUnavailableException.class,
                        () -> revisions.routes().lease("encoder-en", TextEncoder.class))
                .getMessage()
                .contains("no model \"encoder-en\" is installed"));
        install(FakePack.of("encoder-en", "1.0.0", "w"));
        assertTrue(assertThrows(
                        ModelUnavailableException.class,
                        () -> revisions.routes().lease("encoder-en", TextEncoder.class))
                .getMessage()
                .contains("1.0.0 is installed"));
        assertTrue(assertThrows(
                        ModelUnavailableException.class,
                        () -> revisions.activate("encoder-en", "2.0.0", new Cause("anna", "try")))
                .getMessage()
                .contains("[1.0.0]"));
        assertNull(revisions.routes().active("encoder-en"));
    }

    @Test
    void theStoreForgetsFilesOfRemovedPacks() throws IOException {
        Revision first = install(FakePack.of("encoder-en", "1.0.0", "old"));
        Revision second = install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.leaseByDigest(second.id().digest(), TextEncoder.class).close();
        revisions.withdraw(second, second.packs().getFirst(), Cause.system("test"));
        revisions.withdraw(first, first.packs().getFirst(), Cause.system("test"));
        revisions.clean();
        assertTrue(
                Files.exists(folder.resolve("store").resolve(FakePack.sha256("old".getBytes(StandardCharsets.UTF_8)))));
        assertFalse(
                Files.exists(folder.resolve("store").resolve(FakePack.sha256("new".getBytes(StandardCharsets.UTF_8)))));
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void switchingUnderLoadFailsNoRequestAndLeavesOneEncoderOpen() throws Exception {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int c = 0; c < 4; c++) {
                Callable<Integer> client = () -> {
                    int done = 0;
                    while (!stop.get()) {
                        try (ModelLease<TextEncoder> lease =
                                revisions.routes().lease("encoder-en", TextEncoder.class)) {
                            lease.model().embed(List.of("abc"));
                            done++;
                        }
                    }
                    return done;
                };
                results.add(clients.submit(client));
            }
            for (int i = 0; i < 100; i++) {
                revisions.activate("encoder-en", i % 2 == 0 ? "1.1.0" : "1.0.0", new Cause("anna", "switch " + i));
            }
            stop.set(true);
            for (Future<Integer> result : results) {
                assertTrue(result.get() > 0);
            }
        }
        assertEquals(1, open.get());
    }

    private List<String> life(String version) {
        return steps.stream()
                .filter(step -> step.model().version().equals(version))
                .map(step -> (step.removed() ? "REMOVED" : step.state()) + " by " + step.actor())
                .toList();
    }

    @Test
    void everyStepOfALifeIsToldWithItsActor() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.activate("encoder-en", "1.1.0", new Cause("bo", "better"));
        revisions.remove("encoder-en", "1.0.0", new Cause("anna", "no use"));
        assertEquals(
                List.of(
                        "INSTALLED by system",
                        "VERIFIED by anna",
                        "LOADED by anna",
                        "TESTED by anna",
                        "ACTIVE by anna",
                        "DRAINING by bo",
                        "CLOSED by system",
                        "REMOVED by anna"),
                life("1.0.0"));
        assertEquals(
                "replaced by 1.1.0: better",
                steps.stream()
                        .filter(step -> step.state() == ModelState.DRAINING)
                        .findFirst()
                        .orElseThrow()
                        .reason());
    }

    @Test
    void onStandbyTheWayBackLoadsNothing() throws IOException {
        standby = true;
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        assertEquals(ModelState.STANDBY, state("1.0.0"));
        assertEquals(2, open.get());
        revisions.rollBack("encoder-en", new Cause("anna", "worse"));
        assertEquals(1, life("1.0.0").stream().filter("LOADED by anna"::equals).count());
        ends.getFirst().run();
        assertEquals(ModelState.ACTIVE, state("1.0.0"), "the end of an earlier standby does not count");
        ends.getLast().run();
        assertEquals(ModelState.CLOSED, state("1.1.0"));
        assertEquals(1, open.get());
    }

    @Test
    void memoryThatIsNeededEndsAStandby() throws IOException {
        standby = true;
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        install(FakePack.of("encoder-en", "1.2.0", "third"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.memory().configured(1 + "third".length()); // beside one of one byte
        revisions.activate("encoder-en", "1.2.0", new Cause("anna", "best"));
        assertEquals(ModelState.CLOSED, state("1.0.0"));
        assertEquals(ModelState.STANDBY, state("1.1.0"));
    }

    @Test
    void aModelThatExceedsTheMemoryBudgetIsRefusedAndTheOldOneServes() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "x".repeat(1000)));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.memory().configured(500);
        ModelUnavailableException e = assertThrows(
                ModelRefusedException.class,
                () -> revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better")));
        assertTrue(
                e.getMessage().contains("not enough memory") && e.getMessage().contains("500 B"), e.getMessage());
        assertEquals("1.0.0", revisions.routes().active("encoder-en").model().version());
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void aFullStoreRefusesAndSaysWhatFillsIt() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "x".repeat(4000)));
        install(FakePack.of("encoder-en", "1.1.0", "y".repeat(4000)));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        store.limit(6000);
        ModelRefusedException e = assertThrows(
                ModelRefusedException.class,
                () -> revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better")));
        assertTrue(e.getMessage().contains("storeBytes 6.0 kB"), e.getMessage());
        assertTrue(e.getMessage().contains("encoder-en 1.0.0 (4.1 kB)"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
        store.limit(1 << 20);
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "there is room now"));
        assertEquals("1.1.0", revisions.routes().active("encoder-en").model().version());
    }

    @Test
    void removingFreesTheStoreButNotWhatAnotherRevisionShares() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new weights"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "look"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "back"));
        assertTrue(assertThrows(
                        ModelRefusedException.class,
                        () -> revisions.remove("encoder-en", "1.0.0", new Cause("anna", "gone")))
                .getMessage()
                .contains("activate another revision first"));
        long before = revisions.usage().bytes();
        revisions.remove("encoder-en", "1.1.0", new Cause("anna", "gone"));
        assertEquals("new weights".length(), revisions.clean());
        assertEquals(before - "new weights".length(), revisions.usage().bytes());
        assertEquals(1, removed.size());
        assertEquals(1, revisions.installed().describe().size());
        assertThrows(
                ModelRefusedException.class, () -> revisions.rollBack("encoder-en", new Cause("anna", "too late")));
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void theOtherContentOfAVersionIsReadmittedWhenTheFirstIsRemoved() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        Revision other = install(FakePack.of("encoder-en", "1.0.0", "other"));
        revisions.remove("encoder-en", "1.0.0", new Cause("anna", "wrong one"));
        assertEquals(ModelState.INSTALLED, other.describe().state());
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "right one"));
        assertEquals(other.id(), revisions.routes().active("encoder-en").model());
    }

    @Test
    void aPackOfAnotherTaskIsRefusedForTheRoute() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        FakePack pack = FakePack.of("encoder-en", "2.0.0", "new");
        pack.put(
                "card.json",
                new String(pack.files.get("card.json"), StandardCharsets.UTF_8)
                        .replace("[\"embed\"]", "[\"classify\"]"));
        install(pack);
        ModelRefusedException e = assertThrows(
                ModelRefusedException.class, () -> revisions.activate("encoder-en", "2.0.0", new Cause("anna", "try")));
        assertTrue(e.getMessage().contains("[classify]") && e.getMessage().contains("needs embed"), e.getMessage());
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void anActiveRevisionServesAfterARestartAlthoughItsPackHasGone() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.close();
        start();
        // a pack of the same version with other content does not take its place
        Revision impostor = install(FakePack.of("encoder-en", "1.0.0", "other"));
        assertEquals(ModelState.FAILED, impostor.describe().state());
        revisions.resume(revisions.routes().recorded().get("encoder-en"));
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals(3f, lease.model().embed(List.of("abc")).vectors()[0][0]);
        }
        revisions.clean();
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void aPackThatCannotBeReadSaysWhyAndIsNeverActivated() {
        revisions
                .installed()
                .unreadable("bundle x 1.0.0", "encoder-en", "3.0.0", "bert", "card.json is no JSON object");
        assertEquals(
                "card.json is no JSON object",
                revisions.installed().describe().getFirst().reason());
        assertTrue(assertThrows(
                        ModelRefusedException.class,
                        () -> revisions.activate("encoder-en", "3.0.0", new Cause("anna", "try")))
                .getMessage()
                .contains("no JSON object"));
        revisions.installed().readable("bundle x 1.0.0");
        assertEquals(List.of(), revisions.installed().describe());
    }

    @Test
    void aChangeOfTheRulesOfTrustCountsForWhatIsInstalled() throws IOException {
        trust = unsigned();
        Revision revision = install(FakePack.of("encoder-en", "1.0.0", "old"));
        assertEquals(ModelState.FAILED, revision.describe().state());
        assertTrue(
                revision.describe().reason().contains("add encoder-en:1.0.0 to unsigned"),
                revision.describe().reason());
        assertThrows(
                ModelRefusedException.class, () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
        trust = unsigned(revision.id().digest());
        revisions.installed().assess();
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "allowed now"));
        trust = unsigned();
        revisions.installed().assess();
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
        assertThrows(
                ModelRefusedException.class,
                () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "again")),
                "what serves goes on, but is not activated anew");
    }

    private static PackTrust unsigned(String... allowed) {
        return PackTrust.of(PackKind.MODEL, Map.of(), List.of(), List.of(allowed));
    }

    @Test
    void anUntrustedSecondContentIsNotReadmittedWhenTheFirstIsRemoved() throws IOException {
        FakePack good = FakePack.of("encoder-en", "1.0.0", "good");
        FakePack evil = FakePack.of("encoder-en", "1.0.0", "evil");
        trust = unsigned(ModelCard.read(good).id().digest());
        for (boolean goodFirst : new boolean[] {true, false}) {
            Revision first = install(goodFirst ? good : evil);
            Revision second = install(goodFirst ? evil : good);
            Revision trusted = goodFirst ? first : second;
            Revision other = goodFirst ? second : first;
            assertEquals(ModelState.INSTALLED, trusted.describe().state());
            assertEquals(ModelState.FAILED, other.describe().state());
            revisions.withdraw(trusted, trusted.packs().getFirst(), Cause.system("test"));
            assertEquals(ModelState.FAILED, other.describe().state(), "good first: " + goodFirst);
            assertTrue(
                    other.describe().reason().contains("add encoder-en:1.0.0 to unsigned"),
                    other.describe().reason());
            assertThrows(
                    ModelRefusedException.class,
                    () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
            revisions.withdraw(other, other.packs().getFirst(), Cause.system("test"));
        }
        assertEquals(0, open.get());
    }

    @Test
    void allowingAVersionByNameAdmitsOnlyOneContentOfIt() throws IOException {
        trust = unsigned();
        Revision one = install(FakePack.of("encoder-en", "1.0.0", "one"));
        Revision two = install(FakePack.of("encoder-en", "1.0.0", "two"));
        trust = unsigned(two.id().digest());
        revisions.installed().assess();
        assertEquals(ModelState.FAILED, one.describe().state());
        assertEquals(ModelState.INSTALLED, two.describe().state());
        trust = unsigned("encoder-en:1.0.0");
        revisions.installed().assess();
        assertEquals(ModelState.FAILED, one.describe().state(), "the other one is in use");
        assertTrue(
                one.describe().reason().contains("another version"),
                one.describe().reason());
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "the admitted one"));
        assertEquals(two.id(), revisions.routes().active("encoder-en").model());
        // what serves keeps its place although it is distrusted by now; once it is idle the other one may have it
        trust = unsigned(one.id().digest());
        revisions.installed().assess();
        assertEquals(ModelState.FAILED, one.describe().state());
        trust = unsigned();
        revisions.installed().assess();
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        trust = unsigned(one.id().digest(), "encoder-en:1.1.0");
        revisions.installed().assess();
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.installed().assess();
        assertEquals(
                ModelState.INSTALLED, one.describe().state(), one.describe().reason());
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "back"));
        assertEquals(one.id(), revisions.routes().active("encoder-en").model());
    }

    @Test
    void rulesThatChangeWhileARevisionIsLoadedCount() throws IOException {
        Revision revision = install(FakePack.of("encoder-en", "1.0.0", "old"));
        whileLoading = () -> {
            trust = unsigned();
            revisions.installed().assess();
        };
        assertThrows(
                ModelRefusedException.class, () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
        assertEquals(ModelState.FAILED, revision.describe().state());
        assertEquals(List.of(), revisions.routes().names());
        assertEquals(0, open.get());
    }

    @Test
    void anOvertakenRecordIsNotResumed() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        Activation stale = revisions.routes().recorded().get("encoder-en");
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.resume(stale);
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals("1.1.0", lease.id().version());
        }
        assertEquals("1.1.0", announced.getLast().model().version());
    }

    @Test
    void aDefaultCountsOnlyWhereNothingWasEverActivated() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.activateDefault("encoder-en", "1.0.0", Cause.system("default of the configuration"));
        assertEquals("1.1.0", revisions.routes().active("encoder-en").model().version());
        install(FakePack.of("encoder-zh", "1.0.0", "zh"));
        revisions.activateDefault("encoder-zh", "1.0.0", Cause.system("default of the configuration"));
        assertEquals("1.0.0", revisions.routes().active("encoder-zh").model().version());
    }

    @Test
    void nothingHoldsAClosedEncoder() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        List<ModelLease<TextEncoder>> closedLeases = new ArrayList<>();
        WeakReference<TextEncoder> old = new WeakReference<>(leaseAndClose(closedLeases));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        for (int i = 0; i < 1_000 && old.get() != null; i++) {
            System.gc();
        }
        assertNull(old.get(), "a closed revision's encoder is still referred to");
        assertEquals(1, closedLeases.size());
    }

    private TextEncoder leaseAndClose(List<ModelLease<TextEncoder>> closedLeases) {
        ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class);
        TextEncoder encoder = lease.model();
        lease.close();
        closedLeases.add(lease);
        return encoder;
    }
}
