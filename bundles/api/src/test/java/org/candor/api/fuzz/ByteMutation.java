package org.candor.api.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One change to bytes of any kind: flips, boundary integers of each width and order, cuts, repetitions, words of the format,
 * parts of another input.
 *
 * @param words of the format
 * @param head so many bytes at the front take nine of ten changes; 0 for no such part
 */
public record ByteMutation(List<String> words, int head) implements Mutation {

    private static final int LONGEST_PART = 64;
    private static final int[] WIDTHS = {1, 2, 4, 8};

    /** Anywhere, without words. */
    public ByteMutation() {
        this(List.of(), 0);
    }

    /** Anywhere, with words. */
    public ByteMutation(List<String> words) {
        this(words, 0);
    }

    @Override
    public byte[] apply(byte[] input, byte[] other, Random random) {
        if (input.length == 0) {
            return other.clone();
        }
        int at = place(input.length, random);
        int length = Math.min(input.length - at, 1 + random.nextInt(LONGEST_PART));
        return switch (random.nextInt(words.isEmpty() ? 10 : 12)) {
            case 0 -> set(input, at, (byte) (input[at] ^ 1 << random.nextInt(8)));
            case 1 -> set(input, at, (byte) random.nextInt(256));
            case 2, 3 -> integer(input, at, random);
            case 4 -> Arrays.copyOf(input, at);
            case 5 -> replace(input, at, length, new byte[0]);
            case 6 -> {
                byte[] part = Arrays.copyOfRange(input, at, at + length);
                yield replace(input, place(input.length, random), 0, part);
            }
            case 7 -> {
                byte[] part = Arrays.copyOfRange(input, at, at + length);
                int to = random.nextInt(input.length - length + 1);
                yield replace(input, to, length, part);
            }
            case 8 -> splice(input, at, other, random);
            case 9 -> {
                byte[] noise = new byte[1 + random.nextInt(8)];
                random.nextBytes(noise);
                yield replace(input, at, 0, noise);
            }
            default -> {
                byte[] word = words.get(random.nextInt(words.size())).getBytes(StandardCharsets.UTF_8);
                yield replace(input, at, random.nextBoolean() ? 0 : length, word);
            }
        };
    }

    private int place(int length, Random random) {
        return head > 0 && random.nextInt(10) > 0 ? random.nextInt(Math.min(head, length)) : random.nextInt(length);
    }

    private static byte[] set(byte[] input, int at, byte value) {
        byte[] changed = input.clone();
        changed[at] = value;
        return changed;
    }

    private static byte[] integer(byte[] input, int at, Random random) {
        long value = BOUNDARIES.get(random.nextInt(BOUNDARIES.size()));
        ByteBuffer whole = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        int width = WIDTHS[random.nextInt(WIDTHS.length)];
        boolean bigEndian = random.nextInt(4) == 0;
        byte[] changed = input.clone();
        for (int i = 0; i < width && at + i < changed.length; i++) {
            changed[at + i] = whole.get(bigEndian ? width - 1 - i : i);
        }
        return changed;
    }

    /** The beginning of one and the end of the other, or a part of the other in the middle. */
    private static byte[] splice(byte[] input, int at, byte[] other, Random random) {
        int from = random.nextInt(other.length + 1);
        if (random.nextBoolean()) {
            return replace(input, at, input.length - at, Arrays.copyOfRange(other, from, other.length));
        }
        int length = Math.min(other.length - from, random.nextInt(LONGEST_PART));
        int replaced = Math.min(input.length - at, random.nextInt(LONGEST_PART));
        return replace(input, at, replaced, Arrays.copyOfRange(other, from, from + length));
    }

    private static byte[] replace(byte[] input, int at, int length, byte[] part) {
        byte[] changed = new byte[input.length - length + part.length];
        System.arraycopy(input, 0, changed, 0, at);
        System.arraycopy(part, 0, changed, at, part.length);
        System.arraycopy(input, at + length, changed, at + part.length, input.length - at - length);
        return changed;
    }
}
