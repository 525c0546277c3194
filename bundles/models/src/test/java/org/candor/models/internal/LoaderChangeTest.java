package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelState;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

/** The loader is made anew, for example with the backend, while models serve that it has loaded. */
final class LoaderChangeTest extends RevisionsFixture {

    private Activation activateFirst() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        return revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
    }

    @Test
    void whatServesIsLoadedAnewAndRequestsFinishOnTheOldEncoder() throws IOException {
        Activation activation = activateFirst();
        List<String> lifeBefore = life("1.0.0");
        ModelLease<TextEncoder> running = revisions.routes().lease("encoder-en", TextEncoder.class);
        TextEncoder old = running.model();
        loader(new FakeLoader());
        revisions.renew(activation);
        try (ModelLease<TextEncoder> next = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertNotSame(old, next.model());
            next.model().embed(List.of("a"));
        }
        assertSame(old, running.model());
        old.embed(List.of("a"));
        assertEquals(2, open.get());
        running.close();
        assertEquals(1, open.get(), "the old encoder is closed with its last lease");
        assertEquals(
                List.of(activation, activation), announced, "who keeps leases hears that there is another encoder");
        assertEquals(lifeBefore, life("1.0.0"), "the revision serves all the time");
        assertEquals(ModelState.ACTIVE, state("1.0.0"));
    }

    @Test
    void nothingIsLoadedWhileTheLoaderIsTheSameOrThereIsNone() throws IOException {
        Activation activation = activateFirst();
        TextEncoder old = model();
        revisions.renew(activation);
        loader(null);
        revisions.renew(activation);
        assertSame(old, model());
        assertEquals(List.of(activation), announced);
    }

    @Test
    void whereItCannotBeLoadedAnewTheOldEncoderGoesOn() throws IOException {
        Activation activation = activateFirst();
        TextEncoder old = model();
        loader(new FakeLoader());
        whileLoading = () -> {
            throw new IllegalStateException("4 GiB needed, 1 GiB free");
        };
        String said = assertThrows(ModelRefusedException.class, () -> revisions.renew(activation))
                .getMessage();
        assertTrue(said.contains("4 GiB needed"), said);
        assertSame(old, model());
        assertEquals(ModelState.ACTIVE, state("1.0.0"));
        whileLoading = () -> {};
        revisions.renew(activation);
        assertNotSame(old, model());
        assertEquals(1, open.get());
    }

    @Test
    void whatStandsByIsUnloaded() throws IOException {
        standby = true;
        activateFirst();
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        revisions.endStandbyWithoutLoader();
        assertEquals(ModelState.STANDBY, state("1.0.0"));
        loader(new FakeLoader());
        revisions.endStandbyWithoutLoader();
        assertEquals(ModelState.CLOSED, state("1.0.0"));
        assertEquals(ModelState.ACTIVE, state("1.1.0"));
    }

    private TextEncoder model() {
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            return lease.model();
        }
    }
}
