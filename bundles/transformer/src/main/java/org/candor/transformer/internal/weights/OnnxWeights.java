package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.weights.OnnxGraph.Node;

/**
 * The weights of an ONNX file under the names their model gives them. Exporters fold the transposition of a linear
 * layer's matrix and leave it anonymous ({@code onnx::MatMul_1525}), stored (inputs, outputs). What it is follows from
 * the graph: the bias that is added to the product keeps its name {@code X.bias}, so the matrix is {@code X.weight}. Where
 * the bias is anonymous too, the node's own path ({@code /encoder/layer.0/attention/self/query/MatMul}) tells.
 */
public final class OnnxWeights {

    private OnnxWeights() {}

    /**
     * Maps a file's constant tensors and finds their roles.
     *
     * @param arena owns the mapping; the tensors live as long as it does
     * @return by name; a matrix whose role is not found keeps the name it has
     * @throws ModelFormatException when the file is damaged, or two matrices have one role
     */
    public static Map<String, StoredTensor> map(Path path, Arena arena) throws IOException {
        return withRoles(path.getFileName().toString(), OnnxGraph.map(path, arena));
    }

    static Map<String, StoredTensor> withRoles(String file, OnnxGraph graph) throws ModelFormatException {
        Map<String, StoredTensor> known = withAliases(graph);
        Map<String, Node> additions = additionsByInput(graph.nodes());
        Map<String, StoredTensor> named = new LinkedHashMap<>(known);
        for (Node node : graph.nodes()) {
            StoredTensor matrix = rightOperand(node, known);
            if (matrix == null) {
                continue;
            }
            boolean transposed =
                    node.operator().equals("MatMul") || node.integers().getOrDefault("transB", 0L) == 0;
            String role = role(node, matrix, additions, known);
            StoredTensor before = named.put(role, matrix.named(role, transposed));
            if (before != null && before.data().address() != matrix.data().address()) {
                throw new ModelFormatException(
                        file + ": tensors " + before.name() + " and " + matrix.name() + " both have the role " + role);
            }
            if (!role.equals(node.inputs().get(1))) {
                named.remove(node.inputs().get(1));
            }
        }
        return named;
    }

    /** Exporters store equal tensors once and give the others an Identity node. */
    private static Map<String, StoredTensor> withAliases(OnnxGraph graph) {
        Map<String, StoredTensor> known = new LinkedHashMap<>(graph.initializers());
        for (Node node : graph.nodes()) {
            if (node.operator().equals("Identity")
                    && node.inputs().size() == 1
                    && node.outputs().size() == 1
                    && known.containsKey(node.inputs().getFirst())) {
                String alias = node.outputs().getFirst();
                known.putIfAbsent(alias, known.get(node.inputs().getFirst()).named(alias, false));
            }
        }
        return known;
    }

    private static Map<String, Node> additionsByInput(List<Node> nodes) {
        Map<String, Node> additions = new HashMap<>();
        for (Node node : nodes) {
            if (node.operator().equals("Add") && node.inputs().size() == 2) {
                additions.putIfAbsent(node.inputs().get(0), node);
                additions.putIfAbsent(node.inputs().get(1), node);
            }
        }
        return additions;
    }

    private static StoredTensor rightOperand(Node node, Map<String, StoredTensor> known) {
        boolean product = node.operator().equals("MatMul") || node.operator().equals("Gemm");
        if (!product || node.inputs().size() < 2 || node.outputs().isEmpty()) {
            return null;
        }
        StoredTensor tensor = known.get(node.inputs().get(1));
        return tensor != null && tensor.shape().length == 2 ? tensor : null;
    }

    private static String role(
            Node node, StoredTensor matrix, Map<String, Node> additions, Map<String, StoredTensor> known) {
        if (matrix.name().endsWith(".weight")) {
            return matrix.name();
        }
        String bias = bias(node, additions, known);
        if (bias != null && bias.endsWith(".bias")) {
            return bias.substring(0, bias.length() - ".bias".length()) + ".weight";
        }
        String operator = "/" + node.operator();
        int end = node.name().lastIndexOf(operator);
        if (node.name().startsWith("/") && end > 0) {
            return node.name().substring(1, end).replace('/', '.') + ".weight";
        }
        return matrix.name();
    }

    private static String bias(Node node, Map<String, Node> additions, Map<String, StoredTensor> known) {
        if (node.operator().equals("Gemm")) {
            return node.inputs().size() > 2 ? node.inputs().get(2) : null;
        }
        Node addition = additions.get(node.outputs().getFirst());
        if (addition == null) {
            return null;
        }
        for (String input : addition.inputs()) {
            StoredTensor tensor = known.get(input);
            if (tensor != null && tensor.shape().length == 1) {
                return input;
            }
        }
        return null;
    }
}
