package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

/** Which routes there are while a server comes up, and what becomes of them. */
class ReconcilerTest extends RevisionsFixture {

    private final Map<String, String> defaults = new HashMap<>();

    private Reconciler reconciler() {
        return new Reconciler(revisions, loaders, () -> defaults);
    }

    private String refusal() {
        return assertThrows(
                        ModelUnavailableException.class,
                        () -> revisions.routes().lease("encoder-en", TextEncoder.class))
                .getMessage();
    }

    @Test
    void aRecordedRouteIsThereBeforeItServes() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
        revisions.close();
        start();
        assertEquals(List.of("encoder-en"), reconciler().routes(), "before its pack has come");
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        assertEquals(
                "model \"encoder-en\" does not serve now: 1.0.0, which was activated last, is installed;"
                        + " 1.1.0 is installed",
                refusal());
        whileLoading = () -> {
            assertEquals(List.of("encoder-en"), reconciler().routes());
            refusal();
        };
        reconciler().reconcile();
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
        assertEquals("", revisions.routes().waitsFor("encoder-en"));
    }

    @Test
    void aModelThatWasNeverActivatedHasNoRoute() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        reconciler().reconcile();
        assertEquals(List.of(), reconciler().routes());
        assertEquals("model \"encoder-en\" is not active: 1.0.0 is installed", refusal());
    }

    @Test
    void aDefaultHasARouteAsSoonAsItIsInstalledUnlessItIsRefused() throws IOException {
        defaults.put("encoder-en", "1.0.0");
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        assertEquals(List.of(), reconciler().routes(), "another version is no default");
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        assertEquals(List.of("encoder-en"), reconciler().routes());
        trust = unsigned();
        revisions.installed().assess();
        assertEquals(List.of(), reconciler().routes());
        trust = unsigned("true");
        revisions.installed().assess();
        reconciler().reconcile();
        assertEquals(List.of("encoder-en"), reconciler().routes());
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    @Test
    void nothingIsLoadedBeforeALoaderHasCome() throws IOException {
        defaults.put("encoder-en", "1.0.0");
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        loader(null);
        reconciler().reconcile();
        assertEquals("model \"encoder-en\" is not active: 1.0.0 is installed", refusal());
        loader(new FakeLoader());
        reconciler().reconcile();
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }
}
