package org.candor.retrieval.internal.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.retrieval.internal.index.Origin;
import org.candor.retrieval.internal.text.Extractor;
import org.candor.retrieval.internal.text.Limits;
import org.candor.retrieval.internal.text.Passages;
import org.candor.retrieval.internal.text.UnreadableDocumentException;
import org.junit.jupiter.api.Test;

class DocumentReaderTest {

    private final DocumentReader reader = new DocumentReader(new Extractor(Limits.DEFAULT), new Passages(60, 150));

    private Object read() throws UnreadableDocumentException {
        byte[] page = "<h1>Otters</h1><p>They <b>sleep</b> on kelp.</p>".getBytes(StandardCharsets.UTF_8);
        return reader.read("default", "otters.html", page, DocumentMetadata.NONE, Origin.FOLDER, 0);
    }

    /** Calls where the stack is all but used up, with ever a little more of it until the call returns or throws anything else. */
    private static Throwable atTheEndOfTheStack(Callable<?> call) {
        try {
            return atTheEndOfTheStack(call);
        } catch (StackOverflowError e) {
            try {
                call.call();
                return null;
            } catch (Exception failure) {
                return failure;
            }
        }
    }

    @Test
    void aDocumentThatOverflowsTheStackIsUnreadableAndSaysWhy() throws Exception {
        // Classes that first load on a stack that is used up stay broken.
        read();
        Throwable failure = atTheEndOfTheStack(this::read);
        assertInstanceOf(UnreadableDocumentException.class, failure);
        assertEquals("its content is nested more deeply than it can be read", failure.getMessage());
        read();
    }
}
