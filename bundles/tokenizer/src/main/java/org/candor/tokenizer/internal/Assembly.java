package org.candor.tokenizer.internal;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Truncation.Direction;

/**
 * One or two tokenised texts, cut into windows, and the template that puts them together. Immutable.
 *
 * @param template texts and special tokens in order
 * @param sequences one or two
 * @param windows for each text, bounds (from, to) of what is kept and then of each overflowing window
 * @param trims what is done to the offsets of each window
 */
record Assembly(List<TemplatePart> template, TokenBuffer[] sequences, int[][] windows, List<OffsetTrim> trims) {

    /** Tokens of the encoding, before padding. */
    int length() {
        return length(new int[sequences.length]);
    }

    /** Whether anything was cut off. */
    boolean isCut() {
        for (int[] window : windows) {
            if (window.length > 2) {
                return true;
            }
        }
        return false;
    }

    /** The same, safe from reuse of the token buffers. */
    Assembly detached() {
        TokenBuffer[] copies = new TokenBuffer[sequences.length];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = sequences[i].copy();
        }
        return new Assembly(template, copies, windows, trims);
    }

    /**
     * The encoding. Overflowing ones are made when they are asked for: two long texts have a product of them.
     *
     * @param padding or null
     * @param padTo length to fill up to
     */
    Encoding encoding(Padding padding, int padTo) {
        List<Encoding> overflowing = isCut() ? new Overflowing(this, padding, padTo) : List.of();
        return encoding(new int[sequences.length], padding, padTo, overflowing);
    }

    private int length(int[] choice) {
        int length = 0;
        for (TemplatePart part : template) {
            length += switch (part) {
                case TemplatePart.Special special -> special.ids().length;
                case TemplatePart.Sequence(int index, int type, int overflowType) ->
                    windows[index][2 * choice[index] + 1] - windows[index][2 * choice[index]];
            };
        }
        return length;
    }

    private Encoding encoding(int[] choice, Padding padding, int padTo, List<Encoding> overflowing) {
        int length = length(choice);
        int pads = padding == null ? 0 : Math.max(0, padTo - length);
        EncodingArrays arrays = new EncodingArrays(length + pads);
        int at = pads > 0 && padding.direction() == Direction.LEFT ? pads : 0;
        for (int i = 0; i < pads; i++) {
            arrays.special((at == 0 ? length : 0) + i, padding.id(), padding.token(), padding.typeId(), 0);
        }
        for (TemplatePart part : template) {
            switch (part) {
                case TemplatePart.Special special -> {
                    for (int i = 0; i < special.ids().length; i++) {
                        arrays.special(at++, special.ids()[i], special.tokens().get(i), special.typeId(), 1);
                    }
                }
                case TemplatePart.Sequence sequence -> {
                    int index = sequence.index();
                    int from = windows[index][2 * choice[index]];
                    int to = windows[index][2 * choice[index] + 1];
                    int type = choice[index] == 0 ? sequence.typeId() : sequence.overflowTypeId();
                    arrays.sequence(at, sequences[index], from, to, type, index);
                    for (OffsetTrim trim : trims) {
                        trim.apply(arrays, at, at + to - from);
                    }
                    at += to - from;
                }
            }
        }
        return arrays.encoding(overflowing);
    }

    /**
     * Every combination of windows but the first of each. The library merges the parts of the template from left to right:
     * each overflowing piece so far with every window of the next text, then the kept piece with its overflowing windows.
     */
    private static final class Overflowing extends AbstractList<Encoding> implements RandomAccess {
        private final Assembly assembly;
        private final Padding padding;
        private final int padTo;
        private final int[] order;
        private final int size;

        Overflowing(Assembly assembly, Padding padding, int padTo) {
            this.assembly = assembly;
            this.padding = padding;
            this.padTo = padTo;
            this.order = assembly.template().stream()
                    .mapMulti((TemplatePart part, java.util.function.Consumer<Integer> indices) -> {
                        if (part instanceof TemplatePart.Sequence sequence) {
                            indices.accept(sequence.index());
                        }
                    })
                    .distinct()
                    .mapToInt(i -> i)
                    .toArray();
            this.size = Math.toIntExact(size(order.length));
        }

        private long windows(int place) {
            return assembly.windows()[order[place]].length / 2;
        }

        private long size(int places) {
            return places == 0 ? 0 : size(places - 1) * windows(places - 1) + windows(places - 1) - 1;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public Encoding get(int index) {
            java.util.Objects.checkIndex(index, size);
            int[] choice = new int[assembly.sequences().length];
            long rest = index;
            for (int place = order.length - 1; place >= 0; place--) {
                long crossed = size(place) * windows(place);
                if (rest >= crossed) {
                    choice[order[place]] = (int) (rest - crossed + 1);
                    break;
                }
                choice[order[place]] = (int) (rest % windows(place));
                rest /= windows(place);
            }
            return assembly.encoding(choice, padding, padTo, List.of());
        }
    }
}
