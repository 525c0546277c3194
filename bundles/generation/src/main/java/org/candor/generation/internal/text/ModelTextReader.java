package org.candor.generation.internal.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.chat.ChatTemplates;
import org.candor.api.chat.TemplateException;
import org.candor.api.generate.Sampling;
import org.candor.api.model.EmbeddedText;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.generation.internal.engine.ModelText;
import org.candor.proof.Json;
import org.candor.proof.JsonException;

/**
 * Reads what a model's folder says about text: tokenizer.json, tokenizer_config.json, special_tokens_map.json,
 * chat_template.jinja, generation_config.json; where there is no file, what its GGUF file holds.
 */
public final class ModelTextReader {

    private static final long MOST_BYTES = 16 << 20;
    private static final String TEMPLATE = "chat_template";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final List<String> SPECIAL =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final TokenizerFactory tokenizers;
    private final ChatTemplates templates;

    public ModelTextReader(TokenizerFactory tokenizers, ChatTemplates templates) {
        this.tokenizers = tokenizers;
        this.templates = templates;
    }

    /**
     * @param loader reads headers of weight files
     * @throws ModelFormatException when a file is damaged, or its template cannot be used; the message names the file
     */
    public ModelText read(ModelFiles files, GeneratorLoader loader) throws IOException {
        EmbeddedText embedded = loader.embeddedText(files);
        Map<String, Object> config = json(files, TOKENIZER_CONFIG);
        Map<String, String> special = new HashMap<>(embedded == null ? Map.of() : embedded.specialTokens());
        special(json(files, "special_tokens_map.json"), special);
        special(config, special);
        return new ModelText(
                tokenizer(files, embedded),
                template(files, config, embedded),
                special,
                recommended(json(files, "generation_config.json")));
    }

    private Tokenizer tokenizer(ModelFiles files, EmbeddedText embedded) throws IOException {
        Path file = files.files().get("tokenizer.json");
        if (file != null) {
            try (InputStream in = Files.newInputStream(file)) {
                return tokenizers.read("tokenizer.json", in);
            }
        }
        return embedded == null || embedded.vocabulary() == null
                ? null
                : tokenizers.of(files.id().name(), embedded.vocabulary());
    }

    private ChatTemplate template(ModelFiles files, Map<String, Object> config, EmbeddedText embedded)
            throws IOException {
        String name = TEMPLATE + ".jinja";
        Path file = files.files().get(name);
        if (file != null) {
            return compile(name, new String(bytes(file, name), StandardCharsets.UTF_8));
        }
        String own = named(config.get(TEMPLATE));
        if (own != null) {
            return compile(TOKENIZER_CONFIG, own);
        }
        String inside = embedded == null ? null : embedded.chatTemplates().get("default");
        return inside == null ? null : compile("the chat template in the weights", inside);
    }

    /** One template, or the default one of several. */
    private static String named(Object value) {
        if (value instanceof String template) {
            return template;
        }
        if (value instanceof List<?> several) {
            for (Object each : several) {
                if (each instanceof Map<?, ?> one
                        && "default".equals(one.get("name"))
                        && one.get("template") instanceof String template) {
                    return template;
                }
            }
        }
        return null;
    }

    private ChatTemplate compile(String name, String source) throws ModelFormatException {
        try {
            return templates.compile(name, source);
        } catch (TemplateException e) {
            throw new ModelFormatException(e.getMessage(), e);
        }
    }

    /** A special token is a text, or an object that has it as its content. */
    private static void special(Map<String, Object> from, Map<String, String> into) {
        for (String name : SPECIAL) {
            Object value = from.get(name);
            if (value instanceof Map<?, ?> token) {
                value = token.get("content");
            }
            if (value instanceof String text) {
                into.put(name, text);
            }
        }
    }

    private static Sampling recommended(Map<String, Object> config) {
        Sampling plain = Sampling.PLAIN;
        return new Sampling(
                number(config, "temperature", plain.temperature()),
                (int) number(config, "top_k", plain.topK()),
                number(config, "top_p", plain.topP()),
                number(config, "min_p", plain.minP()),
                number(config, "typical_p", plain.typicalP()),
                number(config, "repetition_penalty", plain.repetitionPenalty()),
                plain.presencePenalty(),
                plain.frequencyPenalty(),
                (int) number(config, "no_repeat_ngram_size", plain.noRepeatNgram()),
                plain.logitBias(),
                plain.minTokens(),
                plain.ignoreEnd(),
                plain.seed(),
                plain.logprobs());
    }

    private static double number(Map<String, Object> config, String key, double otherwise) {
        return config.get(key) instanceof Number number ? number.doubleValue() : otherwise;
    }

    private static Map<String, Object> json(ModelFiles files, String name) throws IOException {
        Path file = files.files().get(name);
        if (file == null) {
            return Map.of();
        }
        try {
            return Json.parseObject(bytes(file, name));
        } catch (JsonException e) {
            throw new ModelFormatException(name + ": " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Path file, String name) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new ModelFormatException(name + " is larger than " + MOST_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }
}
