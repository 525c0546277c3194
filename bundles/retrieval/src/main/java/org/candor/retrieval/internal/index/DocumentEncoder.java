package org.candor.retrieval.internal.index;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.candor.api.model.Embeddings;
import org.candor.api.model.TextEncoder;

/**
 * Gives documents their vectors, many texts a call. A passage the encoder would cut is halved between two sentences
 * until it fits. Thread safe; counts what the encoder cost.
 */
public final class DocumentEncoder {
    private static final int TEXTS_A_CALL = 128;

    private final LongAdder nanos = new LongAdder();
    private final LongAdder tokens = new LongAdder();

    /** Wall-clock nanoseconds spent in encoders so far. */
    public long nanos() {
        return nanos.sum();
    }

    /** Tokens encoded so far. */
    public long tokens() {
        return tokens.sum();
    }

    /** Vectors for each document, in order. */
    public List<EncodedDocument> encode(List<IndexedDocument> documents, TextEncoder encoder) {
        List<String> texts = new ArrayList<>();
        for (IndexedDocument document : documents) {
            for (IndexedPassage passage : document.passages()) {
                texts.add(passage.searched());
                for (int i = 0; i < passage.sentences().size(); i++) {
                    texts.add(passage.sentence(i));
                }
            }
        }
        float[][] vectors = new float[texts.size()][];
        boolean[] cut = new boolean[texts.size()];
        for (int from = 0; from < texts.size(); from += TEXTS_A_CALL) {
            List<String> part = texts.subList(from, Math.min(texts.size(), from + TEXTS_A_CALL));
            Embeddings embeddings = embed(part, encoder);
            for (int i = 0; i < part.size(); i++) {
                vectors[from + i] = Vectors.unit(embeddings.vectors()[i]);
                cut[from + i] = embeddings.truncated()[i];
            }
        }
        List<EncodedDocument> encoded = new ArrayList<>();
        int at = 0;
        for (IndexedDocument document : documents) {
            Assembly assembly = new Assembly(encoder);
            for (IndexedPassage passage : document.passages()) {
                int n = passage.sentences().size();
                assembly.take(passage, vectors[at], java.util.Arrays.copyOfRange(vectors, at + 1, at + 1 + n), cut[at]);
                at += 1 + n;
            }
            encoded.add(assembly.document(document.entry()));
        }
        return encoded;
    }

    private Embeddings embed(List<String> texts, TextEncoder encoder) {
        long start = System.nanoTime();
        Embeddings embeddings = encoder.embed(texts);
        nanos.add(System.nanoTime() - start);
        tokens.add(embeddings.totalTokens());
        return embeddings;
    }

    private final class Assembly {
        private final TextEncoder encoder;
        private final List<IndexedPassage> passages = new ArrayList<>();
        private final List<float[]> vectors = new ArrayList<>();
        private final List<float[][]> sentences = new ArrayList<>();

        Assembly(TextEncoder encoder) {
            this.encoder = encoder;
        }

        void take(IndexedPassage passage, float[] vector, float[][] sentenceVectors, boolean cut) {
            int n = passage.sentences().size();
            if (!cut || n < 2) {
                passages.add(passage);
                vectors.add(vector);
                sentences.add(sentenceVectors);
                return;
            }
            int half = n / 2;
            for (int[] range : new int[][] {{0, half}, {half, n}}) {
                IndexedPassage part = part(passage, range[0], range[1]);
                Embeddings embeddings = embed(List.of(part.searched()), encoder);
                take(
                        part,
                        Vectors.unit(embeddings.vectors()[0]),
                        java.util.Arrays.copyOfRange(sentenceVectors, range[0], range[1]),
                        embeddings.truncated()[0]);
            }
        }

        /** Sentences {@code from} to {@code to}; the first part begins and the last ends where the passage does. */
        private static IndexedPassage part(IndexedPassage passage, int from, int to) {
            int n = passage.sentences().size();
            int start =
                    from == 0 ? passage.start() : passage.sentences().get(from).start();
            int end = to == n ? passage.end() : passage.sentences().get(to - 1).end();
            int begin = passage.text().offsetByCodePoints(0, start - passage.start());
            String text = passage.text().substring(begin, passage.text().offsetByCodePoints(begin, end - start));
            return new IndexedPassage(
                    start, end, text, passage.context(), passage.sentences().subList(from, to));
        }

        EncodedDocument document(Entry entry) {
            return new EncodedDocument(
                    new IndexedDocument(entry, passages),
                    vectors.toArray(float[][]::new),
                    sentences.toArray(float[][][]::new));
        }
    }
}
