package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.RealModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxWeightsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyAnonymousMatrixOfARealExportFindsItsRole(RealModels real) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Path file = real.files().files().get("model.onnx");
            Set<String> before =
                    new TreeSet<>(OnnxGraph.map(file, arena).initializers().keySet());
            long anonymous = before.stream().filter(n -> n.startsWith("onnx::")).count();
            Map<String, StoredTensor> named = OnnxWeights.map(file, arena);
            assertEquals(before.size(), named.size());
            int layers = real == RealModels.ENGLISH ? 12 : 4;
            assertEquals(6 * layers, anonymous);
            for (int i = 0; i < layers; i++) {
                for (String linear : new String[] {
                    "attention.self.query",
                    "attention.self.key",
                    "attention.self.value",
                    "attention.output.dense",
                    "intermediate.dense",
                    "output.dense"
                }) {
                    String name = "encoder.layer." + i + "." + linear;
                    StoredTensor weight = named.get(name + ".weight");
                    assertTrue(weight.transposed(), name);
                    assertEquals(named.get(name + ".bias").shape()[0], weight.shape()[1], name);
                }
            }
            assertFalse(named.get("embeddings.word_embeddings.weight").transposed());
        }
    }

    @Test
    void aMatrixTakesItsRoleFromTheNamedBias() throws IOException {
        ProtobufWriter graph = graph(
                tensor("onnx::MatMul_7", new long[] {2, 3}, 1, 2, 3, 4, 5, 6),
                tensor("layer.bias", new long[] {3}, 0, 0, 0),
                node("MatMul", "", "x", "onnx::MatMul_7", "product"),
                node("Add", "", "layer.bias", "product", "y"));
        Map<String, StoredTensor> read = read(graph);
        assertEquals(Set.of("layer.weight", "layer.bias"), read.keySet());
        assertTrue(read.get("layer.weight").transposed());
    }

    @Test
    void aMatrixWithoutNamedBiasTakesItsRoleFromTheNodesPath() throws IOException {
        ProtobufWriter graph = graph(
                tensor("onnx::MatMul_7", new long[] {1, 1}, 1),
                tensor("onnx::Add_8", new long[] {1}, 1),
                node("MatMul", "/encoder/layer.0/output/dense/MatMul", "x", "onnx::MatMul_7", "product"),
                node("Add", "", "product", "onnx::Add_8", "y"));
        assertTrue(read(graph).containsKey("encoder.layer.0.output.dense.weight"));
    }

    @Test
    void gemmSaysItselfWhetherItsMatrixIsTransposed() throws IOException {
        ProtobufWriter gemm = node("Gemm", "", "x", "head.weight", "y")
                .string(1, "head.bias")
                .message(5, new ProtobufWriter().string(1, "transB").number(3, 1));
        Map<String, StoredTensor> read = read(
                graph(tensor("head.weight", new long[] {2, 1}, 1, 2), tensor("head.bias", new long[] {2}, 0, 0), gemm));
        assertFalse(read.get("head.weight").transposed());
    }

    @Test
    void equalTensorsStoredOnceAreFoundUnderBothNames() throws IOException {
        Map<String, StoredTensor> read = read(graph(
                tensor("a.weight", new long[] {2}, 5, 6),
                new ProtobufWriter().string(1, "a.weight").string(2, "b.weight").string(4, "Identity")));
        float[] values = read.get("b.weight").vector(2);
        assertArrayEquals(new float[] {5, 6}, values);
    }

    @Test
    void twoMatricesOfOneRoleAreRefused() {
        ProtobufWriter graph = graph(
                tensor("onnx::MatMul_7", new long[] {1, 1}, 1),
                tensor("onnx::MatMul_8", new long[] {1, 1}, 2),
                tensor("layer.bias", new long[] {1}, 0),
                node("MatMul", "", "x", "onnx::MatMul_7", "p"),
                node("Add", "", "layer.bias", "p", "y"),
                node("MatMul", "", "x", "onnx::MatMul_8", "q"),
                node("Add", "", "layer.bias", "q", "z"));
        String message =
                assertThrows(ModelFormatException.class, () -> read(graph)).getMessage();
        assertTrue(message.contains("both have the role layer.weight"), message);
    }

    @Test
    void floatsAreReadFromEachPlaceThatHoldsThem() throws IOException {
        ProtobufWriter raw =
                new ProtobufWriter().number(1, 2).number(2, 1).string(8, "raw").bytes(9, ProtobufWriter.floats(1, 2));
        ProtobufWriter packed = new ProtobufWriter()
                .bytes(1, ProtobufWriter.varints(2))
                .number(2, 1)
                .string(8, "packed")
                .bytes(4, ProtobufWriter.floats(1, 2));
        ProtobufWriter loose = new ProtobufWriter()
                .number(1, 2)
                .number(2, 1)
                .string(8, "loose")
                .fixed32(4, 1)
                .fixed32(4, 2);
        Path file = write(
                model(new ProtobufWriter().message(5, raw).message(5, packed).message(5, loose)));
        try (Arena arena = Arena.ofConfined()) {
            Map<String, StoredTensor> read = OnnxWeights.map(file, arena);
            for (String name : new String[] {"raw", "packed", "loose"}) {
                assertArrayEquals(new float[] {1, 2}, read.get(name).vector(2), name);
            }
        }
    }

    @Test
    void aTensorWhoseSizeDoesNotFitItsShapeIsRefused() {
        String message = assertThrows(ModelFormatException.class, () -> read(graph(tensor("a", new long[] {3}, 1, 2))))
                .getMessage();
        assertTrue(message.contains("tensor a") && message.contains("takes 12 bytes, but 8 are there"), message);
        assertThrows(
                ModelFormatException.class,
                () -> read(graph(tensor("a", new long[] {1L << 40, 1L << 40, 1L << 40}, 1, 2))));
    }

    @Test
    void externalDataAreRefusedWithAdvice() {
        ProtobufWriter elsewhere =
                new ProtobufWriter().number(1, 2).number(2, 1).string(8, "a").number(14, 1);
        String message = assertThrows(
                        ModelFormatException.class, () -> read(new ProtobufWriter().message(5, elsewhere)))
                .getMessage();
        assertTrue(message.contains("external data"), message);
    }

    /** A small file with a product, a sum, and a matrix without a name. */
    static byte[] withMatrixAndBias() {
        return model(graph(
                        tensor("onnx::MatMul_7", new long[] {2, 3}, 1, 2, 3, 4, 5, 6),
                        tensor("layer.bias", new long[] {3}, 0, 0, 0),
                        node("MatMul", "/layer/MatMul", "x", "onnx::MatMul_7", "product"),
                        node("Add", "", "layer.bias", "product", "y")))
                .toByteArray();
    }

    /** A small file whose matrix is used the other way round. */
    static byte[] withGemm() {
        ProtobufWriter gemm = node("Gemm", "", "x", "head.weight", "y")
                .string(1, "head.bias")
                .message(5, new ProtobufWriter().string(1, "transB").number(3, 1));
        return model(graph(
                        tensor("head.weight", new long[] {2, 1}, 1, 2),
                        tensor("head.bias", new long[] {2}, 0, 0),
                        gemm))
                .toByteArray();
    }

    private Map<String, StoredTensor> read(ProtobufWriter graph) throws IOException {
        return OnnxWeights.map(write(model(graph)), Arena.ofAuto());
    }

    private Path write(ProtobufWriter model) throws IOException {
        return Files.write(folder.resolve("model.onnx"), model.toByteArray());
    }

    private static ProtobufWriter model(ProtobufWriter graph) {
        return new ProtobufWriter().number(1, 8).message(7, graph);
    }

    private record Part(int field, ProtobufWriter message) {}

    private static ProtobufWriter graph(Object... parts) {
        ProtobufWriter graph = new ProtobufWriter();
        for (Object part : parts) {
            switch (part) {
                case Part(int field, ProtobufWriter message) -> graph.message(field, message);
                case ProtobufWriter node -> graph.message(1, node);
                default -> throw new IllegalArgumentException();
            }
        }
        return graph;
    }

    private static Part tensor(String name, long[] shape, float... values) {
        ProtobufWriter tensor = new ProtobufWriter();
        for (long dimension : shape) {
            tensor.number(1, dimension);
        }
        return new Part(5, tensor.number(2, 1).string(8, name).bytes(9, ProtobufWriter.floats(values)));
    }

    private static ProtobufWriter node(String operator, String name, String left, String right, String output) {
        return new ProtobufWriter()
                .string(1, left)
                .string(1, right)
                .string(2, output)
                .string(3, name)
                .string(4, operator);
    }
}
