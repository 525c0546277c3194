package org.candor.tokenizer.internal;

/** Writes the UTF-8 bytes of the text, each as the character that stands for it. */
record ByteLevelNormalizer() implements Normalizer {
    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; i++) {
            ByteAlphabet.spell(points[i], positions[i], text);
        }
        text.finish();
    }
}
