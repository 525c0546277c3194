package org.candor.tokenizer.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.tokenize.TokenizerFormatException;

/**
 * Reads tiktoken files: byte pairs whose rank is that of the token they make. Names of encodings, their expressions and special
 * tokens are those of tiktoken's openai_public.py.
 */
final class RankFileReader {
    private static final int MAX_TOKEN_BYTES = 1 << 10;
    private static final Map<String, String> EXPRESSIONS = Map.of(
            "gpt2", KnownSplit.GPT2,
            "r50k_base", KnownSplit.GPT2,
            "p50k_base", KnownSplit.GPT2,
            "cl100k_base", KnownSplit.LLAMA3,
            "o200k_base", KnownSplit.O200K);
    private static final Map<String, Map<String, Integer>> SPECIAL = Map.of(
            "gpt2", Map.of("<|endoftext|>", 50_256),
            "r50k_base", Map.of("<|endoftext|>", 50_256),
            "p50k_base", Map.of("<|endoftext|>", 50_256),
            "cl100k_base",
                    Map.of(
                            "<|endoftext|>", 100_257,
                            "<|fim_prefix|>", 100_258,
                            "<|fim_middle|>", 100_259,
                            "<|fim_suffix|>", 100_260,
                            "<|endofprompt|>", 100_276),
            "o200k_base", Map.of("<|endoftext|>", 199_999, "<|endofprompt|>", 200_018));

    private RankFileReader() {}

    static PipelineTokenizer read(
            String file,
            byte[] bytes,
            String encoding,
            Map<String, Integer> specialTokens,
            int maxVocabulary,
            UnicodeTables tables,
            RegexSets sets)
            throws TokenizerFormatException {
        Map<String, Integer> ids = tokens(file, bytes, maxVocabulary);
        for (int b = 0; b < 256; b++) {
            if (!ids.containsKey(Character.toString(ByteAlphabet.character(b)))) {
                throw new TokenizerFormatException(
                        file + ": byte " + b + " has no token, allowed is a file with a token for each byte");
            }
        }
        Map<String, Integer> special =
                specialTokens.isEmpty() ? SPECIAL.getOrDefault(encoding, Map.of()) : specialTokens;
        Vocabulary vocabulary = new Vocabulary(ids);
        List<AddedToken> added = new ArrayList<>();
        for (Map.Entry<String, Integer> token : special.entrySet()) {
            int id = token.getValue();
            if (id < 0
                    || id >= maxVocabulary
                    || vocabulary.token(id) != null
                    || token.getKey().isEmpty()) {
                throw new TokenizerFormatException(file + ": special token \"" + token.getKey() + "\" has id " + id
                        + ", allowed is one from 0 to " + (maxVocabulary - 1) + " that no token of the file has");
            }
            added.add(new AddedToken(id, token.getKey(), false, false, false, false, true));
        }
        String[] list = new String[vocabulary.highestId() + 1];
        Arrays.setAll(list, vocabulary::token);
        int[] ranks = new int[list.length];
        Arrays.setAll(ranks, i -> i);
        BytePairEncoding model = new BytePairEncoding(
                vocabulary,
                PieceMerges.of(Arrays.asList(list), ranks),
                new BytePairEncoding.Switches(-1, "", "", false, false, true));
        PreTokenizer preTokenizer = EmbeddedSplits.preTokenizer(
                file, List.of(EXPRESSIONS.getOrDefault(encoding, encoding)), false, tables, sets);
        AddedVocabulary addedVocabulary = new AddedVocabulary(added, tables.classes(), content -> content);
        return new PipelineTokenizer(
                new SequenceEncoder(addedVocabulary, new NormalizerSequence(List.of()), preTokenizer, model),
                TemplateProcessing.NONE,
                new ByteLevelDecoder(),
                null,
                null);
    }

    private static Map<String, Integer> tokens(String file, byte[] bytes, int maxVocabulary)
            throws TokenizerFormatException {
        Map<String, Integer> ids = new HashMap<>();
        boolean[] taken = new boolean[maxVocabulary];
        int line = 0;
        for (int at = 0; at < bytes.length; ) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            line++;
            String text =
                    new String(bytes, at, Math.min(end - at, 2 * MAX_TOKEN_BYTES), StandardCharsets.ISO_8859_1).strip();
            at = end + 1;
            if (text.isEmpty()) {
                continue;
            }
            int blank = text.indexOf(' ');
            String token = blank < 0 ? "" : token(text.substring(0, blank));
            int rank = blank < 0 ? -1 : rank(text.substring(blank + 1), maxVocabulary);
            if (token.isEmpty() || rank < 0) {
                throw new TokenizerFormatException(file + ": line " + line + " is \""
                        + (text.length() > 80 ? text.substring(0, 80) + "..." : text)
                        + "\", allowed is a token of 1 to " + MAX_TOKEN_BYTES
                        + " bytes in base64, a blank and a rank from 0 to " + (maxVocabulary - 1));
            }
            if (taken[rank] || ids.putIfAbsent(token, rank) != null) {
                throw new TokenizerFormatException(
                        file + ": line " + line + " has a token or rank that another line has too");
            }
            taken[rank] = true;
        }
        return ids;
    }

    /** The token's bytes as characters; empty when the text is damaged. */
    private static String token(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // The caller names the line.
            return "";
        }
        if (bytes.length > MAX_TOKEN_BYTES) {
            return "";
        }
        StringBuilder token = new StringBuilder();
        for (byte b : bytes) {
            token.append((char) ByteAlphabet.character(b & 0xFF));
        }
        return token.toString();
    }

    private static int rank(String text, int limit) {
        if (!text.matches("[0-9]{1,9}")) {
            return -1;
        }
        int rank = Integer.parseInt(text);
        return rank < limit ? rank : -1;
    }
}
