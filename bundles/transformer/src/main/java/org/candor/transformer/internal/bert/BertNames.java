package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the members of the family call their tensors. Names of the body follow a prefix such as {@code bert.}, which a bare
 * body lacks; a linear layer's name is without {@code .weight} and {@code .bias}.
 *
 * @param layer of block i, with {@code %d}
 * @param dense the dense layer that a classification head applies to the first token
 * @param denseInBody whether that layer belongs to the body, where it is called the pooler
 * @param classifier last layer of the classification head
 * @param predictions dense layer of the masked-LM head
 * @param predictionsNorm layer norm of the masked-LM head
 * @param decoder last layer of the masked-LM head; its weight is the word embeddings where it is not stored
 * @param decoderBias where the decoder's bias is stored, one of these
 */
record BertNames(
        String layer,
        String query,
        String key,
        String value,
        String attentionOutput,
        String attentionNorm,
        String intermediate,
        String output,
        String outputNorm,
        String dense,
        boolean denseInBody,
        String classifier,
        String predictions,
        String predictionsNorm,
        String decoder,
        List<String> decoderBias) {

    static final String WORDS = "embeddings.word_embeddings.weight";
    static final String POSITIONS = "embeddings.position_embeddings.weight";
    static final String TYPES = "embeddings.token_type_embeddings.weight";
    static final String EMBEDDING_NORM = "embeddings.LayerNorm";
    static final String POOLER = "pooler.dense";
    static final String QUESTION_ANSWERING = "qa_outputs";

    /** Heads of any of the family's tasks and buffers that were never weights: rightly left over. */
    private static final Pattern LEFT_OVER = Pattern.compile(
            "(.*\\.)?embeddings\\.position_ids"
                    + "|(.*\\.)?pooler\\.dense\\.(weight|bias)"
                    + "|(cls|lm_head|vocab_transform|vocab_layer_norm|vocab_projector|classifier|pre_classifier|qa_outputs)\\..*");

    private static final BertNames BERT = new BertNames(
            "encoder.layer.%d.",
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm",
            POOLER,
            true,
            "classifier",
            "cls.predictions.transform.dense",
            "cls.predictions.transform.LayerNorm",
            "cls.predictions.decoder",
            List.of("cls.predictions.bias", "cls.predictions.decoder.bias"));

    private static final BertNames ROBERTA = new BertNames(
            BERT.layer,
            BERT.query,
            BERT.key,
            BERT.value,
            BERT.attentionOutput,
            BERT.attentionNorm,
            BERT.intermediate,
            BERT.output,
            BERT.outputNorm,
            "classifier.dense",
            false,
            "classifier.out_proj",
            "lm_head.dense",
            "lm_head.layer_norm",
            "lm_head.decoder",
            List.of("lm_head.bias", "lm_head.decoder.bias"));

    private static final BertNames DISTILBERT = new BertNames(
            "transformer.layer.%d.",
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm",
            "pre_classifier",
            false,
            "classifier",
            "vocab_transform",
            "vocab_layer_norm",
            "vocab_projector",
            List.of("vocab_projector.bias"));

    static BertNames of(BertConfiguration.Family family) {
        return switch (family) {
            case BERT -> BERT;
            case ROBERTA, XLM_ROBERTA -> ROBERTA;
            case DISTILBERT -> DISTILBERT;
        };
    }

    /** What stands before the body's names in a file, or null when its word embeddings are not there. */
    static String prefix(Set<String> names) {
        String shortest = null;
        for (String name : names) {
            if (name.endsWith(WORDS) && (shortest == null || name.length() < shortest.length())) {
                shortest = name;
            }
        }
        return shortest == null ? null : shortest.substring(0, shortest.length() - WORDS.length());
    }

    /** Whether a tensor that this model does not use is no reason to wonder. */
    static boolean rightlyLeftOver(String name) {
        return LEFT_OVER.matcher(name).matches();
    }

    /** Both spellings of a norm's factor. */
    static String[] gamma(String norm) {
        return new String[] {norm + ".weight", norm + ".gamma"};
    }

    /** Both spellings of a norm's offset. */
    static String[] beta(String norm) {
        return new String[] {norm + ".bias", norm + ".beta"};
    }

    /** Everything the body needs, each as the spellings it may have, without prefix. */
    List<String[]> required(BertConfiguration configuration) {
        List<String[]> required = new ArrayList<>();
        required.add(new String[] {WORDS});
        required.add(new String[] {POSITIONS});
        if (configuration.types() > 0) {
            required.add(new String[] {TYPES});
        }
        required.add(gamma(EMBEDDING_NORM));
        required.add(beta(EMBEDDING_NORM));
        for (int i = 0; i < configuration.layers(); i++) {
            String block = layer.formatted(i);
            for (String linear : List.of(query, key, value, attentionOutput, intermediate, output)) {
                required.add(new String[] {block + linear + ".weight"});
                required.add(new String[] {block + linear + ".bias"});
            }
            for (String norm : List.of(attentionNorm, outputNorm)) {
                required.add(gamma(block + norm));
                required.add(beta(block + norm));
            }
        }
        return required;
    }
}
