package org.candor.transformer.internal.decoder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.DeviceMemory;
import org.candor.transformer.internal.decoder.StackWeights.Linear;
import org.candor.transformer.internal.decoder.StackWeights.Norm;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.StackedMatrix;
import org.candor.transformer.internal.weights.StoredTensor;

/**
 * Takes a checkpoint's tensors to a device. Whoever loads a model asks for the same tensors twice: first while this only
 * checks, when every method gives null and what is missing is noted, then to load. So nothing is taken over before all of
 * it is known to be there in the right shape. Used by one thread.
 */
final class TensorSource {

    private static final int NAMED = 5;
    private static final ValueLayout.OfFloat LITTLE_ENDIAN =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private final Checkpoint checkpoint;
    private final boolean inputsFirst;
    private final DeviceMemory memory;
    private final Ops ops;
    private final WeightType type;
    private final Set<String> missing = new TreeSet<>();
    private boolean checking = true;

    /** @param inputsFirst whether matrices of linear layers are stored (inputs, outputs) */
    TensorSource(Checkpoint checkpoint, boolean inputsFirst, DeviceMemory memory, Ops ops, WeightType type) {
        this.checkpoint = checkpoint;
        this.inputsFirst = inputsFirst;
        this.memory = memory;
        this.ops = ops;
        this.type = type;
    }

    /**
     * Ends the check; from now on tensors are loaded.
     *
     * @throws ModelFormatException when tensors are missing, with their names
     */
    void requireAll() throws ModelFormatException {
        if (!missing.isEmpty()) {
            List<String> first = missing.stream().limit(NAMED).toList();
            String more = missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : "";
            throw new ModelFormatException(checkpoint.file() + ": missing tensors that config.json asks for: "
                    + String.join(", ", first) + more);
        }
        checking = false;
    }

    /** Whether a tensor of this name is stored. */
    boolean has(String name) {
        return checkpoint.names().contains(name);
    }

    /** Part of a linear layer: rows of the product. */
    record Part(String name, int outputs) {}

    /** One linear layer of parts with the same inputs, one under the other. */
    Linear linear(List<Part> parts, int inputs, boolean biased) throws ModelFormatException {
        return linear(parts, inputs, biased, type);
    }

    /** A linear layer whose results choose between others: never in fast arithmetic. */
    Linear router(Part part, int inputs) throws ModelFormatException {
        return linear(List.of(part), inputs, false, fast(type) ? WeightType.F32 : type);
    }

    /** Whether linear layers may be held in blocks. */
    private static boolean fast(WeightType type) {
        return type == WeightType.STORED || type == WeightType.Q8 || type == WeightType.Q4;
    }

    private Linear linear(List<Part> parts, int inputs, boolean biased, WeightType held) throws ModelFormatException {
        List<StoredTensor> tensors = new ArrayList<>();
        int outputs = 0;
        for (Part part : parts) {
            StoredTensor tensor = find(part.name + ".weight");
            if (tensor != null) {
                StoredTensor matrix = tensor.named(tensor.name(), inputsFirst);
                if (checking) {
                    matrix.requireMatrix(part.outputs, inputs);
                } else {
                    tensors.add(matrix);
                }
            }
            outputs += part.outputs;
        }
        float[] bias = biased ? bias(parts, outputs) : null;
        if (checking) {
            return null;
        }
        return new Linear(weight(tensors, parts, inputs, held), bias == null ? null : memory.vector(ops, bias));
    }

    /**
     * Blocks go to the device as they are, if it takes them and they are what is wanted. Where the wanted type is that of
     * the file, blocks of other kinds are rounded to 8 bits, which costs less than what their own rounding did.
     */
    private Weight weight(List<StoredTensor> tensors, List<Part> parts, int inputs, WeightType held)
            throws ModelFormatException {
        BlockType blocks =
                switch (held) {
                    case STORED -> tensors.getFirst().type().blocks();
                    case Q8 -> BlockType.Q8_0;
                    case Q4 -> BlockType.Q4_0;
                    case F32, BF16, F16, I8 -> null;
                };
        if (tensors.stream().allMatch(tensor -> tensor.holds(blocks))) {
            return memory.weight(blocks(blocks, tensors, inputs));
        }
        boolean quantised = tensors.stream().anyMatch(tensor -> tensor.type().element() == null);
        WeightType type = held == WeightType.STORED && quantised ? WeightType.Q8 : held;
        List<HostMatrix> matrices = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            for (int i = 0; i < parts.size(); i++) {
                matrices.add(tensors.get(i).matrix(parts.get(i).outputs, inputs, arena));
            }
            HostMatrix matrix = matrices.size() == 1 ? matrices.getFirst() : stacked(matrices, parts, arena);
            return memory.weight(matrix, type);
        }
    }

    private static BlockMatrix blocks(BlockType type, List<StoredTensor> tensors, int inputs) {
        int rows = 0;
        NavigableMap<Integer, StoredTensor> starts = new TreeMap<>();
        for (StoredTensor tensor : tensors) {
            starts.put(rows, tensor);
            rows += Math.toIntExact(tensor.lines());
        }
        return new BlockMatrix(type, rows, inputs, row -> {
            Map.Entry<Integer, StoredTensor> part = starts.floorEntry(row);
            return part.getValue().line(row - part.getKey());
        });
    }

    private float[] bias(List<Part> parts, int outputs) throws ModelFormatException {
        float[] bias = new float[outputs];
        int at = 0;
        for (Part part : parts) {
            StoredTensor tensor = find(part.name + ".bias");
            if (tensor != null) {
                System.arraycopy(tensor.vector(part.outputs), 0, bias, at, part.outputs);
            }
            at += part.outputs;
        }
        return bias;
    }

    /** Parts of different types, as mixed precision stores them, meet in binary32. */
    private HostMatrix stacked(List<HostMatrix> matrices, List<Part> parts, Arena arena) throws ModelFormatException {
        if (matrices.stream().map(HostMatrix::type).distinct().count() == 1) {
            return StackedMatrix.of(matrices, arena);
        }
        List<HostMatrix> widened = new ArrayList<>();
        for (int i = 0; i < matrices.size(); i++) {
            HostMatrix matrix = matrices.get(i);
            long count = (long) matrix.rows() * matrix.columns();
            MemorySegment data = arena.allocate(4 * count);
            StoredTensor tensor = find(parts.get(i).name + ".weight");
            float[] row = new float[matrix.columns()];
            for (long at = 0; at < count; at += row.length) {
                int length = (int) Math.min(row.length, count - at);
                tensor.copy(at, row, length);
                for (int c = 0; c < length; c++) {
                    data.set(LITTLE_ENDIAN, 4 * (at + c), row[c]);
                }
            }
            widened.add(new HostMatrix(data, ElementType.F32, matrix.rows(), matrix.columns(), matrix.transposed()));
        }
        return StackedMatrix.of(widened, arena);
    }

    /** The output layer from any tensor of a table's shape. */
    Linear table(String name, int rows, int columns) throws ModelFormatException {
        StoredTensor tensor = find(name);
        if (tensor != null) {
            tensor.requireMatrix(rows, columns);
        }
        return checking ? null : new Linear(table(tensor, rows, columns), null);
    }

    private Weight table(StoredTensor tensor, int rows, int columns) throws ModelFormatException {
        return weight(List.of(tensor), List.of(new Part(tensor.name(), rows)), columns, type);
    }

    /**
     * A table of token embeddings: where linear layers may be held in blocks, as they are.
     *
     * @param head the output layer, of the same tensor where this is not null
     */
    Embeddings embeddings(String name, int rows, int columns, float scale, Linear head) throws ModelFormatException {
        if (!fast(type)) {
            return new Embeddings(table(name, rows, columns, scale), null, 1);
        }
        StoredTensor tensor = find(name);
        if (tensor != null) {
            tensor.requireMatrix(rows, columns);
        }
        if (checking) {
            return null;
        }
        return new Embeddings(null, head == null ? table(tensor, rows, columns) : head.weight(), scale);
    }

    /** A table of embeddings in binary32, scaled. */
    Tensor table(String name, int rows, int columns, float scale) throws ModelFormatException {
        StoredTensor tensor = find(name);
        if (tensor != null) {
            tensor.requireMatrix(rows, columns);
        }
        if (checking) {
            return null;
        }
        Tensor table = memory.table(ops, tensor, rows, columns);
        if (scale != 1) {
            ops.scale(table, scale, table);
        }
        return table;
    }

    /** A norm of a kind over so many columns. */
    Norm norm(String name, StackConfiguration.Norm kind, int columns) throws ModelFormatException {
        StoredTensor weight = find(name + ".weight");
        StoredTensor bias = kind.centred() ? find(name + ".bias") : null;
        float[] gamma = weight == null ? null : weight.vector(columns);
        float[] beta = bias == null ? null : bias.vector(columns);
        if (checking) {
            return null;
        }
        for (int i = 0; kind.unitOffset() && i < columns; i++) {
            gamma[i] += 1;
        }
        return new Norm(memory.vector(ops, gamma), beta == null ? null : memory.vector(ops, beta));
    }

    /** A (rows, columns) tensor's numbers. */
    float[] numbers(String name, int rows, int columns) throws ModelFormatException {
        StoredTensor tensor = find(name);
        if (tensor != null) {
            tensor.requireMatrix(rows, columns);
        }
        if (checking) {
            return null;
        }
        float[] numbers = new float[rows * columns];
        tensor.copy(0, numbers, numbers.length);
        return numbers;
    }

    /** Takes numbers over as a (rows, columns) tensor. */
    Tensor upload(float[] numbers, int rows, int columns) {
        Tensor tensor = memory.allocate(rows, columns);
        ops.upload(numbers, 0, tensor);
        return tensor;
    }

    /** Whether two stored tensors hold the same bytes. */
    boolean same(String name, String other) {
        StoredTensor a = checkpoint.find(name);
        StoredTensor b = checkpoint.find(other);
        return a.type() == b.type() && a.data().mismatch(b.data()) < 0;
    }

    boolean checking() {
        return checking;
    }

    private StoredTensor find(String name) throws ModelFormatException {
        StoredTensor tensor = checkpoint.find(name);
        if (tensor == null) {
            if (!checking) {
                throw new ModelFormatException(checkpoint.file() + ": missing tensor " + name);
            }
            missing.add(name);
        }
        return tensor;
    }
}
