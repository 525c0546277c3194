package org.candor.benchmarks;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A model of a real one's shape with random weights, written as a GGUF file without a vocabulary. What it writes is noise;
 * how fast it does is what the real one does.
 */
enum RandomModel {
    QWEN2_5_0_5B("qwen2.5-0.5b", "qwen2", 896, 24, 14, 2, 4_864, 151_936, 1e6f, true),
    LLAMA3_2_1B("llama3.2-1b", "llama", 2_048, 16, 32, 8, 8_192, 128_256, 5e5f, false);

    private static final int ALIGNMENT = 32;
    private static final int POSITIONS = 4_096;
    private static final float DEVIATION = 0.02f;

    private final String title;
    private final String architecture;
    private final int hidden;
    private final int layers;
    private final int heads;
    private final int keyValueHeads;
    private final int intermediate;
    private final int vocabulary;
    private final float ropeBase;
    private final boolean biased;

    RandomModel(
            String title,
            String architecture,
            int hidden,
            int layers,
            int heads,
            int keyValueHeads,
            int intermediate,
            int vocabulary,
            float ropeBase,
            boolean biased) {
        this.title = title;
        this.architecture = architecture;
        this.hidden = hidden;
        this.layers = layers;
        this.heads = heads;
        this.keyValueHeads = keyValueHeads;
        this.intermediate = intermediate;
        this.vocabulary = vocabulary;
        this.ropeBase = ropeBase;
        this.biased = biased;
    }

    /** How matrices are stored: number of the type in a file, values and bytes of a block. */
    enum Storage {
        F16(1, 1, 2),
        Q4_0(2, 32, 18),
        Q8_0(8, 32, 34);

        private final int number;
        private final int values;
        private final int bytes;

        Storage(int number, int values, int bytes) {
            this.number = number;
            this.values = values;
            this.bytes = bytes;
        }

        private long size(long count) {
            return count / values * bytes;
        }

        /** Normally distributed numbers, or codes of any value whose scale gives them the same deviation. */
        private void fill(byte[] target, Random random) {
            random.nextBytes(target);
            float scale =
                    switch (this) {
                        case F16 -> 0;
                        case Q4_0 -> DEVIATION / 4.6f;
                        case Q8_0 -> DEVIATION / 73.9f;
                    };
            for (int at = 0; at + bytes <= target.length; at += bytes) {
                float number = this == F16 ? (float) random.nextGaussian() * DEVIATION : scale;
                short half = Float.floatToFloat16(number);
                target[at] = (byte) half;
                target[at + 1] = (byte) (half >> 8);
            }
        }
    }

    static RandomModel named(String title) {
        for (RandomModel model : values()) {
            if (model.title.equals(title)) {
                return model;
            }
        }
        throw new IllegalArgumentException("there is no model " + title + ": qwen2.5-0.5b and llama3.2-1b are");
    }

    String title() {
        return title;
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Bytes of weights that one token passes through, which are all but a table that is only looked up: tied, none is. */
    long weightBytes(Storage storage) {
        long[] sum = new long[1];
        tensors().forEach((name, shape) -> {
            if (shape.length == 2) {
                sum[0] += storage.size((long) shape[0] * shape[1]);
            }
        });
        return sum[0];
    }

    /** Outermost dimension first. */
    private Map<String, int[]> tensors() {
        int headSize = hidden / heads;
        Map<String, int[]> tensors = new LinkedHashMap<>();
        tensors.put("token_embd.weight", new int[] {vocabulary, hidden});
        tensors.put("output_norm.weight", new int[] {hidden});
        for (int i = 0; i < layers; i++) {
            String block = "blk." + i + ".";
            int keys = keyValueHeads * headSize;
            tensors.put(block + "attn_norm.weight", new int[] {hidden});
            tensors.put(block + "ffn_norm.weight", new int[] {hidden});
            tensors.put(block + "attn_q.weight", new int[] {hidden, hidden});
            tensors.put(block + "attn_k.weight", new int[] {keys, hidden});
            tensors.put(block + "attn_v.weight", new int[] {keys, hidden});
            if (biased) {
                tensors.put(block + "attn_q.bias", new int[] {hidden});
                tensors.put(block + "attn_k.bias", new int[] {keys});
                tensors.put(block + "attn_v.bias", new int[] {keys});
            }
            tensors.put(block + "attn_output.weight", new int[] {hidden, hidden});
            tensors.put(block + "ffn_gate.weight", new int[] {intermediate, hidden});
            tensors.put(block + "ffn_up.weight", new int[] {intermediate, hidden});
            tensors.put(block + "ffn_down.weight", new int[] {hidden, intermediate});
        }
        return tensors;
    }

    /** Writes the file. */
    void write(Path file, Storage storage) throws IOException {
        Map<String, int[]> tensors = tensors();
        Random random = new Random(1);
        try (Out out = new Out(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
            out.int32(3);
            out.int64(tensors.size());
            out.int64(11);
            out.text("general.architecture", architecture);
            out.text("tokenizer.ggml.model", "no_vocab");
            out.whole("vocab_size", vocabulary);
            out.whole("context_length", POSITIONS);
            out.whole("embedding_length", hidden);
            out.whole("block_count", layers);
            out.whole("feed_forward_length", intermediate);
            out.whole("attention.head_count", heads);
            out.whole("attention.head_count_kv", keyValueHeads);
            out.number("attention.layer_norm_rms_epsilon", 1e-6f);
            out.number("rope.freq_base", ropeBase);
            long offset = 0;
            for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
                int[] shape = tensor.getValue();
                out.string(tensor.getKey());
                out.int32(shape.length);
                for (int i = shape.length - 1; i >= 0; i--) {
                    out.int64(shape[i]);
                }
                out.int32(shape.length == 2 ? storage.number : 0);
                out.int64(offset);
                offset = Math.ceilDiv(offset + bytes(shape, storage), ALIGNMENT) * ALIGNMENT;
            }
            for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
                out.pad();
                int[] shape = tensor.getValue();
                if (shape.length == 1) {
                    float value = tensor.getKey().endsWith("norm.weight") ? 1 : 0;
                    for (int i = 0; i < shape[0]; i++) {
                        out.int32(Float.floatToRawIntBits(value));
                    }
                } else {
                    // Every row is another, but of the same few thousand numbers: random ones take longer than all
                    // else.
                    byte[] row = new byte[(int) storage.size(shape[1])];
                    byte[] pool = new byte[4 * row.length];
                    storage.fill(pool, random);
                    for (int i = 0; i < shape[0]; i++) {
                        int from = random.nextInt(pool.length / storage.bytes) * storage.bytes;
                        for (int done = 0; done < row.length; ) {
                            int part = Math.min(row.length - done, pool.length - from);
                            System.arraycopy(pool, from, row, done, part);
                            done += part;
                            from = 0;
                        }
                        out.write(row);
                    }
                }
            }
            out.pad();
        }
    }

    private static long bytes(int[] shape, Storage storage) {
        return shape.length == 2 ? storage.size((long) shape[0] * shape[1]) : 4L * shape[0];
    }

    /** Little-endian, and the keys of this model's architecture. */
    private final class Out extends FilterOutputStream {

        private long position;

        private Out(OutputStream out) {
            super(out);
        }

        private void int32(int value) throws IOException {
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                write(value >> shift);
            }
        }

        private void int64(long value) throws IOException {
            int32((int) value);
            int32((int) (value >> Integer.SIZE));
        }

        private void string(String text) throws IOException {
            int64(text.length());
            write(text.getBytes(StandardCharsets.US_ASCII));
        }

        private void text(String key, String value) throws IOException {
            string(key);
            int32(8);
            string(value);
        }

        private void whole(String key, int value) throws IOException {
            string(architecture + "." + key);
            int32(4);
            int32(value);
        }

        private void number(String key, float value) throws IOException {
            string(architecture + "." + key);
            int32(6);
            int32(Float.floatToRawIntBits(value));
        }

        private void pad() throws IOException {
            while (position % ALIGNMENT != 0) {
                write(0);
            }
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            position++;
        }

        @Override
        public void write(byte[] values, int from, int count) throws IOException {
            out.write(values, from, count);
            position += count;
        }
    }
}
