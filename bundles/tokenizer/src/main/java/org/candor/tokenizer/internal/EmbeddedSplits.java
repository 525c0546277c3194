package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexSyntaxException;

/**
 * What the names in {@code tokenizer.ggml.pre} stand for: expressions that split one after the other (llama.cpp,
 * src/llama-vocab.cpp, the facts of its table; where that approximates a model's own expression, the model's own is used).
 *
 * @param wholeFirst whether a piece that is a token is taken as it is
 * @param addsBegin whether the first token is added unless the file says otherwise
 */
record EmbeddedSplits(List<String> expressions, boolean wholeFirst, boolean addsBegin) {
    private static final String DEEPSEEK3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String TEKKEN =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String BLOOM = " ?[^(\\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";
    private static final String BAILING = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    private static final String SEED = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}"
            + "| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final Map<String, EmbeddedSplits> BY_NAME = new HashMap<>();

    static {
        put("default", "[\\p{P}\\$\\+<=>\\^~\\|]+", KnownSplit.GPT2, "\\p{N}+", "[0-9][0-9][0-9]");
        for (String name : "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2".split(" ")) {
            BY_NAME.put(name, new EmbeddedSplits(List.of(KnownSplit.LLAMA3), true, true));
        }
        BY_NAME.put("tekken", new EmbeddedSplits(List.of(TEKKEN), true, true));
        put("dbrx smaug-bpe glm4 chatglm-bpe", KnownSplit.LLAMA3);
        put(
                "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum jina-v1-en jina-v2-code roberta-bpe"
                        + " mpt olmo jais trillion granite-docling exaone4",
                KnownSplit.GPT2);
        put("qwen2 deepseek-r1-qwen kormo stablelm2 megrez hunyuan grok-2", KnownSplit.QWEN2);
        put("starcoder refact command-r smollm codeshell exaone minerva-7b", "\\p{N}", KnownSplit.GPT2);
        put("falcon", "[\\p{P}\\$\\+<=>\\^~\\|`]+", KnownSplit.GPT2, "[0-9][0-9][0-9]");
        put("gpt-4o llama4 minimax-m2", KnownSplit.O200K);
        put("deepseek-v3 hunyuan-dense", "\\p{N}{1,3}", "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+", DEEPSEEK3);
        put(
                "deepseek-coder",
                "[\\r\\n]",
                "\\s?\\p{L}+",
                "\\s?\\p{P}+",
                "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+",
                "\\p{N}");
        put("poro-chat bloom gpt3-finnish", BLOOM);
        put("viking", BLOOM, "\\p{N}");
        put("bailingmoe bailingmoe2 llada-moe", BAILING);
        put("seed-coder", SEED);
        put("superbpe", "\\p{N}+", "(?=(\\d{3})+(?!\\d))");
    }

    private static void put(String names, String... expressions) {
        for (String name : names.split(" ")) {
            BY_NAME.put(name, new EmbeddedSplits(List.of(expressions), false, false));
        }
    }

    /** @param name as in the file; null or empty for the default */
    static EmbeddedSplits of(String file, String name) throws TokenizerFormatException {
        EmbeddedSplits found = BY_NAME.get(name == null || name.isEmpty() ? "default" : name);
        if (found == null) {
            throw new TokenizerFormatException(file + ": tokenizer.ggml.pre \"" + name + "\" is not supported ("
                    + String.join(", ", new TreeSet<>(BY_NAME.keySet())) + " are)");
        }
        return found;
    }

    /** The names that are known. */
    static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    /** Splits one after the other, then writes bytes as characters. */
    static PreTokenizer preTokenizer(
            String file, List<String> expressions, boolean prefixSpace, UnicodeTables tables, RegexSets sets)
            throws TokenizerFormatException {
        List<PreTokenizer> steps = new ArrayList<>();
        if (prefixSpace) {
            steps.add(new ByteLevel(true, null, false));
        }
        for (String expression : expressions) {
            KnownSplit known = KnownSplit.of(expression, tables);
            try {
                steps.add(
                        known != null
                                ? known
                                : new PatternSplit(Regex.compile(expression, sets), false, SplitBehavior.ISOLATED));
            } catch (RegexSyntaxException e) {
                throw new TokenizerFormatException(file + ": expression to split with: " + e.getMessage(), e);
            }
        }
        steps.add(new ByteLevel(false, null, true));
        return new PreTokenizerSequence(List.copyOf(steps));
    }
}
