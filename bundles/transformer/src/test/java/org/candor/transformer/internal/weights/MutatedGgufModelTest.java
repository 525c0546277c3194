package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.gguf.GgufWriter;
import org.candor.transformer.internal.gguf.TinyGguf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutatedGgufModelTest {

    private static final long[] NASTY = {0, 1, 3, -1, 1 << 20, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE};

    /** A model with everything that is taken apart. */
    private static byte[] model(Path folder) throws IOException {
        GgufWriter writer = TinyGguf.llama()
                .with("llama.expert_count", 2)
                .with("llama.expert_used_count", 1)
                .with("llama.rope.scaling.type", "linear")
                .with("llama.rope.scaling.factor", 2f)
                .with("tokenizer.ggml.scores", List.of(0f, 0f, 0f, -1f, -2f))
                .with("tokenizer.chat_template", "{{ x }}")
                .tensor("rope_freqs.weight", new long[] {2}, 1, 8);
        TinyGguf.add(writer, "blk.0.ffn_gate_inp.weight", 2, 8);
        TinyGguf.add(writer, "blk.0.ffn_gate_up_exps.weight", 2, 6, 8);
        TinyGguf.add(writer, "blk.0.ffn_down_exps.weight", 2, 8, 3);
        TinyGguf.add(writer, "blk.0.attn_q.bias", 8);
        return Files.readAllBytes(writer.write(folder.resolve("whole.gguf")));
    }

    @Test
    void mutatedModelsEndInAnAnswerOrARefusal(@TempDir Path folder) throws IOException {
        byte[] whole = model(folder);
        Random random = new Random(20261127);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 4000; round++) {
            byte[] mutated = whole.clone();
            // The header is a small part of the file and nearly all that can go wrong.
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(2200);
                if (random.nextInt(3) == 0) {
                    ByteBuffer.wrap(mutated)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(at, NASTY[random.nextInt(NASTY.length)]);
                } else if (random.nextBoolean()) {
                    mutated[at] ^= (byte) (1 << random.nextInt(8));
                } else {
                    mutated[at] = (byte) random.nextInt(256);
                }
            }
            Path file = Files.write(folder.resolve("m" + round + ".gguf"), mutated);
            try (Checkpoint checkpoint = Checkpoint.open(Reference.files(Map.of("model.gguf", file)))) {
                touchAll(checkpoint, mutated.length);
                read++;
            } catch (ModelFormatException refusal) {
                assertTrue(refusal.getMessage().startsWith("m" + round + ".gguf: "), refusal.getMessage());
                refused++;
            }
            Files.delete(file);
        }
        assertTrue(read > 300, read + " were read");
        assertTrue(refused > 1000, refused + " were refused");
    }

    private static void touchAll(Checkpoint checkpoint, int size) throws ModelFormatException {
        for (StoredTensor tensor : checkpoint.tensors()) {
            assertTrue(tensor.data().byteSize() <= size, tensor.name());
            if (tensor.type().layout() == null || tensor.size() == 0) {
                continue;
            }
            float[] values = new float[Math.toIntExact(tensor.size())];
            tensor.copy(0, values, values.length);
            tensor.copyLines(0, Math.toIntExact(tensor.lines()), values, 0);
            tensor.line(tensor.lines() - 1);
            if (tensor.shape().length == 2) {
                tensor.matrix((int) tensor.shape()[0], (int) tensor.shape()[1]);
            }
        }
    }
}
