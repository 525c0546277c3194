package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;

/**
 * What an ONNX file says (onnx.proto, ModelProto): its constant tensors and the nodes that use them. Only floating-point
 * tensors are kept. Data stay in the file's mapping.
 *
 * @param initializers constant tensors by name
 * @param nodes in the order of the file
 */
record OnnxGraph(Map<String, StoredTensor> initializers, List<Node> nodes) {

    private static final int MAX_TENSORS = 1_000_000;
    private static final int MAX_DIMENSIONS = 32;
    private static final int MAX_NODE_PARTS = 100_000;
    private static final int TYPE_FLOAT = 1;
    private static final int TYPE_FLOAT16 = 10;
    private static final int TYPE_BFLOAT16 = 16;

    /**
     * One operation.
     *
     * @param operator for example {@code MatMul}
     * @param name unique or empty
     * @param inputs names of tensors, empty for one left out
     * @param outputs names of tensors
     * @param integers attributes that are one whole number
     */
    record Node(String operator, String name, List<String> inputs, List<String> outputs, Map<String, Long> integers) {}

    /**
     * Maps and reads a file.
     *
     * @param arena owns the mapping; the tensors live as long as it does
     * @throws ModelFormatException when the file is damaged or keeps its tensors elsewhere
     */
    static OnnxGraph map(Path path, Arena arena) throws IOException {
        String file = path.getFileName().toString();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                throw new ModelFormatException(file + ": is empty");
            }
            MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new Reading(file, arena, new LinkedHashMap<>(), new ArrayList<>())
                    .model(new ProtobufReader(file, data));
        }
    }

    /** One pass over the file. Field numbers are those of onnx.proto. */
    private record Reading(String file, Arena arena, Map<String, StoredTensor> initializers, List<Node> nodes) {

        OnnxGraph model(ProtobufReader model) throws ModelFormatException {
            boolean graphSeen = false;
            while (model.next()) {
                if (model.field() == 7 && !graphSeen) {
                    graph(model.message());
                    graphSeen = true;
                } else if (model.field() == 7) {
                    throw new ModelFormatException(file + ": holds two graphs");
                } else {
                    model.skip();
                }
            }
            if (!graphSeen) {
                throw new ModelFormatException(file + ": holds no graph; is it an ONNX model?");
            }
            return new OnnxGraph(initializers, nodes);
        }

        private void graph(ProtobufReader graph) throws ModelFormatException {
            while (graph.next()) {
                switch (graph.field()) {
                    case 1 -> nodes.add(node(graph.message()));
                    case 5 -> initializer(graph.message());
                    default -> graph.skip();
                }
                if (nodes.size() + initializers.size() > MAX_TENSORS) {
                    throw new ModelFormatException(file + ": more than " + MAX_TENSORS + " nodes and initialisers");
                }
            }
        }

        private Node node(ProtobufReader node) throws ModelFormatException {
            List<String> inputs = new ArrayList<>();
            List<String> outputs = new ArrayList<>();
            Map<String, Long> integers = new HashMap<>();
            String name = "";
            String operator = "";
            while (node.next()) {
                switch (node.field()) {
                    case 1 -> inputs.add(node.string());
                    case 2 -> outputs.add(node.string());
                    case 3 -> name = node.string();
                    case 4 -> operator = node.string();
                    case 5 -> attribute(node.message(), integers);
                    default -> node.skip();
                }
                if (inputs.size() + outputs.size() + integers.size() > MAX_NODE_PARTS) {
                    throw new ModelFormatException(
                            file + ": node " + name + " has more than " + MAX_NODE_PARTS + " inputs and outputs");
                }
            }
            return new Node(operator, name, inputs, outputs, integers);
        }

        private void attribute(ProtobufReader attribute, Map<String, Long> integers) throws ModelFormatException {
            String name = "";
            Long value = null;
            while (attribute.next()) {
                switch (attribute.field()) {
                    case 1 -> name = attribute.string();
                    case 3 -> value = attribute.number();
                    default -> attribute.skip();
                }
            }
            if (value != null) {
                integers.put(name, value);
            }
        }

        private void initializer(ProtobufReader tensor) throws ModelFormatException {
            String name = "";
            long type = 0;
            long[] shape = new long[0];
            MemorySegment raw = null;
            MemorySegment floats = null;
            List<Integer> looseFloats = new ArrayList<>();
            boolean elsewhere = false;
            while (tensor.next()) {
                switch (tensor.field()) {
                    case 1 -> shape = dimensions(tensor, shape);
                    case 2 -> type = tensor.number();
                    case 4 -> {
                        if (tensor.wireType() == ProtobufReader.FIXED32) {
                            looseFloats.add(tensor.fixed32());
                        } else {
                            floats = tensor.bytes();
                        }
                    }
                    case 8 -> name = tensor.string();
                    case 9 -> raw = tensor.bytes();
                    case 14 -> elsewhere = tensor.number() == 1;
                    default -> tensor.skip();
                }
            }
            StoredType stored = type == TYPE_FLOAT
                    ? StoredType.F32
                    : type == TYPE_FLOAT16 ? StoredType.F16 : type == TYPE_BFLOAT16 ? StoredType.BF16 : null;
            if (stored == null) {
                return;
            }
            if (elsewhere) {
                throw new ModelFormatException(file + ": tensor " + name
                        + " is kept in another file (external data), which is not supported; export the model into one"
                        + " file or as safetensors");
            }
            MemorySegment data = raw != null ? raw : floats != null ? floats : loose(looseFloats);
            checkSize(name, stored, shape, data.byteSize());
            if (initializers.put(name, new StoredTensor(file, name, stored, shape, data, false)) != null) {
                throw new ModelFormatException(file + ": tensor " + name + " is there twice");
            }
        }

        private long[] dimensions(ProtobufReader tensor, long[] shape) throws ModelFormatException {
            if (tensor.wireType() == ProtobufReader.VARINT) {
                return append(shape, tensor.number());
            }
            ProtobufReader packed = tensor.message();
            long[] all = shape;
            while (packed.hasRemaining()) {
                all = append(all, packed.varint());
            }
            return all;
        }

        private long[] append(long[] shape, long dimension) throws ModelFormatException {
            if (shape.length == MAX_DIMENSIONS || dimension < 0) {
                throw new ModelFormatException(
                        file + ": a tensor of more than " + MAX_DIMENSIONS + " dimensions or of a negative one");
            }
            long[] longer = Arrays.copyOf(shape, shape.length + 1);
            longer[shape.length] = dimension;
            return longer;
        }

        private MemorySegment loose(List<Integer> floats) {
            MemorySegment data = arena.allocate(4L * floats.size());
            ValueLayout.OfInt layout = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < floats.size(); i++) {
                data.set(layout, 4L * i, floats.get(i));
            }
            return data;
        }

        private void checkSize(String name, StoredType type, long[] shape, long bytes) throws ModelFormatException {
            long expected = type.bits() / 8;
            try {
                for (long dimension : shape) {
                    expected = Math.multiplyExact(expected, dimension);
                }
            } catch (ArithmeticException e) {
                throw new ModelFormatException(
                        file + ": tensor " + name + ": the size of shape " + Arrays.toString(shape) + " overflows", e);
            }
            if (expected != bytes) {
                throw new ModelFormatException(file + ": tensor " + name + ": shape " + Arrays.toString(shape) + " of "
                        + type + " takes " + expected + " bytes, but " + bytes + " are there");
            }
        }
    }
}
