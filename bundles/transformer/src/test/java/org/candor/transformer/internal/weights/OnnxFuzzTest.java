package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever an ONNX file holds, its tensors lie within it, or it is refused by name. */
class OnnxFuzzTest {

    @TempDir
    private Path folder;

    private int files;

    @Test
    void mutatedFilesEndInAnAnswerOrARefusal() {
        byte[] whole = OnnxWeightsTest.withMatrixAndBias();
        Mutation mutation = Mutation.anyOf(new ByteMutation(
                List.of("MatMul", "Add", "Identity", "Gemm", "transB", "onnx::MatMul_7", "layer.bias")));
        new Fuzz("onnx", List.of(whole, OnnxWeightsTest.withGemm()), mutation)
                .rounds(5_000)
                .run(this::read);
    }

    private boolean read(byte[] input) throws IOException {
        Path file = Files.write(folder.resolve("f" + files++ + ".onnx"), input);
        try (Arena arena = Arena.ofConfined()) {
            for (StoredTensor tensor : OnnxWeights.map(file, arena).values()) {
                assertTrue(tensor.data().byteSize() <= input.length, tensor.name());
                if (tensor.type().layout() != null && tensor.size() > 0) {
                    tensor.copy(0, new float[Math.toIntExact(tensor.size())], (int) tensor.size());
                }
            }
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith(file.getFileName().toString()), refusal.getMessage());
            return false;
        } finally {
            Files.delete(file);
        }
    }
}
