package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.compute.Backend;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.DeviceMemory;
import org.candor.transformer.internal.decoder.LoraAdapter.Delta;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Safetensors;
import org.candor.transformer.internal.weights.StoredTensor;

/** Reads a low-rank adapter in PEFT's files and brings it to the device of its base. */
final class LoraLoader {

    static final String CONFIGURATION = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";

    /** Numbers of binary32 in a vector of 512 bits. */
    private static final int WIDEST_VECTOR = 16;

    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final int NAMED = 5;
    private static final ValueLayout.OfFloat LITTLE_ENDIAN =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LoraLoader() {}

    /**
     * Loads an adapter after all of it was checked against its base.
     *
     * @throws ModelFormatException when a file is missing or damaged, when the configuration asks for something that is not
     *     supported, or when tensors are missing, left over or do not fit the base
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    static LoraAdapter load(ModelFiles files, DecoderModel base, Backend backend) throws IOException {
        LoraConfiguration configuration = configuration(files, base);
        List<LoraModule> modules = modules(configuration, base.configuration());
        try (Arena arena = Arena.ofShared()) {
            Map<String, StoredTensor> tensors =
                    Safetensors.map(file(files, WEIGHTS), arena).tensors();
            check(configuration, modules, tensors);
            return load(configuration, modules, tensors, base, backend);
        }
    }

    /**
     * About how many bytes an adapter and the buffers of its passes would take, rather too many: a backend may round outputs of a
     * weight up to whole vectors, and a low rank is less than one.
     *
     * @throws ModelFormatException as for {@link #load}
     */
    static long bytes(ModelFiles files, DecoderModel base, int passTokens) throws IOException {
        LoraConfiguration configuration = configuration(files, base);
        List<LoraModule> modules = modules(configuration, base.configuration());
        try (Arena arena = Arena.ofShared()) {
            check(
                    configuration,
                    modules,
                    Safetensors.map(file(files, WEIGHTS), arena).tensors());
        }
        long numbers = 0;
        int rank = 0;
        int width = 0;
        for (LoraModule module : modules) {
            int own = configuration.rank(module.name());
            numbers += (long) whole(own) * module.inputs() + (long) own * whole(module.outputs());
            rank = Math.max(rank, own);
            width = Math.max(width, module.outputs());
        }
        return Float.BYTES * numbers + LoraWorkspace.bytes(passTokens, rank, width);
    }

    /** Outputs rounded up to whole vectors of the widest kind. */
    private static int whole(int outputs) {
        return Math.ceilDiv(outputs, WIDEST_VECTOR) * WIDEST_VECTOR;
    }

    private static LoraConfiguration configuration(ModelFiles files, DecoderModel base) throws IOException {
        LoraConfiguration configuration = LoraConfiguration.read(
                new ConfigurationKeys(CONFIGURATION, "", StrictJson.object(file(files, CONFIGURATION))));
        if (base.configuration().encoder() != null) {
            throw new ModelFormatException(files.id().name() + ": its base is a "
                    + base.configuration().modelType() + " model, which reads with an encoder; adapters are for"
                    + " decoders alone");
        }
        return configuration;
    }

    private static Path file(ModelFiles files, String name) throws ModelFormatException {
        Path file = files.files().get(name);
        if (file == null) {
            String pickled = name.equals(WEIGHTS) && files.files().containsKey("adapter_model.bin")
                    ? "; adapter_model.bin is a pickle, and reading one can run any code in it"
                    : "";
            throw new ModelFormatException(files.id().name() + ": " + name + " is missing" + pickled);
        }
        return file;
    }

    private static List<LoraModule> modules(LoraConfiguration configuration, DecoderConfiguration base)
            throws ModelFormatException {
        List<LoraModule> all = LoraModule.of(base);
        if (configuration.targets() != null) {
            for (LoraConfiguration.NameEnd target : configuration.targets()) {
                if (all.stream().noneMatch(module -> target.matches(module.name()))) {
                    throw new ModelFormatException(CONFIGURATION + ": target_modules \"" + target.end()
                            + "\" is no linear layer of a block of this " + base.modelType() + " model (allowed: "
                            + String.join(", ", lastNames(all)) + ")");
                }
            }
        }
        return all.stream()
                .filter(module -> configuration.targets(module.name()))
                .toList();
    }

    private static Set<String> lastNames(List<LoraModule> modules) {
        Set<String> names = new TreeSet<>();
        modules.forEach(
                module -> names.add(module.name().substring(module.name().lastIndexOf('.') + 1)));
        return names;
    }

    private static void check(
            LoraConfiguration configuration, List<LoraModule> modules, Map<String, StoredTensor> tensors)
            throws ModelFormatException {
        Set<String> missing = new TreeSet<>();
        Set<String> leftOver = new TreeSet<>(tensors.keySet());
        for (LoraModule module : modules) {
            int rank = configuration.rank(module.name());
            require(tensors, PREFIX + module.name() + A, rank, module.inputs(), missing, leftOver);
            require(tensors, PREFIX + module.name() + B, module.outputs(), rank, missing, leftOver);
        }
        if (!missing.isEmpty()) {
            throw new ModelFormatException(
                    WEIGHTS + ": missing tensors that adapter_config.json and the base ask for: " + first(missing));
        }
        if (!leftOver.isEmpty()) {
            throw new ModelFormatException(
                    WEIGHTS + ": tensors that no adapted layer of the base takes: " + first(leftOver));
        }
    }

    private static void require(
            Map<String, StoredTensor> tensors,
            String name,
            int rows,
            int columns,
            Set<String> missing,
            Set<String> leftOver)
            throws ModelFormatException {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            missing.add(name);
        } else {
            tensor.requireMatrix(rows, columns);
            leftOver.remove(name);
        }
    }

    private static String first(Set<String> names) {
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return String.join(", ", names.stream().limit(NAMED).toList()) + more;
    }

    private static LoraAdapter load(
            LoraConfiguration configuration,
            List<LoraModule> modules,
            Map<String, StoredTensor> tensors,
            DecoderModel base,
            Backend backend) {
        List<EnumMap<LinearSite, List<Delta>>> layers = new ArrayList<>();
        for (int i = 0; i < base.configuration().decoder().layers().size(); i++) {
            layers.add(new EnumMap<>(LinearSite.class));
        }
        DeviceMemory memory = new DeviceMemory(backend);
        try {
            for (LoraModule module : modules) {
                String name = PREFIX + module.name();
                int rank = configuration.rank(module.name());
                Weight a = weight(memory, tensors.get(name + A), rank, module.inputs(), 1);
                Weight b = weight(
                        memory, tensors.get(name + B), module.outputs(), rank, configuration.scale(module.name()));
                layers.get(module.layer())
                        .computeIfAbsent(module.site(), site -> new ArrayList<>())
                        .add(new Delta(module.column(), module.outputs(), rank, a, b));
            }
            return new LoraAdapter(base, layers, memory);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** Held in binary32 whatever the base is held in: an adapter is small, and its product is added to the base's. */
    private static Weight weight(DeviceMemory memory, StoredTensor tensor, int rows, int columns, double scale) {
        float[] row = new float[columns];
        try (Arena arena = Arena.ofShared()) {
            MemorySegment scaled = arena.allocate(4L * rows * columns, 64);
            for (int r = 0; r < rows; r++) {
                tensor.copy((long) r * columns, row, columns);
                for (int c = 0; c < columns; c++) {
                    scaled.set(LITTLE_ENDIAN, 4 * ((long) r * columns + c), (float) (scale * row[c]));
                }
            }
            return memory.weight(new HostMatrix(scaled, ElementType.F32, rows, columns, false), WeightType.F32);
        }
    }
}
