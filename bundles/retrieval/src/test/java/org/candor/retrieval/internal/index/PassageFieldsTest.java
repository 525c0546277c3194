package org.candor.retrieval.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.lucene.util.BytesRef;
import org.candor.api.retrieval.DocumentInfo;
import org.junit.jupiter.api.Test;

class PassageFieldsTest {

    private static Entry entry(String... roles) {
        DocumentInfo info = new DocumentInfo(
                "acme",
                "a/b.md",
                "sha256:0",
                "标题",
                "zh",
                "eve",
                Set.of("ada"),
                Set.of("audit"),
                Set.of(roles),
                "CC0",
                7,
                3,
                Instant.ofEpochMilli(5));
        return new Entry(info, Origin.UPLOAD, 11);
    }

    private static BytesRef stored(Entry entry) {
        return PassageFields.block(new IndexedDocument(entry, List.of()), new float[0][], new float[0][][], 4)
                .getLast()
                .getBinaryValue(PassageFields.STORED);
    }

    @Test
    void anEntryComesBackAsItWas() {
        assertEquals(entry("auditor"), PassageFields.entry(stored(entry("auditor"))));
        assertEquals(entry(), PassageFields.entry(stored(entry())));
    }

    @Test
    void anEntryFromBeforeDocumentsHadRolesIsForEveryRole() {
        BytesRef now = stored(entry());
        BytesRef then = new BytesRef(now.bytes, now.offset, now.length - Integer.BYTES);
        assertEquals(entry(), PassageFields.entry(then));
    }
}
