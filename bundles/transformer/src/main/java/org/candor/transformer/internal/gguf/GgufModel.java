package org.candor.transformer.internal.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFormatException;

/**
 * A model in one GGUF file or in the parts of one, mapped: configuration, tokenizer and tensors as transformers has them.
 *
 * @param configuration keys and values as of a config.json: Long, Double, Boolean, String, List, Map and null
 * @param vocabulary the tokenizer, or null
 * @param tensors by the names of transformers
 * @param unread keys of the metadata that said something about the model and that nothing asked for
 */
public record GgufModel(
        Map<String, Object> configuration,
        GgufVocabulary vocabulary,
        Map<String, Located> tensors,
        Set<String> unread) {

    /** Tensors that become part of the configuration. */
    private static final Set<String> FACTORS =
            Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

    /** A tensor and the file that it is in. */
    public record Located(GgufFile file, NamedTensor tensor) {

        /** The stored bytes. */
        public MemorySegment data() {
            return file.bytes(tensor.source()).asSlice(tensor.from(), tensor.bytes());
        }
    }

    /**
     * Maps a model.
     *
     * @param parts its files, in order
     * @param arena owns the mappings
     * @throws ModelFormatException when a file breaks the format, parts do not belong together, or the model is of a kind
     *     not supported
     */
    public static GgufModel map(List<Path> parts, Arena arena) throws IOException {
        List<GgufFile> files = new ArrayList<>();
        for (Path part : parts) {
            files.add(GgufFile.map(part, arena));
        }
        checkParts(files);
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        Map<String, GgufFile> where = new LinkedHashMap<>();
        for (GgufFile file : files) {
            for (GgufTensor tensor : file.header().tensors().values()) {
                tensors.put(tensor.name(), tensor);
                GgufFile other = where.put(tensor.name(), file);
                if (other != null) {
                    throw new ModelFormatException(
                            file.name() + ": tensor " + tensor.name() + " is also in " + other.name());
                }
            }
        }
        GgufMetadata metadata = files.getFirst().header().metadata();
        GgufConfiguration configuration =
                new GgufConfiguration(metadata, tensors, name -> factors(where.get(name), tensors.get(name)));
        GgufVocabulary vocabulary = GgufVocabulary.read(metadata);
        Map<String, Object> values = configuration.read(vocabulary);
        return new GgufModel(
                Collections.unmodifiableMap(values),
                vocabulary,
                named(configuration.names(), tensors, where),
                unread(metadata));
    }

    /** Parts say their number, from 0 on, how many they are, and how many tensors they have together. */
    private static void checkParts(List<GgufFile> files) throws ModelFormatException {
        long tensors = 0;
        for (int i = 0; i < files.size(); i++) {
            GgufMetadata metadata = files.get(i).header().metadata();
            Long count = metadata.whole("split.count");
            Long number = metadata.whole("split.no");
            boolean alone = files.size() == 1 && (count == null || count <= 1);
            if (!alone && (count == null || count != files.size() || number == null || number != i)) {
                throw new ModelFormatException(metadata.file() + ": split.no " + number + " and split.count " + count
                        + " are not part " + i + " of " + files.size() + ", counted from 0");
            }
            tensors += files.get(i).header().tensors().size();
        }
        GgufMetadata metadata = files.getFirst().header().metadata();
        Long announced = metadata.whole("split.tensors.count");
        if (announced != null && announced != tensors) {
            throw new ModelFormatException(metadata.file() + ": split.tensors.count is " + announced
                    + ", but there are " + tensors + " tensors");
        }
    }

    private static float[] factors(GgufFile file, GgufTensor tensor) throws ModelFormatException {
        if (tensor == null) {
            return null;
        }
        if (tensor.type() != GgmlType.F32 || tensor.shape().length != 1 || tensor.shape()[0] > 1 << 16) {
            throw new ModelFormatException(file.name() + ": tensor " + tensor.name()
                    + " must be a vector of type F32, and is of type " + tensor.type());
        }
        float[] factors = new float[(int) tensor.shape()[0]];
        PlainValues.F32.blocks(file.bytes(tensor), 0, factors.length, factors, 0);
        return factors;
    }

    private static Map<String, Located> named(
            GgufNames names, Map<String, GgufTensor> tensors, Map<String, GgufFile> where) throws ModelFormatException {
        Map<String, Located> named = new LinkedHashMap<>();
        for (GgufTensor tensor : tensors.values()) {
            if (FACTORS.contains(tensor.name())) {
                continue;
            }
            for (NamedTensor one : names.of(tensor)) {
                GgufFile file = where.get(tensor.name());
                Located other = named.put(one.name(), new Located(file, one));
                if (other != null) {
                    throw new ModelFormatException(file.name() + ": tensors "
                            + other.tensor().source().name() + " and " + tensor.name() + " are both " + one.name());
                }
            }
        }
        return Collections.unmodifiableMap(named);
    }

    /** What an author writes about a file is no part of the model. */
    private static Set<String> unread(GgufMetadata metadata) {
        Set<String> unread = new TreeSet<>(metadata.unread());
        unread.removeIf(key -> key.startsWith("general.") || key.startsWith("quantize.") || key.startsWith("split."));
        return Collections.unmodifiableSet(unread);
    }
}
