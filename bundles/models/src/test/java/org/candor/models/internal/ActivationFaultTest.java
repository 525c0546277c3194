package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The disk fails while an activation is recorded. */
final class ActivationFaultTest extends RevisionsFixture {

    private FaultyChannel channel;

    /** Runs after the fixture's own start. */
    @BeforeEach
    void startOnADiskThatMayFail() throws IOException {
        revisions.close();
        disk = file -> channel = new FaultyChannel(file);
        start();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void anActivationThatCannotBeRecordedLeavesTheOldRevision(FaultyChannel.Fault fault) throws IOException {
        Activation first = activateFirst();
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        String record = Files.readString(folder.resolve("activations.jsonl"));
        channel.fault(fault);
        ModelUnavailableException e = assertThrows(
                ModelUnavailableException.class,
                () -> revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better")));
        assertTrue(
                e.getMessage().contains("the activation of encoder-en 1.1.0")
                        && e.getMessage().contains("could not be recorded, so nothing was changed: ")
                        && e.getMessage()
                                .contains(fault == FaultyChannel.Fault.FULL ? "No space left" : "Input/output error"),
                e.getMessage());
        assertServes(first);
        assertEquals(ModelState.CLOSED, state("1.1.0"));
        assertEquals(1, open.get(), "the encoder that was loaded for it is closed");
        assertEquals(List.of(first), announced);
        assertEquals(record, Files.readString(folder.resolve("activations.jsonl")));
        channel.fault(FaultyChannel.Fault.NONE);
        assertServes(revisions.activate("encoder-en", "1.1.0", new Cause("anna", "there is room now")));
    }

    @Test
    void aRollBackThatCannotBeRecordedLeavesWhatServes() throws IOException {
        activateFirst();
        install(FakePack.of("encoder-en", "1.1.0", "new"));
        Activation second = revisions.activate("encoder-en", "1.1.0", new Cause("anna", "better"));
        channel.fault(FaultyChannel.Fault.UNFORCED);
        assertThrows(
                ModelUnavailableException.class, () -> revisions.rollBack("encoder-en", new Cause("anna", "worse")));
        assertServes(second);
    }

    @Test
    void aDefaultThatCannotBeRecordedIsNotServedAndIsTriedAgain() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        channel.fault(FaultyChannel.Fault.FULL);
        Cause cause = Cause.system("default of the configuration");
        assertThrows(ModelUnavailableException.class, () -> revisions.activateDefault("encoder-en", "1.0.0", cause));
        assertThrows(ModelUnavailableException.class, () -> revisions.routes().lease("encoder-en", TextEncoder.class));
        channel.fault(FaultyChannel.Fault.NONE);
        revisions.activateDefault("encoder-en", "1.0.0", cause);
        revisions.routes().lease("encoder-en", TextEncoder.class).close();
    }

    private Activation activateFirst() throws IOException {
        install(FakePack.of("encoder-en", "1.0.0", "old"));
        return revisions.activate("encoder-en", "1.0.0", new Cause("anna", "first"));
    }

    private void assertServes(Activation activation) {
        assertEquals(activation, revisions.routes().active("encoder-en"));
        try (ModelLease<TextEncoder> lease = revisions.routes().lease("encoder-en", TextEncoder.class)) {
            assertEquals(activation.model(), lease.id());
            lease.model().embed(List.of("a"));
        }
    }
}
