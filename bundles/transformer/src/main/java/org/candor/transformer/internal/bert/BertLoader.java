package org.candor.transformer.internal.bert;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.compute.Activation;
import org.candor.api.compute.Backend;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.DeviceMemory;
import org.candor.transformer.internal.bert.BertWeights.Layer;
import org.candor.transformer.internal.bert.BertWeights.Linear;
import org.candor.transformer.internal.bert.BertWeights.Norm;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.StackedMatrix;
import org.candor.transformer.internal.weights.StoredTensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a checkpoint's tensors into a device. What is missing is reported all at once, before anything is taken over.
 * Used by one thread, then closed; what it loaded stays.
 */
final class BertLoader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BertLoader.class);

    private final BertConfiguration configuration;
    private final BertNames names;
    private final WeightType type;
    private final Checkpoint checkpoint;
    private final String prefix;
    private final DeviceMemory memory;
    private final Ops ops;

    private BertLoader(
            BertConfiguration configuration,
            WeightType type,
            Checkpoint checkpoint,
            String prefix,
            DeviceMemory memory,
            Ops ops) {
        this.configuration = configuration;
        this.names = BertNames.of(configuration.family());
        this.type = type;
        this.checkpoint = checkpoint;
        this.prefix = prefix;
        this.memory = memory;
        this.ops = ops;
    }

    /** Which head to load with the body, if its tensors are there. */
    enum Head {
        NONE,
        POOLER,
        MASKED_LANGUAGE,
        CLASSIFICATION,
        QUESTION_ANSWERING
    }

    /**
     * A body and its head, sharing one memory that the body owns.
     *
     * @param leftOver tensors that are no part of any model of the family
     */
    record Loaded(BertModel body, BertHead head, Set<String> leftOver) {}

    /**
     * Loads a model.
     *
     * @param weights how linear layers are held
     * @param passTokens most tokens of one forward pass
     * @param concurrentPasses most passes at once
     * @throws ModelFormatException when a file is missing or damaged, or tensors are missing or of the wrong shape
     */
    static Loaded load(
            ModelFiles files, Backend backend, WeightType weights, Head head, int passTokens, int concurrentPasses)
            throws IOException {
        Path config = files.files().get("config.json");
        if (config == null) {
            throw new ModelFormatException(files.id().name() + ": config.json is missing");
        }
        BertConfiguration configuration = BertConfiguration.read(config);
        DeviceMemory memory = new DeviceMemory(backend);
        try (Checkpoint checkpoint = Checkpoint.open(files);
                BertLoader loader =
                        new BertLoader(configuration, weights, checkpoint, prefix(checkpoint), memory, backend.ops())) {
            loader.requireBody();
            BertWeights body = loader.body();
            BertHead loadedHead = loader.head(head);
            Set<String> leftOver = loader.leftOver();
            loader.ops.finish();
            return new Loaded(
                    new BertModel(configuration, body, memory, passTokens, concurrentPasses), loadedHead, leftOver);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private static String prefix(Checkpoint checkpoint) throws ModelFormatException {
        String prefix = BertNames.prefix(checkpoint.names());
        if (prefix == null) {
            throw new ModelFormatException(
                    checkpoint.file() + ": missing tensor " + BertNames.WORDS + ", also behind any prefix");
        }
        return prefix;
    }

    private void requireBody() throws ModelFormatException {
        List<String> missing = new ArrayList<>();
        Set<String> present = checkpoint.names();
        for (String[] spellings : names.required(configuration)) {
            boolean found = false;
            for (String spelling : spellings) {
                found |= present.contains(prefix + spelling);
            }
            if (!found) {
                missing.add(prefix + spellings[0]);
            }
        }
        if (!missing.isEmpty()) {
            String more = missing.size() > 5 ? " and " + (missing.size() - 5) + " more" : "";
            throw new ModelFormatException(checkpoint.file() + ": missing tensors that config.json asks for: "
                    + String.join(", ", missing.subList(0, Math.min(5, missing.size()))) + more);
        }
    }

    private BertWeights body() throws IOException {
        int hidden = configuration.hidden();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < configuration.layers(); i++) {
            String block = prefix + names.layer().formatted(i);
            layers.add(new Layer(
                    queryKeyValue(block),
                    linear(block + names.attentionOutput(), hidden, hidden),
                    norm(block + names.attentionNorm()),
                    linear(block + names.intermediate(), configuration.intermediate(), hidden),
                    linear(block + names.output(), hidden, configuration.intermediate()),
                    norm(block + names.outputNorm())));
        }
        return new BertWeights(
                memory.table(
                        ops,
                        checked(prefix + BertNames.WORDS, configuration.vocabulary()),
                        configuration.vocabulary(),
                        hidden),
                memory.table(
                        ops,
                        checked(prefix + BertNames.POSITIONS, configuration.positions()),
                        configuration.positions(),
                        hidden),
                configuration.types() == 0
                        ? null
                        : memory.table(
                                ops,
                                checked(prefix + BertNames.TYPES, configuration.types()),
                                configuration.types(),
                                hidden),
                norm(prefix + BertNames.EMBEDDING_NORM),
                List.copyOf(layers));
    }

    private BertHead head(Head head) throws IOException {
        int hidden = configuration.hidden();
        return switch (head) {
            case NONE -> null;
            case POOLER -> new BertHead.Pooler(linear(prefix + BertNames.POOLER, hidden, hidden));
            case MASKED_LANGUAGE -> {
                Linear transform = linear(names.predictions(), hidden, hidden);
                Norm norm = norm(names.predictionsNorm());
                StoredTensor decoder = checkpoint.find(names.decoder() + ".weight", prefix + BertNames.WORDS);
                HostMatrix matrix = decoder.matrix(configuration.vocabulary(), hidden);
                float[] bias = find(names.decoderBias().toArray(String[]::new)).vector(configuration.vocabulary());
                yield new BertHead.MaskedLanguage(
                        transform,
                        configuration.family().countsFromPadding() ? Activation.GELU_ERF : configuration.activation(),
                        norm,
                        configuration.epsilon(),
                        new Linear(memory.weight(matrix, type), memory.vector(ops, bias)));
            }
            case CLASSIFICATION ->
                new BertHead.Classification(
                        linear((names.denseInBody() ? prefix : "") + names.dense(), hidden, hidden),
                        configuration.family() == BertConfiguration.Family.DISTILBERT
                                ? Activation.RELU
                                : Activation.TANH,
                        linear(names.classifier(), configuration.labels().size(), hidden),
                        configuration.labels());
            case QUESTION_ANSWERING -> new BertHead.QuestionAnswering(linear(BertNames.QUESTION_ANSWERING, 2, hidden));
        };
    }

    private Set<String> leftOver() {
        Set<String> wondering = new TreeSet<>();
        for (String name : checkpoint.unused()) {
            if (BertNames.rightlyLeftOver(name)) {
                LOG.debug("{}: tensor {} is not needed", checkpoint.file(), name);
            } else {
                wondering.add(name);
            }
        }
        if (!wondering.isEmpty()) {
            LOG.warn(
                    "{}: {} tensors are not part of the model that config.json describes: {}",
                    checkpoint.file(),
                    wondering.size(),
                    wondering);
        }
        return wondering;
    }

    private Linear linear(String name, int outputs, int inputs) throws IOException {
        HostMatrix matrix = find(name + ".weight").matrix(outputs, inputs);
        float[] bias = find(name + ".bias").vector(outputs);
        return new Linear(memory.weight(matrix, type), memory.vector(ops, bias));
    }

    private Linear queryKeyValue(String block) throws IOException {
        int hidden = configuration.hidden();
        List<HostMatrix> matrices = new ArrayList<>();
        float[] bias = new float[3 * hidden];
        for (String name : List.of(names.query(), names.key(), names.value())) {
            float[] part = find(block + name + ".bias").vector(hidden);
            System.arraycopy(part, 0, bias, matrices.size() * hidden, hidden);
            matrices.add(find(block + name + ".weight").matrix(hidden, hidden));
        }
        try (Arena arena = Arena.ofShared()) {
            return new Linear(memory.weight(StackedMatrix.of(matrices, arena), type), memory.vector(ops, bias));
        }
    }

    private Norm norm(String name) throws IOException {
        return new Norm(
                memory.vector(ops, find(BertNames.gamma(name)).vector(configuration.hidden())),
                memory.vector(ops, find(BertNames.beta(name)).vector(configuration.hidden())));
    }

    private StoredTensor checked(String name, int rows) throws ModelFormatException {
        StoredTensor tensor = find(name);
        tensor.matrix(rows, configuration.hidden());
        return tensor;
    }

    private StoredTensor find(String... spellings) throws ModelFormatException {
        StoredTensor tensor = checkpoint.find(spellings);
        if (tensor == null) {
            throw new ModelFormatException(checkpoint.file() + ": missing tensor " + spellings[0]);
        }
        return tensor;
    }

    @Override
    public void close() {
        ops.close();
    }
}
