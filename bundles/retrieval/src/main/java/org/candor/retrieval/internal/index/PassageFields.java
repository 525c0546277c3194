package org.candor.retrieval.internal.index;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.retrieval.internal.text.Span;

/**
 * The Lucene documents of one document: a block of its passages, each with the fields the scope filter needs, and last
 * the entry itself. The block is replaced as a whole, so a document is never half there.
 */
final class PassageFields {
    static final String KEY = "key";
    static final String TYPE = "type";
    static final String PASSAGE = "passage";
    static final String ENTRY = "entry";
    static final String TENANT = "tenant";
    static final String PURPOSE = "purpose";
    static final String SUBJECT = "subject";
    static final String ROLE = "role";
    /** Who may read a passage: {@link #NAMED_ROLES}, or absent for every role. */
    static final String READERS = "readers";

    static final String NAMED_ROLES = "named";
    static final String TEXT = "text";
    static final String VECTOR = "vector";
    static final String SENTENCES = "sentences";
    static final String STORED = "stored";
    /** Stands for every purpose. No purpose is written like this: a purpose has no white space. */
    static final String EVERY_PURPOSE = "every purpose";

    private PassageFields() {}

    static List<Document> block(IndexedDocument document, float[][] passages, float[][][] sentences, int dimensions) {
        List<Document> block = new ArrayList<>(document.passages().size() + 1);
        DocumentInfo info = document.entry().info();
        String key = document.entry().key();
        for (int i = 0; i < document.passages().size(); i++) {
            IndexedPassage passage = document.passages().get(i);
            Document fields = new Document();
            fields.add(new StringField(KEY, key, Field.Store.YES));
            fields.add(new StringField(TYPE, PASSAGE, Field.Store.NO));
            fields.add(new StringField(TENANT, info.tenant(), Field.Store.NO));
            for (String purpose : info.purposes().isEmpty() ? Set.of(EVERY_PURPOSE) : info.purposes()) {
                fields.add(new StringField(PURPOSE, purpose, Field.Store.NO));
            }
            for (String subject : info.subjects()) {
                fields.add(new StringField(SUBJECT, subject, Field.Store.NO));
            }
            if (!info.roles().isEmpty()) {
                fields.add(new StringField(READERS, NAMED_ROLES, Field.Store.NO));
            }
            for (String role : info.roles()) {
                fields.add(new StringField(ROLE, role, Field.Store.NO));
            }
            fields.add(new TextField(TEXT, passage.searched(), Field.Store.NO));
            fields.add(new KnnFloatVectorField(VECTOR, passages[i], VectorSimilarityFunction.DOT_PRODUCT));
            fields.add(
                    new BinaryDocValuesField(SENTENCES, new BytesRef(SentenceVectors.pack(sentences[i], dimensions))));
            fields.add(new StoredField(STORED, write(passage, info.version())));
            block.add(fields);
        }
        Document entry = new Document();
        entry.add(new StringField(KEY, key, Field.Store.YES));
        entry.add(new StringField(TYPE, ENTRY, Field.Store.NO));
        entry.add(new StoredField(STORED, write(document.entry())));
        block.add(entry);
        return block;
    }

    /** A passage read back, with the version it belongs to. */
    record StoredPassage(String version, IndexedPassage passage) {}

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] write(IndexedPassage passage, String version) {
        return bytes(out -> {
            string(out, version);
            out.writeInt(passage.start());
            out.writeInt(passage.end());
            string(out, passage.text());
            string(out, passage.context());
            out.writeInt(passage.sentences().size());
            for (Span sentence : passage.sentences()) {
                out.writeInt(sentence.start());
                out.writeInt(sentence.end());
            }
        });
    }

    static StoredPassage passage(BytesRef stored) {
        try (DataInputStream in = input(stored)) {
            String version = string(in);
            int start = in.readInt();
            int end = in.readInt();
            String text = string(in);
            String context = string(in);
            int n = in.readInt();
            List<Span> sentences = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                sentences.add(new Span(in.readInt(), in.readInt()));
            }
            return new StoredPassage(version, new IndexedPassage(start, end, text, context, sentences));
        } catch (IOException e) {
            throw new UncheckedIOException("a stored passage is damaged", e);
        }
    }

    private static byte[] write(Entry entry) {
        DocumentInfo info = entry.info();
        return bytes(out -> {
            string(out, info.tenant());
            string(out, info.document());
            string(out, info.version());
            string(out, info.title());
            string(out, info.language());
            string(out, info.owner());
            strings(out, info.subjects());
            strings(out, info.purposes());
            string(out, info.licence());
            out.writeLong(info.bytes());
            out.writeInt(info.characters());
            out.writeLong(info.indexed().toEpochMilli());
            string(out, entry.origin().name());
            out.writeLong(entry.modified());
            strings(out, info.roles());
        });
    }

    /** An entry that was written before documents had roles ends without them: every role. */
    static Entry entry(BytesRef stored) {
        try (DataInputStream in = input(stored)) {
            String tenant = string(in);
            String document = string(in);
            String version = string(in);
            String title = string(in);
            String language = string(in);
            String owner = string(in);
            Set<String> subjects = strings(in);
            Set<String> purposes = strings(in);
            String licence = string(in);
            long bytes = in.readLong();
            int characters = in.readInt();
            Instant indexed = Instant.ofEpochMilli(in.readLong());
            Origin origin = Origin.valueOf(string(in));
            long modified = in.readLong();
            Set<String> roles = in.available() == 0 ? Set.of() : strings(in);
            return new Entry(
                    new DocumentInfo(
                            tenant,
                            document,
                            version,
                            title,
                            language,
                            owner,
                            subjects,
                            purposes,
                            roles,
                            licence,
                            bytes,
                            characters,
                            indexed),
                    origin,
                    modified);
        } catch (IOException e) {
            throw new UncheckedIOException("a stored entry is damaged", e);
        }
    }

    private static DataInputStream input(BytesRef stored) {
        return new DataInputStream(new ByteArrayInputStream(stored.bytes, stored.offset, stored.length));
    }

    private static void string(DataOutputStream out, String value) throws IOException {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String string(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void strings(DataOutputStream out, Set<String> values) throws IOException {
        out.writeInt(values.size());
        for (String value : values) {
            string(out, value);
        }
    }

    private static Set<String> strings(DataInputStream in) throws IOException {
        Set<String> values = new LinkedHashSet<>();
        for (int n = in.readInt(); n > 0; n--) {
            values.add(string(in));
        }
        return values;
    }
}
