package org.candor.transformer.internal.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.ModelFormatException;

/**
 * The tokenizer that a GGUF file carries, as plain values. Ids and flags that the file leaves out are null: what then
 * holds depends on {@code model}.
 *
 * @param model {@code llama} (SentencePiece BPE), {@code gpt2} (byte-level BPE), {@code bert}, {@code t5} ...
 * @param pre how text is split before BPE, or null
 * @param tokens text of each id
 * @param scores of each id, or null
 * @param types of each id, or null: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
 * @param merges two tokens with a blank between them, best first; or null
 * @param special ids by role: {@code bos}, {@code eos}, {@code unk}, {@code sep}, {@code pad}, {@code mask}, {@code eot},
 *     {@code eom}; only those that the file gives, and of the roles sep, pad and mask only ids that exist
 * @param addBos whether a text begins with {@code bos}
 * @param addEos whether a text ends with {@code eos}
 * @param addSep whether {@code sep} divides two texts
 * @param addSpacePrefix whether a blank is put before a text
 * @param removeExtraWhitespaces whether runs of blanks become one
 * @param precompiledCharsmap SentencePiece's normalisation, or null
 * @param chatTemplates templates by name, the default one under {@code default}
 */
public record GgufVocabulary(
        String model,
        String pre,
        List<String> tokens,
        float[] scores,
        int[] types,
        List<String> merges,
        Map<String, Integer> special,
        Boolean addBos,
        Boolean addEos,
        Boolean addSep,
        Boolean addSpacePrefix,
        Boolean removeExtraWhitespaces,
        byte[] precompiledCharsmap,
        Map<String, String> chatTemplates) {

    private static final String PREFIX = "tokenizer.ggml.";
    private static final String TEMPLATE = "tokenizer.chat_template";

    /** Roles of special tokens by their keys; the format itself writes "seperator". */
    private static final Map<String, String> SPECIAL = Map.of(
            "bos_token_id", "bos",
            "eos_token_id", "eos",
            "unknown_token_id", "unk",
            "seperator_token_id", "sep",
            "padding_token_id", "pad",
            "mask_token_id", "mask",
            "eot_token_id", "eot",
            "eom_token_id", "eom");

    /** Roles that text generation does without. Published files give some of them ids that do not exist. */
    private static final Set<String> OPTIONAL = Set.of("sep", "pad", "mask");

    /**
     * Reads the tokenizer of a file.
     *
     * @return null when the file has none
     * @throws ModelFormatException when its parts do not fit together
     */
    static GgufVocabulary read(GgufMetadata metadata) throws ModelFormatException {
        String model = metadata.text(PREFIX + "model");
        List<String> tokens = metadata.texts(PREFIX + "tokens");
        if (model == null || model.equals("none") || tokens == null) {
            return null;
        }
        Map<String, Integer> special = new LinkedHashMap<>();
        for (Map.Entry<String, String> role : SPECIAL.entrySet()) {
            Long id = metadata.whole(PREFIX + role.getKey());
            if (id == null) {
                continue;
            }
            if ((id < 0 || id >= tokens.size()) && OPTIONAL.contains(role.getValue())) {
                continue;
            }
            if (id < 0 || id >= tokens.size()) {
                throw new ModelFormatException(metadata.file() + ": " + PREFIX + role.getKey() + " " + id
                        + " is no id of the " + tokens.size() + " tokens");
            }
            special.put(role.getValue(), id.intValue());
        }
        return new GgufVocabulary(
                model,
                metadata.text(PREFIX + "pre"),
                tokens,
                scores(metadata, tokens.size()),
                types(metadata, tokens.size()),
                metadata.texts(PREFIX + "merges"),
                Map.copyOf(special),
                metadata.truth(PREFIX + "add_bos_token"),
                metadata.truth(PREFIX + "add_eos_token"),
                metadata.truth(PREFIX + "add_sep_token"),
                metadata.truth(PREFIX + "add_space_prefix"),
                metadata.truth(PREFIX + "remove_extra_whitespaces"),
                charsmap(metadata),
                templates(metadata));
    }

    private static float[] scores(GgufMetadata metadata, int count) throws ModelFormatException {
        String key = PREFIX + "scores";
        GgufArray array = sized(metadata, key, count);
        if (array == null) {
            return null;
        }
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            if (!(array.get(i) instanceof Float score) || score.isNaN()) {
                throw new ModelFormatException(metadata.file() + ": " + key + " must hold numbers of type FLOAT32");
            }
            scores[i] = score;
        }
        return scores;
    }

    private static int[] types(GgufMetadata metadata, int count) throws ModelFormatException {
        String key = PREFIX + "token_type";
        GgufArray array = sized(metadata, key, count);
        if (array == null) {
            return null;
        }
        int[] types = new int[count];
        for (int i = 0; i < count; i++) {
            if (!(array.get(i) instanceof Long type) || type < 0 || type > 6) {
                throw new ModelFormatException(
                        metadata.file() + ": " + key + " of token " + i + " is " + array.get(i) + " (0 to 6 exist)");
            }
            types[i] = type.intValue();
        }
        return types;
    }

    private static GgufArray sized(GgufMetadata metadata, String key, int count) throws ModelFormatException {
        GgufArray array = metadata.array(key);
        if (array != null && array.size() != count) {
            throw new ModelFormatException(
                    metadata.file() + ": " + key + " has " + array.size() + " values for " + count + " tokens");
        }
        return array;
    }

    private static byte[] charsmap(GgufMetadata metadata) throws ModelFormatException {
        String key = PREFIX + "precompiled_charsmap";
        GgufArray array = metadata.array(key);
        if (array == null) {
            return null;
        }
        if (array.elementType() != GgufValueType.UINT8 && array.elementType() != GgufValueType.INT8) {
            throw new ModelFormatException(metadata.file() + ": " + key + " must hold bytes");
        }
        byte[] bytes = new byte[array.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ((Long) array.get(i)).byteValue();
        }
        return bytes;
    }

    private static Map<String, String> templates(GgufMetadata metadata) throws ModelFormatException {
        Map<String, String> templates = new LinkedHashMap<>();
        String standard = metadata.text(TEMPLATE);
        if (standard != null) {
            templates.put("default", standard);
        }
        List<String> names = metadata.texts(TEMPLATE + "s");
        for (String name : names == null ? List.<String>of() : names) {
            String template = metadata.text(TEMPLATE + "." + name);
            if (template == null) {
                throw new ModelFormatException(metadata.file() + ": " + TEMPLATE + "s names "
                        + GgufMetadata.shown(name, 60) + ", which is missing");
            }
            templates.putIfAbsent(name, template);
        }
        return Collections.unmodifiableMap(templates);
    }
}
