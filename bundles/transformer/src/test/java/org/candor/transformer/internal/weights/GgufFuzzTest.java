package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.gguf.GgufFile;
import org.candor.transformer.internal.gguf.GgufTensor;
import org.candor.transformer.internal.gguf.GgufWriter;
import org.candor.transformer.internal.gguf.TinyGguf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a GGUF file holds, its metadata and tensors are read within its bounds, or it is refused by name. */
class GgufFuzzTest {

    private static final List<String> WORDS = List.of(
            "GGUF",
            "llama",
            "gpt2",
            "general.architecture",
            "llama.block_count",
            "llama.attention.head_count_kv",
            "llama.rope.scaling.type",
            "yarn",
            "tokenizer.ggml.tokens",
            "tokenizer.ggml.merges",
            "token_embd.weight",
            "blk.0.attn_q.weight");

    @TempDir
    private Path folder;

    private int files;

    @Test
    void mutatedFilesEndInAnAnswerOrARefusal() throws IOException {
        List<byte[]> examples = new ArrayList<>();
        examples.add(model());
        try (Stream<Path> whole = Files.list(Reference.resource("whole-gguf"))) {
            for (Path file : whole.filter(each -> each.toString().endsWith(".gguf"))
                    .sorted()
                    .toList()) {
                if (Files.size(file) < 64 << 10) {
                    examples.add(Files.readAllBytes(file));
                }
            }
        }
        // The header is a small part of a file and nearly all that can go wrong.
        Mutation mutation = Mutation.anyOf(new ByteMutation(WORDS, 2_200), new ByteMutation(List.of(), 2_200));
        new Fuzz("gguf", examples, mutation).rounds(8_000).run(this::read);
    }

    /** A model with everything that is taken apart. */
    private byte[] model() throws IOException {
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

    private boolean read(byte[] input) throws IOException {
        String name = "f" + files++ + ".gguf";
        Path file = Files.write(folder.resolve(name), input);
        try (Arena arena = Arena.ofConfined()) {
            blocks(GgufFile.map(file, arena), input.length);
            try (Checkpoint checkpoint = Checkpoint.open(Reference.files(Map.of("model.gguf", file)))) {
                tensors(checkpoint, input.length);
            } catch (ModelFormatException noModel) {
                // A file of its format need not be a model.
                assertTrue(noModel.getMessage().startsWith(name + ": "), noModel.getMessage());
            }
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith(name), refusal.getMessage());
            return false;
        } finally {
            Files.delete(file);
        }
    }

    private static void blocks(GgufFile file, int size) throws ModelFormatException {
        for (String key : file.header().metadata().keys()) {
            assertTrue(file.header().metadata().value(key).toString().length() <= 64L * size, key);
        }
        long total = 0;
        for (GgufTensor tensor : file.header().tensors().values()) {
            total += tensor.bytes();
            if (tensor.type().layout() != null) {
                int blocks = (int) (tensor.bytes() / tensor.type().layout().blockBytes());
                float[] values = new float[blocks * tensor.type().layout().blockValues()];
                tensor.type().layout().blocks(file.bytes(tensor), 0, blocks, values, 0);
            }
        }
        assertTrue(total <= size);
    }

    private static void tensors(Checkpoint checkpoint, int size) throws ModelFormatException {
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
