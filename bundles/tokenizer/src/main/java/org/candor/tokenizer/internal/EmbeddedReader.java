package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexSyntaxException;

/** Makes tokenizers of what model files say in {@code tokenizer.ggml.*}. */
final class EmbeddedReader {
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final String MARK = "\u2581";
    /** Longest word of WordPiece; llama.cpp has no limit, and none is needed for linear time. */
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final String file;
    private final EmbeddedVocabulary source;
    private final UnicodeTables tables;
    private final RegexSets sets;

    private EmbeddedReader(String file, EmbeddedVocabulary source, UnicodeTables tables, RegexSets sets) {
        this.file = file;
        this.source = source;
        this.tables = tables;
        this.sets = sets;
    }

    static PipelineTokenizer read(
            String file, EmbeddedVocabulary source, int maxVocabulary, UnicodeTables tables, RegexSets sets)
            throws TokenizerFormatException {
        EmbeddedReader reader = new EmbeddedReader(file, source, tables, sets);
        reader.check(maxVocabulary);
        return switch (String.valueOf(source.model())) {
            case "llama" -> reader.sentencePieces();
            case "gpt2" -> reader.byteLevel();
            case "bert" -> reader.wordPieces();
            case "t5" -> reader.unigram();
            default -> throw reader.wrong("model", "\"" + source.model() + "\"", "llama, gpt2, bert or t5");
        };
    }

    private TokenizerFormatException wrong(String key, Object found, String allowed) {
        return new TokenizerFormatException(
                file + ": tokenizer.ggml." + key + " is " + found + ", allowed is " + allowed);
    }

    private void check(int maxVocabulary) throws TokenizerFormatException {
        List<String> tokens = source.tokens();
        if (tokens == null
                || tokens.isEmpty()
                || tokens.size() > maxVocabulary
                || tokens.stream().anyMatch(Objects::isNull)) {
            throw wrong("tokens", tokens == null ? "missing" : tokens.size() + " tokens", "1 to " + maxVocabulary);
        }
        if (source.scores() != null && source.scores().length != tokens.size()) {
            throw wrong("scores", source.scores().length + " numbers", "one for each of " + tokens.size() + " tokens");
        }
        if (source.types() != null && source.types().length != tokens.size()) {
            throw wrong(
                    "token_type", source.types().length + " numbers", "one for each of " + tokens.size() + " tokens");
        }
        check("bos_token_id", source.beginId());
        check("eos_token_id", source.endId());
        check("unknown_token_id", source.unknownId());
    }

    private void check(String key, int id) throws TokenizerFormatException {
        if (id < -1 || id >= source.tokens().size()) {
            throw wrong(key, id, "0 to " + (source.tokens().size() - 1) + ", or -1 for none");
        }
    }

    private int type(int id) {
        return source.types() == null ? 1 : source.types()[id];
    }

    private float[] scores() throws TokenizerFormatException {
        if (source.scores() == null) {
            throw wrong("scores", "missing", "one for each token");
        }
        for (float score : source.scores()) {
            if (!Float.isFinite(score)) {
                throw wrong("scores", score, "finite numbers");
            }
        }
        return source.scores();
    }

    private PipelineTokenizer sentencePieces() throws TokenizerFormatException {
        float[] scores = scores();
        float[] distinct = scores.clone();
        Arrays.sort(distinct);
        int[] ranks = new int[scores.length];
        for (int id = 0; id < ranks.length; id++) {
            // The best score has the lowest rank, equal scores have equal ones.
            ranks[id] = scores.length - 1 - lastOf(distinct, scores[id]);
        }
        BytePairEncoding model = new BytePairEncoding(
                new Vocabulary(source.tokens()),
                PieceMerges.of(source.tokens(), ranks),
                new BytePairEncoding.Switches(source.unknownId(), "", "", false, true, false));
        boolean prefix = flag(source.addSpacePrefix(), true);
        List<Normalizer> normalizers = new ArrayList<>();
        if (prefix) {
            normalizers.add(new Prepend(new int[] {MARK.charAt(0)}));
        }
        normalizers.add(new ReplaceText(new int[] {' '}, new int[] {MARK.charAt(0)}));
        List<Decoder> decoders =
                new ArrayList<>(List.of(new ReplaceDecoder(MARK, " "), new ByteFallbackDecoder(), new FuseDecoder()));
        if (prefix) {
            decoders.add(new StripDecoder(" ", 1, 0));
        }
        return tokenizer(
                model,
                new NormalizerSequence(normalizers),
                new PreTokenizerSequence(List.of()),
                new DecoderSequence(decoders),
                flag(source.addBegin(), true),
                flag(source.addEnd(), false));
    }

    private static int lastOf(float[] sorted, float value) {
        int at = Arrays.binarySearch(sorted, value);
        while (at + 1 < sorted.length && sorted[at + 1] == value) {
            at++;
        }
        return at;
    }

    private PipelineTokenizer byteLevel() throws TokenizerFormatException {
        EmbeddedSplits splits = EmbeddedSplits.of(file, source.pre());
        if (source.merges() == null) {
            throw wrong("merges", "missing", "a list of \"left right\"");
        }
        Vocabulary vocabulary = new Vocabulary(source.tokens());
        BytePairEncoding model = new BytePairEncoding(
                vocabulary,
                merges(vocabulary),
                new BytePairEncoding.Switches(-1, "", "", false, false, splits.wholeFirst()));
        PreTokenizer preTokenizer = EmbeddedSplits.preTokenizer(
                file, splits.expressions(), flag(source.addSpacePrefix(), false), tables, sets);
        return tokenizer(
                model,
                new NormalizerSequence(List.of()),
                preTokenizer,
                new ByteLevelDecoder(),
                flag(source.addBegin(), splits.addsBegin()),
                flag(source.addEnd(), false));
    }

    private MergeTable merges(Vocabulary vocabulary) throws TokenizerFormatException {
        List<String> merges = source.merges();
        int[] first = new int[merges.size()];
        int[] second = new int[merges.size()];
        int[] merged = new int[merges.size()];
        for (int i = 0; i < first.length; i++) {
            String merge = merges.get(i);
            // A token may begin with a blank, but not with the one that parts.
            int blank = merge == null ? -1 : merge.indexOf(' ', 1);
            OptionalInt left = blank < 0 ? OptionalInt.empty() : vocabulary.id(merge.substring(0, blank));
            OptionalInt right = blank < 0 ? OptionalInt.empty() : vocabulary.id(merge.substring(blank + 1));
            OptionalInt both = left.isEmpty() || right.isEmpty()
                    ? OptionalInt.empty()
                    : vocabulary.id(merge.substring(0, blank) + merge.substring(blank + 1));
            if (both.isEmpty()) {
                throw wrong("merges[" + i + "]", "\"" + merge + "\"", "two tokens that make a token");
            }
            first[i] = left.getAsInt();
            second[i] = right.getAsInt();
            merged[i] = both.getAsInt();
        }
        return new MergeTable(first, second, merged);
    }

    /** Tokens that begin a word are marked, others are not: the other way round than in vocab.txt. */
    private PipelineTokenizer wordPieces() throws TokenizerFormatException {
        if (source.unknownId() < 0) {
            throw wrong("unknown_token_id", "missing", "the id of a token");
        }
        List<String> tokens = new ArrayList<>();
        for (int id = 0; id < source.tokens().size(); id++) {
            String token = source.tokens().get(id);
            boolean special = isAdded(id) || token.startsWith("[") && token.endsWith("]");
            tokens.add(special ? token : token.startsWith(MARK) ? token.substring(1) : "##" + token);
        }
        WordPiece model = new WordPiece(new Vocabulary(tokens), "##", source.unknownId(), NO_LIMIT);
        CharacterSplit split = new CharacterSplit(
                tables.classes(), UnicodeTables.WHITE_SPACE, UnicodeTables.PUNCTUATION, SplitBehavior.ISOLATED);
        return tokenizer(
                model,
                new BertNormalizer(tables, true, true, true, true),
                split,
                new WordPieceDecoder("##", true),
                flag(source.addBegin(), true),
                flag(source.addEnd(), true));
    }

    private PipelineTokenizer unigram() throws TokenizerFormatException {
        float[] floats = scores();
        double[] scores = new double[floats.length];
        Arrays.setAll(scores, i -> floats[i]);
        Unigram model = new Unigram(new Vocabulary(source.tokens()), scores, source.unknownId(), false);
        List<Normalizer> normalizers = new ArrayList<>();
        try {
            if (source.charsmap() != null && source.charsmap().length > 0) {
                normalizers.add(new Precompiled(source.charsmap(), tables));
            }
            if (source.removeExtraWhitespace()) {
                normalizers.add(new StripWhiteSpace(tables, true, true));
                normalizers.add(new ReplacePattern(Regex.compile(" {2,}", sets), new int[] {' '}));
            }
        } catch (IllegalArgumentException | RegexSyntaxException e) {
            throw new TokenizerFormatException(
                    file + ": tokenizer.ggml.precompiled_charsmap is damaged: " + e.getMessage(), e);
        }
        boolean prefix = flag(source.addSpacePrefix(), true);
        return tokenizer(
                model,
                new NormalizerSequence(normalizers),
                new Metaspace(MARK.charAt(0), prefix ? Metaspace.Scheme.ALWAYS : Metaspace.Scheme.NEVER, true),
                new MetaspaceDecoder(MARK, prefix),
                flag(source.addBegin(), false),
                flag(source.addEnd(), true));
    }

    private static boolean flag(Boolean value, boolean otherwise) {
        return value == null ? otherwise : value;
    }

    private boolean isAdded(int id) {
        return type(id) == CONTROL || type(id) == USER_DEFINED || type(id) == UNKNOWN;
    }

    private PipelineTokenizer tokenizer(
            Model model, Normalizer normalizer, PreTokenizer preTokenizer, Decoder decoder, boolean begin, boolean end)
            throws TokenizerFormatException {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < source.tokens().size(); id++) {
            if (isAdded(id)) {
                added.add(new AddedToken(
                        id, model.vocabulary().token(id), false, false, false, false, type(id) != USER_DEFINED));
            }
        }
        AddedVocabulary vocabulary = new AddedVocabulary(added, tables.classes(), content -> content);
        return new PipelineTokenizer(
                new SequenceEncoder(vocabulary, normalizer, preTokenizer, model),
                ends(model.vocabulary(), begin, end),
                decoder,
                null,
                null);
    }

    private PostProcessor ends(Vocabulary vocabulary, boolean begin, boolean end) throws TokenizerFormatException {
        if (begin && source.beginId() < 0) {
            throw wrong("bos_token_id", "missing", "the id of a token, since one is added");
        }
        if (end && source.endId() < 0) {
            throw wrong("eos_token_id", "missing", "the id of a token, since one is added");
        }
        boolean bert = source.model().equals("bert");
        List<TemplatePart> single = new ArrayList<>();
        List<TemplatePart> pair = new ArrayList<>();
        for (int text = 0; text < 2; text++) {
            if (begin && (text == 0 || !bert)) {
                pair.add(special(vocabulary, source.beginId(), text));
            }
            pair.add(new TemplatePart.Sequence(text, text, text));
            if (end) {
                pair.add(special(vocabulary, source.endId(), text));
            }
            if (text == 0) {
                single.addAll(pair);
            }
        }
        return new TemplateProcessing(List.copyOf(single), List.copyOf(pair));
    }

    private static TemplatePart special(Vocabulary vocabulary, int id, int typeId) {
        return new TemplatePart.Special(new int[] {id}, List.of(vocabulary.token(id)), typeId);
    }
}
