package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

/** Which revisions may be used at all. */
final class RevisionRulesTest extends RevisionsFixture {

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
}
