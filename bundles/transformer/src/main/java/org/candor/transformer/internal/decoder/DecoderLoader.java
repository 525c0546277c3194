package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.compute.Backend;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.DeviceMemory;
import org.candor.transformer.internal.decoder.DecoderModel.Tables;
import org.candor.transformer.internal.weights.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a model that writes from its files to a device. */
final class DecoderLoader {

    private static final Logger LOG = LoggerFactory.getLogger(DecoderLoader.class);

    private DecoderLoader() {}

    /**
     * A loaded model.
     *
     * @param leftOver stored tensors that are no part of it
     */
    record Loaded(DecoderModel model, Set<String> leftOver) {}

    /**
     * Loads a model after everything about its folder was checked.
     *
     * @param weights how linear layers are held
     * @param maxTokens most tokens of one sequence, 0 for as many as config.json says
     * @throws ModelFormatException when a file is missing or damaged, when config.json asks for something not supported, or
     *     when tensors are missing or of the wrong shape
     */
    static Loaded load(ModelFiles files, Backend backend, WeightType weights, int maxTokens) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            return load(DecoderConfiguration.read(files, checkpoint), checkpoint, backend, weights, maxTokens);
        }
    }

    /** Loads a model from tensors under the names that its brand has in Hugging Face's files. */
    static Loaded load(
            DecoderConfiguration configuration,
            Checkpoint checkpoint,
            Backend backend,
            WeightType weights,
            int maxTokens)
            throws IOException {
        int limit = limit(configuration, maxTokens);
        DeviceMemory memory = new DeviceMemory(backend);
        try (Ops ops = backend.ops()) {
            TensorNames names = configuration.names();
            String prefix = names.prefix(checkpoint.names());
            if (prefix == null) {
                throw new ModelFormatException(checkpoint.file() + ": missing tensor "
                        + names.prefixes().getFirst() + names.embeddings());
            }
            TensorSource source = new TensorSource(checkpoint, names.inputsFirst(), memory, ops, weights);
            Contents contents = new Contents(source, configuration, prefix);
            contents.check();
            source.requireAll();
            Loaded loaded = new Loaded(contents.load(memory, ops, limit), leftOver(checkpoint));
            ops.finish();
            return loaded;
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private static int limit(DecoderConfiguration configuration, int maxTokens) throws ModelFormatException {
        if (maxTokens < 0 || configuration.learnedPositions() && maxTokens > configuration.positions()) {
            throw new ModelFormatException("maxTokens " + maxTokens + " is not between 0 and the "
                    + configuration.positions() + " positions that config.json gives");
        }
        return maxTokens == 0 ? configuration.positions() : maxTokens;
    }

    private static Set<String> leftOver(Checkpoint checkpoint) {
        Set<String> wondering = new TreeSet<>();
        for (String name : checkpoint.unused()) {
            if (TensorNames.rightlyLeftOver(name)) {
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

    /** The tensors of a model, asked for in the same way to check and to load. */
    private record Contents(TensorSource source, DecoderConfiguration configuration, String prefix) {

        /** What is on the device when {@link #source} loads, and nothing when it checks. */
        private record Parts(
                Embeddings embeddings,
                Tensor positions,
                StackWeights.Linear head,
                StackWeights decoder,
                StackWeights encoder) {}

        void check() throws ModelFormatException {
            parts();
        }

        DecoderModel load(DeviceMemory memory, Ops ops, int limit) throws ModelFormatException {
            Parts parts = parts();
            List<RotaryTables> ropes = new ArrayList<>();
            for (RotaryEmbedding rope : configuration.decoder().ropes()) {
                ropes.add(RotaryTables.of(rope, limit, memory, ops));
            }
            return new DecoderModel(
                    configuration,
                    new Tables(parts.embeddings, parts.positions, parts.head, ropes),
                    new Stack(configuration.decoder(), parts.decoder),
                    parts.encoder == null ? null : new Stack(configuration.encoder(), parts.encoder),
                    memory,
                    limit);
        }

        private Parts parts() throws ModelFormatException {
            TensorNames names = configuration.names();
            StackConfiguration stack = configuration.decoder();
            int hidden = stack.hidden();
            int vocabulary = configuration.vocabulary();
            String table = prefix + names.embeddings();
            String headTable = head();
            StackWeights.Linear head = source.table(headTable, vocabulary, hidden);
            return new Parts(
                    source.embeddings(
                            table,
                            vocabulary,
                            hidden,
                            configuration.embeddingScale(),
                            headTable.equals(table) ? head : null),
                    configuration.learnedPositions()
                            ? source.table(prefix + names.positions(), configuration.positions(), hidden, 1)
                            : null,
                    head,
                    new StackLoader(source, names, stack, prefix + names.stack()).load(),
                    configuration.encoder() == null
                            ? null
                            : new StackLoader(
                                            source,
                                            TensorNames.T5_ENCODER,
                                            configuration.encoder(),
                                            prefix + TensorNames.T5_ENCODER.stack())
                                    .load());
        }

        /**
         * The tensor of the output layer. A stored one counts even where config.json calls it tied, because transformers 5
         * writes so for T5 v1.1.
         */
        private String head() {
            String head = configuration.names().head();
            String embeddings = prefix + configuration.names().embeddings();
            if (!configuration.tied()) {
                return head;
            }
            return source.has(head) && !source.same(head, embeddings) ? head : embeddings;
        }
    }
}
