package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.json.StrictJson;

/**
 * All tensors of a model by name, mapped from whichever weight file the model has: {@code model.safetensors}, a sharded
 * one with {@code model.safetensors.index.json}, or {@code model.onnx}. Remembers which tensors were asked for. Closing
 * it unmaps the files; no tensor is used after. Not thread safe.
 */
public final class Checkpoint implements AutoCloseable {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final String file;
    private final Map<String, StoredTensor> tensors;
    private final Set<String> used = new TreeSet<>();
    private final Arena arena;

    private Checkpoint(String file, Map<String, StoredTensor> tensors, Arena arena) {
        this.file = file;
        this.tensors = tensors;
        this.arena = arena;
    }

    /**
     * Maps the model's weights.
     *
     * @throws ModelFormatException when there are none, they are pickled, or their file breaks its format
     */
    public static Checkpoint open(ModelFiles files) throws IOException {
        String name = weightFile(files);
        Path path = files.files().get(name);
        Arena arena = Arena.ofShared();
        try {
            Map<String, StoredTensor> tensors = name.equals(INDEX)
                    ? shards(name, path, files, arena)
                    : name.endsWith(".onnx")
                            ? OnnxWeights.map(path, arena)
                            : Safetensors.map(path, arena).tensors();
            return new Checkpoint(name, tensors, arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static String weightFile(ModelFiles files) throws ModelFormatException {
        Set<String> names = files.files().keySet();
        if (names.contains(SINGLE)) {
            return SINGLE;
        }
        if (names.contains(INDEX)) {
            return INDEX;
        }
        for (String ending : List.of(".safetensors", ".onnx")) {
            List<String> candidates =
                    names.stream().filter(n -> n.endsWith(ending)).sorted().toList();
            if (candidates.size() == 1) {
                return candidates.getFirst();
            }
            if (candidates.size() > 1) {
                throw new ModelFormatException(
                        files.id().name() + ": which of " + candidates + " holds the weights? Name it model" + ending);
            }
        }
        for (String name : new TreeSet<>(names)) {
            if (PickledWeights.named(name)) {
                throw PickledWeights.refusal(name);
            }
        }
        throw new ModelFormatException(files.id().name() + ": no weights: " + SINGLE + ", " + INDEX
                + " or model.onnx is needed, and there are " + new TreeSet<>(names));
    }

    private static Map<String, StoredTensor> shards(String name, Path index, ModelFiles files, Arena arena)
            throws IOException {
        if (!(StrictJson.object(index).get("weight_map") instanceof Map<?, ?> weightMap)) {
            throw new ModelFormatException(name + ": weight_map is missing or no object");
        }
        Map<String, Map<String, StoredTensor>> open = new HashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : weightMap.entrySet()) {
            String tensor = (String) entry.getKey();
            if (!(entry.getValue() instanceof String shard)) {
                throw new ModelFormatException(name + ": weight_map of tensor " + tensor + " must be a file name");
            }
            Path path = files.files().get(shard);
            if (path == null) {
                throw new ModelFormatException(name + ": tensor " + tensor + " is in " + shard + ", which is missing");
            }
            if (!open.containsKey(shard)) {
                open.put(shard, Safetensors.map(path, arena).tensors());
            }
            StoredTensor found = open.get(shard).get(tensor);
            if (found == null) {
                throw new ModelFormatException(
                        shard + ": tensor " + tensor + " is missing, though " + name + " says it is there");
            }
            tensors.put(tensor, found);
        }
        return tensors;
    }

    /** Name of the weight file, for messages. */
    public String file() {
        return file;
    }

    /** All names, in the order of the file. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** The first of these names that is there and marks it used; null when none is. */
    public StoredTensor find(String... names) {
        for (String name : names) {
            StoredTensor tensor = tensors.get(name);
            if (tensor != null) {
                used.add(name);
                return tensor;
            }
        }
        return null;
    }

    /** Names never asked for, sorted. */
    public Set<String> unused() {
        Set<String> unused = new TreeSet<>(tensors.keySet());
        unused.removeAll(used);
        return unused;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
