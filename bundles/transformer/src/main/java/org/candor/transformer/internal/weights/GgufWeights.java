package org.candor.transformer.internal.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.gguf.GgufModel;
import org.candor.transformer.internal.gguf.NamedTensor;

/** The tensors of a GGUF model as transformers has them, as views on its files. */
final class GgufWeights {

    /** Parts as llama.cpp's gguf-split names them, counted from 1. */
    private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

    private GgufWeights() {}

    /**
     * The GGUF models among these files: the files of each, in order.
     *
     * @throws ModelFormatException when a part is missing
     */
    static List<List<String>> models(Iterable<String> names) throws ModelFormatException {
        List<List<String>> models = new ArrayList<>();
        Map<String, Map<Integer, String>> divided = new TreeMap<>();
        for (String name : names) {
            Matcher part = PART.matcher(name);
            if (part.matches()) {
                divided.computeIfAbsent(part.group(1) + "-of-" + part.group(3), unused -> new TreeMap<>())
                        .put(Integer.parseInt(part.group(2)), name);
            } else if (name.endsWith(".gguf")) {
                models.add(List.of(name));
            }
        }
        for (Map<Integer, String> parts : divided.values()) {
            String last = parts.values().iterator().next();
            int count = Integer.parseInt(last.substring(last.length() - 10, last.length() - 5));
            for (int i = 1; i <= count; i++) {
                if (!parts.containsKey(i)) {
                    throw new ModelFormatException(last + ": part " + i + " of " + count + " is missing");
                }
            }
            if (parts.size() != count) {
                throw new ModelFormatException(last + ": there are parts beside the " + count + ": " + parts.keySet());
            }
            models.add(List.copyOf(parts.values()));
        }
        return models;
    }

    /**
     * Maps a model.
     *
     * @param parts its files, in order
     * @param arena owns the mappings
     */
    static GgufModel map(List<Path> parts, Arena arena) throws IOException {
        for (Path part : parts) {
            refusePickle(part);
        }
        return GgufModel.map(parts, arena);
    }

    /** The tensors of a mapped model. */
    static Map<String, StoredTensor> tensors(GgufModel model) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (GgufModel.Located located : model.tensors().values()) {
            NamedTensor tensor = located.tensor();
            tensors.put(
                    tensor.name(),
                    new StoredTensor(
                            located.file().name(),
                            tensor.name(),
                            StoredType.valueOf(tensor.source().type().name()),
                            tensor.shape(),
                            located.data(),
                            false,
                            new Arrangement(tensor.rows(), tensor.turned(), tensor.shift())));
        }
        return tensors;
    }

    private static void refusePickle(Path file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(4);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (start.hasRemaining() && channel.read(start) >= 0) {
                // Short reads are rare but allowed.
            }
        }
        if (!start.hasRemaining() && PickledWeights.recognizes(start.array())) {
            throw PickledWeights.refusal(file.getFileName().toString());
        }
    }
}
