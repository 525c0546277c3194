package org.candor.transformer.internal.bert;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.candor.api.compute.Backend;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.TextEncoder;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.transformer.internal.MaskedLanguageModel;
import org.candor.transformer.internal.SequenceClassifier;
import org.candor.transformer.internal.SpanReader;

/**
 * Models of the BERT family: BERT, DistilBERT, RoBERTa, XLM-RoBERTa.
 *
 * @param backend where they compute
 * @param passTokens most tokens of one forward pass; longer batches are split
 * @param concurrentPasses most passes of one model at once
 */
public record BertFamily(Backend backend, int passTokens, int concurrentPasses) {

    /** Whether this {@code model_type} belongs to the family. */
    public static boolean includes(String modelType) {
        return BertConfiguration.Family.of(modelType) != null;
    }

    /**
     * Loads a text encoder.
     *
     * @throws ModelFormatException when a file is missing, damaged, or does not fit the configuration or settings
     */
    public TextEncoder encoder(ModelFiles files, EncoderSettings settings, TokenizerFactory tokenizers)
            throws IOException {
        Tokenizer tokenizer = tokenizer(files, tokenizers);
        BertModel model = load(files, settings.weights(), BertLoader.Head.NONE).body();
        try {
            check(files, settings, tokenizer, model.configuration());
            return new BertTextEncoder(model, tokenizer, settings);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Loads a model with its classification head. */
    public SequenceClassifier classifier(ModelFiles files, WeightType weights) throws IOException {
        BertLoader.Loaded loaded = load(files, weights, BertLoader.Head.CLASSIFICATION);
        return new BertClassifier(loaded.body(), (BertHead.Classification) loaded.head());
    }

    /** Loads a model with its masked-LM head. */
    public MaskedLanguageModel maskedLanguageModel(ModelFiles files, WeightType weights) throws IOException {
        BertLoader.Loaded loaded = load(files, weights, BertLoader.Head.MASKED_LANGUAGE);
        return new BertMaskedLanguageModel(loaded.body(), (BertHead.MaskedLanguage) loaded.head());
    }

    /** Loads a model with its question-answering head. */
    public SpanReader spanReader(ModelFiles files, WeightType weights) throws IOException {
        BertLoader.Loaded loaded = load(files, weights, BertLoader.Head.QUESTION_ANSWERING);
        return new BertSpanReader(loaded.body(), (BertHead.QuestionAnswering) loaded.head());
    }

    BertLoader.Loaded load(ModelFiles files, WeightType weights, BertLoader.Head head) throws IOException {
        return BertLoader.load(files, backend, weights, head, passTokens, concurrentPasses);
    }

    private static Tokenizer tokenizer(ModelFiles files, TokenizerFactory tokenizers) throws IOException {
        Path path = files.files().get("tokenizer.json");
        if (path == null) {
            throw new ModelFormatException(files.id().name() + ": tokenizer.json is missing");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            return tokenizers.read("tokenizer.json", in);
        }
    }

    private static void check(
            ModelFiles files, EncoderSettings settings, Tokenizer tokenizer, BertConfiguration configuration)
            throws ModelFormatException {
        String name = files.id().name();
        if (tokenizer.vocabularySize() > configuration.vocabulary()) {
            throw new ModelFormatException(name + ": tokenizer.json knows " + tokenizer.vocabularySize()
                    + " tokens, but config.json's vocab_size is " + configuration.vocabulary());
        }
        if (settings.maxTokens() < 1 || settings.maxTokens() > configuration.maxTokens()) {
            throw new ModelFormatException(name + ": maxTokens " + settings.maxTokens() + " is not between 1 and the "
                    + configuration.maxTokens() + " tokens that config.json allows");
        }
    }
}
