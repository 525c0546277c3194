package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.candor.api.tokenize.TokenizerFormatException;

/** Makes the model from its section of the file. */
final class ModelReader {
    private final int maxVocabulary;

    ModelReader(int maxVocabulary) {
        this.maxVocabulary = maxVocabulary;
    }

    Model model(JsonSection section) throws TokenizerFormatException {
        String type = section.text("type", guess(section));
        switch (type) {
            case "WordPiece" -> {
                Vocabulary vocabulary = vocabulary(section);
                return new WordPiece(
                        vocabulary,
                        section.text("continuing_subword_prefix", "##"),
                        unknown(section, vocabulary, section.text("unk_token", "[UNK]")),
                        section.integer("max_input_chars_per_word", 0, Integer.MAX_VALUE, 100));
            }
            case "WordLevel" -> {
                Vocabulary vocabulary = vocabulary(section);
                return new WordLevel(vocabulary, unknown(section, vocabulary, section.text("unk_token", "<unk>")));
            }
            case "BPE" -> {
                return bytePairs(section);
            }
            case "Unigram" -> {
                return unigram(section);
            }
            default -> throw section.unsupported(type, "BPE, Unigram, WordLevel and WordPiece");
        }
    }

    /** Old files leave the type out. */
    private static String guess(JsonSection section) {
        return section.has("merges")
                ? "BPE"
                : section.has("unk_id") ? "Unigram" : section.has("max_input_chars_per_word") ? "WordPiece" : "";
    }

    private static int unknown(JsonSection section, Vocabulary vocabulary, String token)
            throws TokenizerFormatException {
        OptionalInt id = vocabulary.id(token);
        if (id.isEmpty()) {
            throw section.wrong("unk_token", token, "a token of the vocabulary");
        }
        return id.getAsInt();
    }

    private Vocabulary vocabulary(JsonSection section) throws TokenizerFormatException {
        Map<String, Object> entries = section.object("vocab");
        if (entries.size() > maxVocabulary) {
            throw section.wrong("vocab", entries.size() + " tokens", "at most " + maxVocabulary);
        }
        Map<String, Integer> ids = LinkedHashMap.newLinkedHashMap(entries.size());
        BitSet taken = new BitSet();
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            String key = "vocab[\"" + entry.getKey() + "\"]";
            int id = section.integer(key, entry.getValue(), 0, maxVocabulary - 1);
            if (taken.get(id)) {
                throw section.wrong(key, id, "an id that no other token has");
            }
            taken.set(id);
            ids.put(entry.getKey(), id);
        }
        return new Vocabulary(ids);
    }

    private Unigram unigram(JsonSection section) throws TokenizerFormatException {
        List<?> entries = section.list("vocab");
        if (entries.size() > maxVocabulary) {
            throw section.wrong("vocab", entries.size() + " tokens", "at most " + maxVocabulary);
        }
        List<String> tokens = new ArrayList<>(entries.size());
        double[] scores = new double[entries.size()];
        for (int i = 0; i < scores.length; i++) {
            if (!(entries.get(i) instanceof List<?> entry)
                    || entry.size() != 2
                    || !(entry.get(0) instanceof String token)
                    || !(entry.get(1) instanceof Number score)
                    || !Double.isFinite(score.doubleValue())) {
                throw section.wrong("vocab[" + i + "]", entries.get(i), "a token and its score");
            }
            tokens.add(token);
            scores[i] = score.doubleValue();
        }
        int unknown = section.has("unk_id") ? section.integer("unk_id", 0, scores.length - 1) : -1;
        return new Unigram(new Vocabulary(tokens), scores, unknown, section.flag("byte_fallback", false));
    }

    private BytePairEncoding bytePairs(JsonSection section) throws TokenizerFormatException {
        if (section.members().get("dropout") instanceof Number dropout && dropout.doubleValue() != 0) {
            throw section.wrong("dropout", dropout, "0 or null: encoding is repeatable");
        }
        Vocabulary vocabulary = vocabulary(section);
        String prefix = section.text("continuing_subword_prefix", "");
        BytePairEncoding.Switches switches = new BytePairEncoding.Switches(
                section.has("unk_token") ? unknown(section, vocabulary, section.text("unk_token")) : -1,
                prefix,
                section.text("end_of_word_suffix", ""),
                section.flag("fuse_unk", false),
                section.flag("byte_fallback", false),
                section.flag("ignore_merges", false));
        return new BytePairEncoding(vocabulary, merges(section, vocabulary, prefix), switches);
    }

    private MergeTable merges(JsonSection section, Vocabulary vocabulary, String prefix)
            throws TokenizerFormatException {
        List<?> list = section.list("merges");
        if (list.size() > 4L * maxVocabulary) {
            throw section.wrong("merges", list.size() + " merges", "at most " + 4L * maxVocabulary);
        }
        int[] first = new int[list.size()];
        int[] second = new int[list.size()];
        int[] merged = new int[list.size()];
        for (int i = 0; i < first.length; i++) {
            String key = "merges[" + i + "]";
            String left;
            String right;
            if (list.get(i) instanceof String text
                    && text.indexOf(' ') > 0
                    && text.indexOf(' ') == text.lastIndexOf(' ')) {
                left = text.substring(0, text.indexOf(' '));
                right = text.substring(text.indexOf(' ') + 1);
            } else if (list.get(i) instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof String a
                    && pair.get(1) instanceof String b) {
                left = a;
                right = b;
            } else {
                throw section.wrong(key, list.get(i), "two tokens");
            }
            first[i] = known(section, key, vocabulary, left);
            second[i] = known(section, key, vocabulary, right);
            if (!right.startsWith(prefix)) {
                throw section.wrong(key, right, "a second token that begins with " + prefix);
            }
            merged[i] = known(section, key, vocabulary, left + right.substring(prefix.length()));
        }
        return new MergeTable(first, second, merged);
    }

    private static int known(JsonSection section, String key, Vocabulary vocabulary, String token)
            throws TokenizerFormatException {
        OptionalInt id = vocabulary.id(token);
        if (id.isEmpty()) {
            throw section.wrong(key, token, "a token of the vocabulary");
        }
        return id.getAsInt();
    }
}
