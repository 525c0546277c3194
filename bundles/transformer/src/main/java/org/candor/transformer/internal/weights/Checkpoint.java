package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.gguf.GgufModel;
import org.candor.transformer.internal.gguf.GgufVocabulary;
import org.candor.transformer.internal.json.StrictJson;

/**
 * All tensors of a model by name, mapped from whichever weight file the model has: {@code model.safetensors}, a sharded
 * one with {@code model.safetensors.index.json}, {@code model.onnx}, or {@code model.gguf}. Remembers which tensors were
 * asked for. Closing it unmaps the files; no tensor is used after. Not thread safe.
 */
public final class Checkpoint implements AutoCloseable {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final String file;
    private final Map<String, StoredTensor> tensors;
    private final Set<String> used = new TreeSet<>();
    private final GgufModel gguf;
    private final Arena arena;

    private Checkpoint(String file, Map<String, StoredTensor> tensors, GgufModel gguf, Arena arena) {
        this.file = file;
        this.tensors = tensors;
        this.gguf = gguf;
        this.arena = arena;
    }

    /**
     * Maps the model's weights.
     *
     * @throws ModelFormatException when there are none, they are pickled, or their file breaks its format
     */
    public static Checkpoint open(ModelFiles files) throws IOException {
        List<String> names = weightFiles(files);
        String name = names.getFirst();
        Path path = files.files().get(name);
        Arena arena = Arena.ofShared();
        try {
            if (name.endsWith(".gguf")) {
                List<Path> parts =
                        names.stream().map(part -> files.files().get(part)).toList();
                GgufModel model = GgufWeights.map(parts, arena);
                return new Checkpoint(name, GgufWeights.tensors(model), model, arena);
            }
            Map<String, StoredTensor> tensors = name.equals(INDEX)
                    ? shards(name, path, files, arena)
                    : name.endsWith(".onnx")
                            ? OnnxWeights.map(path, arena)
                            : Safetensors.map(path, arena).tensors();
            return new Checkpoint(name, tensors, null, arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** One file, or the parts of one GGUF file. */
    private static List<String> weightFiles(ModelFiles files) throws ModelFormatException {
        Set<String> names = new TreeSet<>(files.files().keySet());
        for (String name : List.of(SINGLE, INDEX)) {
            if (names.contains(name)) {
                return List.of(name);
            }
        }
        for (String format : List.of(".safetensors", ".onnx", ".gguf")) {
            List<List<String>> candidates = format.equals(".gguf")
                    ? GgufWeights.models(names)
                    : names.stream()
                            .filter(name -> name.endsWith(format))
                            .map(List::of)
                            .toList();
            for (List<String> candidate : candidates) {
                if (candidates.size() == 1 || candidate.getFirst().equals("model" + format)) {
                    return candidate;
                }
            }
            if (candidates.size() > 1) {
                throw new ModelFormatException(files.id().name() + ": which of "
                        + candidates.stream().map(List::getFirst).toList() + " holds the weights? Name it model"
                        + format);
            }
        }
        for (String name : names) {
            if (PickledWeights.named(name)) {
                throw PickledWeights.refusal(name);
            }
        }
        throw new ModelFormatException(files.id().name() + ": no weights: " + SINGLE + ", " + INDEX
                + ", model.onnx or model.gguf is needed, and there are " + names);
    }

    private static Map<String, StoredTensor> shards(String name, Path index, ModelFiles files, Arena arena)
            throws IOException {
        if (!(StrictJson.object(index).get("weight_map") instanceof Map<?, ?> weightMap)) {
            throw new ModelFormatException(name + ": weight_map is missing or no object");
        }
        Map<String, Map<String, StoredTensor>> open = new LinkedHashMap<>();
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
        // What the index leaves out is still there: it shows up as never asked for.
        for (Map<String, StoredTensor> shard : open.values()) {
            for (StoredTensor tensor : shard.values()) {
                StoredTensor other = tensors.putIfAbsent(tensor.name(), tensor);
                if (other != null && other != tensor) {
                    throw new ModelFormatException(
                            tensor.file() + ": tensor " + tensor.name() + " is also in " + other.file());
                }
            }
        }
        return tensors;
    }

    /**
     * The configuration that came with the weights, in the keys of a config.json: Long, Double, Boolean, String, List, Map
     * and null. Null when the weights came alone, as in every format but GGUF.
     */
    public Map<String, Object> configuration() {
        return gguf == null ? null : gguf.configuration();
    }

    /** The tokenizer that came with the weights, or null. */
    public GgufVocabulary vocabulary() {
        return gguf == null ? null : gguf.vocabulary();
    }

    /** What the weights' file says about the model without anything here reading it, sorted. */
    public Set<String> unreadKeys() {
        return gguf == null ? Set.of() : gguf.unread();
    }

    /** Name of the weight file, for messages. */
    public String file() {
        return file;
    }

    /** All names, in the order of the file. */
    public Set<String> names() {
        return tensors.keySet();
    }

    /** All tensors, in the order of the file. Looking at them does not count as asking for them. */
    public Collection<StoredTensor> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
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
