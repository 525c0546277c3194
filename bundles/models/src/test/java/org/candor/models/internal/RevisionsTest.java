package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

final class RevisionsTest extends RevisionsFixture {

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
}
