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
import java.util.ArrayList;
import java.util.List;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

/** Memory, disk, and what gives them back. */
final class RevisionRoomTest extends RevisionsFixture {

    @Test
    void aModelThatDoesNotFitIntoMemoryIsRefusedWithTheReason() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "no memory"));
        ModelUnavailableException e = assertThrows(
                ModelUnavailableException.class,
                () -> revisions.activate("encoder-en", "1.0.0", new Cause("anna", "try")));
        assertTrue(e.getMessage().contains("1 GiB free"), e.getMessage());
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
        revisions.memory().configured(1 + "third".length());
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
