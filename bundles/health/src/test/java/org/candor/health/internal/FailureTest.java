package org.candor.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailureTest {

    private static String of(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return Failure.of(trace.toString());
    }

    @Test
    void theMessageIsEnoughWhereItIsASentence() {
        assertEquals(
                "org.candor.governor: queue is -5; allowed are 0 to 100000",
                of(new IllegalArgumentException("org.candor.governor: queue is -5; allowed are 0 to 100000")));
    }

    @Test
    void aMessageThatIsAPathOrANumberKeepsTheNameOfWhatWasThrown() {
        assertEquals("NoSuchFileException /var/log", of(new NoSuchFileException("/var/log")));
        assertEquals("NullPointerException", of(new NullPointerException()));
    }

    @Test
    void whatOnlyWrapsIsLeftOut() {
        Exception inner = new IllegalStateException("the disk is full");
        assertEquals("the disk is full", of(new InvocationTargetException(inner)));
        assertEquals("the disk is full", of(new RuntimeException(inner)));
    }

    @Test
    void everyReasonIsSaidFromTheOutermostOn() {
        NoSuchFileException inner = new NoSuchFileException("/srv/log/key");
        assertEquals(
                "the log cannot be opened, because of: NoSuchFileException /srv/log/key",
                of(new IllegalStateException("the log cannot be opened", new UncheckedIOException(inner))));
    }

    @Test
    void whatWasSuppressedAndTheRestOfALongMessageAreLeftOut() {
        Exception thrown = new IllegalStateException("one line of it\nand another", new NoSuchFileException("/a"));
        thrown.addSuppressed(new IllegalStateException("suppressed", new NullPointerException("deep inside")));
        assertEquals("one line of it, because of: NoSuchFileException /a", of(thrown));
    }

    @Test
    void whatIsNoTraceIsShownAsItIs() {
        assertEquals("no trace: but words", Failure.of("no trace: but words"));
        assertEquals("failed, without a reason", Failure.of(" \n"));
    }
}
