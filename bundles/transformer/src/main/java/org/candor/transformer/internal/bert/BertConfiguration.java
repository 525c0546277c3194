package org.candor.transformer.internal.bert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.Activation;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.json.StrictJson;

/**
 * The shape of a model of the BERT family, as config.json tells it.
 *
 * @param family which of the family it is
 * @param vocabulary number of token ids
 * @param hidden width of the hidden states
 * @param layers number of blocks
 * @param heads attention heads, dividing {@code hidden}
 * @param intermediate width inside the feed-forward network
 * @param activation of the feed-forward network
 * @param epsilon of every layer norm
 * @param positions rows of the position table
 * @param types rows of the token type table, 0 where the family has none
 * @param padding id of the padding token
 * @param labels names of the classes a classification head tells apart
 */
record BertConfiguration(
        Family family,
        int vocabulary,
        int hidden,
        int layers,
        int heads,
        int intermediate,
        Activation activation,
        float epsilon,
        int positions,
        int types,
        int padding,
        List<String> labels) {

    /** Members of the family, by their {@code model_type}. */
    enum Family {
        BERT("bert"),
        DISTILBERT("distilbert"),
        ROBERTA("roberta"),
        XLM_ROBERTA("xlm-roberta");

        private final String modelType;

        Family(String modelType) {
            this.modelType = modelType;
        }

        /** The family of this {@code model_type}, or null. */
        static Family of(String modelType) {
            for (Family family : values()) {
                if (family.modelType.equals(modelType)) {
                    return family;
                }
            }
            return null;
        }

        /** Whether positions count from {@code padding + 1} and skip padding tokens. */
        boolean countsFromPadding() {
            return this == ROBERTA || this == XLM_ROBERTA;
        }
    }

    /** Most tokens of one sequence: the position table's rows that a token can have. */
    int maxTokens() {
        return family.countsFromPadding() ? positions - padding - 1 : positions;
    }

    /** Columns of one attention head. */
    int headSize() {
        return hidden / heads;
    }

    /**
     * Reads a config.json, in the spelling of any version of its library.
     *
     * @throws ModelFormatException when a key is missing, out of range or asks for something not supported
     */
    static BertConfiguration read(Path path) throws IOException {
        return new Keys(path.getFileName().toString(), StrictJson.object(path)).configuration();
    }

    /** The keys of one config.json. */
    private record Keys(String file, Map<String, Object> values) {

        BertConfiguration configuration() throws ModelFormatException {
            Family family = Family.of(string("model_type", ""));
            if (family == null) {
                throw wrong("model_type", "bert, distilbert, roberta, xlm-roberta");
            }
            requireAbsent("is_decoder");
            requireAbsent("add_cross_attention");
            if (!string("position_embedding_type", "absolute").equals("absolute")) {
                throw wrong("position_embedding_type", "absolute");
            }
            boolean distil = family == Family.DISTILBERT;
            int hidden = number(distil ? "dim" : "hidden_size", null, 1, 1 << 16);
            int heads = number(distil ? "n_heads" : "num_attention_heads", null, 1, 1 << 10);
            if (hidden % heads != 0) {
                throw new ModelFormatException(
                        file + ": hidden size " + hidden + " is not a multiple of the " + heads + " attention heads");
            }
            int positions = number("max_position_embeddings", null, 1, 1 << 20);
            int padding = number("pad_token_id", family.countsFromPadding() ? 1 : 0, 0, positions - 1);
            if (family.countsFromPadding() && positions - padding - 1 < 1) {
                throw wrong("max_position_embeddings", "at least pad_token_id + 2");
            }
            return new BertConfiguration(
                    family,
                    number("vocab_size", null, 1, 1 << 24),
                    hidden,
                    number(distil ? "n_layers" : "num_hidden_layers", null, 1, 1000),
                    heads,
                    number(distil ? "hidden_dim" : "intermediate_size", null, 1, 1 << 20),
                    activation(distil ? "activation" : "hidden_act"),
                    epsilon(),
                    positions,
                    distil ? 0 : number("type_vocab_size", 2, 0, 1 << 16),
                    padding,
                    labels());
        }

        private Activation activation(String key) throws ModelFormatException {
            return switch (string(key, "gelu")) {
                case "gelu" -> Activation.GELU_ERF;
                case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
                case "relu" -> Activation.RELU;
                case "silu", "swish" -> Activation.SILU;
                case "tanh" -> Activation.TANH;
                default -> throw wrong(key, "gelu, gelu_new, gelu_pytorch_tanh, relu, silu, tanh");
            };
        }

        private float epsilon() throws ModelFormatException {
            Object value = values.getOrDefault("layer_norm_eps", 1e-12);
            if (value instanceof Number n && n.doubleValue() > 0 && n.doubleValue() < 1) {
                return n.floatValue();
            }
            throw wrong("layer_norm_eps", "a number between 0 and 1");
        }

        private List<String> labels() throws ModelFormatException {
            Object named = values.get("id2label");
            int count =
                    named instanceof Map<?, ?> map && !map.isEmpty() ? map.size() : number("num_labels", 2, 1, 1 << 20);
            List<String> labels = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Object label = named instanceof Map<?, ?> map ? map.get(Integer.toString(i)) : "LABEL_" + i;
                if (!(label instanceof String text)) {
                    throw wrong("id2label", "a name for each of 0 to " + (count - 1));
                }
                labels.add(text);
            }
            return List.copyOf(labels);
        }

        private void requireAbsent(String key) throws ModelFormatException {
            if (Boolean.TRUE.equals(values.get(key))) {
                throw wrong(key, "false: encoders only");
            }
        }

        private String string(String key, String fallback) throws ModelFormatException {
            Object value = values.get(key);
            if (value == null) {
                return fallback;
            }
            if (value instanceof String text) {
                return text;
            }
            throw wrong(key, "a string");
        }

        private int number(String key, Integer fallback, int least, int most) throws ModelFormatException {
            Object value = values.get(key);
            if (value == null && fallback != null) {
                value = fallback.longValue();
            }
            if (value instanceof Long n && n >= least && n <= most) {
                return n.intValue();
            }
            throw wrong(key, "a whole number from " + least + " to " + most);
        }

        private ModelFormatException wrong(String key, String allowed) {
            Object value = values.get(key);
            String found = value == null ? "is missing" : "\"" + value + "\" is not supported";
            return new ModelFormatException(file + ": " + key + " " + found + " (allowed: " + allowed + ")");
        }
    }
}
