package org.candor.retrieval.internal.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a document into passages: blocks under one heading are joined up to a target, a block above the limit is cut
 * between sentences. Sizes are estimated tokens, so that no tokenizer is needed before an encoder is there.
 */
public final class Passages {
    private final int target;
    private final int most;

    /**
     * @param target estimated tokens at which a passage is full
     * @param most estimated tokens no passage exceeds, unless a single sentence does
     */
    public Passages(int target, int most) {
        this.target = target;
        this.most = most;
    }

    /** Passages in order; empty for a document without text. */
    public List<Passage> of(Extraction extraction) {
        Cut cut = new Cut(extraction.text());
        for (Block block : extraction.blocks()) {
            switch (block.kind()) {
                case HEADING -> cut.heading(block);
                case TEXT -> cut.text(block);
                case CODE -> cut.code(block);
            }
        }
        cut.close();
        return cut.passages;
    }

    /** About how many word pieces a stretch becomes: 4.5 letters a piece, each other mark or Chinese character one. */
    public static int tokens(String text, int start, int end) {
        int letters = 0;
        int words = 0;
        int others = 0;
        boolean inWord = false;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c < 0x2E80 && Character.isLetterOrDigit(c)) {
                letters++;
                words += inWord ? 0 : 1;
                inWord = true;
            } else {
                inWord = false;
                others += Character.isWhitespace(c) || Character.isLowSurrogate(c) ? 0 : 1;
            }
        }
        return Math.max(words, (int) Math.round(letters / 4.5)) + others;
    }

    private final class Cut {
        private final String text;
        private final List<Passage> passages = new ArrayList<>();
        private final List<Span> sentences = new ArrayList<>();
        private String heading = "";
        private int start = -1;
        private int end;
        private int size;

        Cut(String text) {
            this.text = text;
        }

        void heading(Block block) {
            close();
            heading = text.substring(block.start(), Math.min(block.end(), block.start() + 200));
        }

        void text(Block block) {
            int tokens = tokens(text, block.start(), block.end());
            if (size > 0 && size + tokens > target) {
                close();
            }
            for (Span sentence : Sentences.split(text, block.start(), block.end())) {
                int length = tokens(text, sentence.start(), sentence.end());
                if (size > 0 && size + length > most) {
                    close();
                }
                take(sentence.start(), sentence.end(), length);
                sentences.add(sentence);
            }
        }

        void code(Block block) {
            int from = block.start();
            while (from < block.end()) {
                int to = Math.min(block.end(), from + most * 3);
                if (to < block.end() && Character.isLowSurrogate(text.charAt(to))) {
                    to--;
                }
                int length = tokens(text, from, to);
                if (size > 0 && size + length > most) {
                    close();
                }
                take(from, to, length);
                from = to;
            }
        }

        private void take(int from, int to, int tokens) {
            if (start < 0) {
                start = from;
            }
            end = to;
            size += tokens;
        }

        void close() {
            if (start >= 0 && end > start) {
                passages.add(new Passage(start, end, heading, sentences));
            }
            sentences.clear();
            start = -1;
            size = 0;
        }
    }
}
