package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.tokenizer.internal.regex.Regex;
import org.candor.tokenizer.internal.regex.RegexSyntaxException;

/** Makes normalisers and pre-tokenizers from their sections of the file. */
final class TextStageReader {
    private static final int WHITE_SPACE = UnicodeTables.WHITE_SPACE;

    private final UnicodeTables tables;
    private final RegexSets sets;

    TextStageReader(UnicodeTables tables, RegexSets sets) {
        this.tables = tables;
        this.sets = sets;
    }

    /** @param section or null */
    Normalizer normalizer(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return new NormalizerSequence(List.of());
        }
        String type = section.text("type");
        return switch (type) {
            case "BertNormalizer" -> {
                boolean lowercase = section.flag("lowercase", true);
                yield new BertNormalizer(
                        tables,
                        section.flag("clean_text", true),
                        section.flag("handle_chinese_chars", true),
                        section.flag("strip_accents", lowercase),
                        lowercase);
            }
            case "Lowercase" -> new Lowercase(tables);
            case "StripAccents" -> new StripAccents(tables.set("accents"));
            case "NFC" -> UnicodeForm.of(tables, false, true);
            case "NFD" -> UnicodeForm.of(tables, false, false);
            case "NFKC" -> UnicodeForm.of(tables, true, true);
            case "NFKD" -> UnicodeForm.of(tables, true, false);
            case "Nmt" -> new NmtNormalizer(tables.set("nmt-removes"), tables.set("nmt-blanks"));
            case "Strip" ->
                new StripWhiteSpace(tables, section.flag("strip_left", true), section.flag("strip_right", true));
            case "Prepend" -> new Prepend(points(section.text("prepend")));
            case "Replace" -> replace(section);
            case "ByteLevel" -> new ByteLevelNormalizer();
            case "Precompiled" -> precompiled(section);
            case "Sequence" -> {
                List<Normalizer> steps = new ArrayList<>();
                for (JsonSection step : section.sections("normalizers")) {
                    steps.add(normalizer(step));
                }
                yield new NormalizerSequence(List.copyOf(steps));
            }
            default ->
                throw section.unsupported(
                        type,
                        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace,"
                                + " Sequence, Strip and StripAccents");
        };
    }

    /** @param section or null */
    PreTokenizer preTokenizer(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return new PreTokenizerSequence(List.of());
        }
        CodePointTable classes = tables.classes();
        String type = section.text("type");
        return switch (type) {
            case "BertPreTokenizer" ->
                new CharacterSplit(classes, WHITE_SPACE, UnicodeTables.PUNCTUATION, SplitBehavior.ISOLATED);
            case "WhitespaceSplit" -> new CharacterSplit(classes, WHITE_SPACE, 0, SplitBehavior.ISOLATED);
            case "Whitespace" -> new WordSplit(classes);
            case "Punctuation" ->
                new CharacterSplit(classes, 0, UnicodeTables.PUNCTUATION, behavior(section, "Isolated"));
            case "Digits" ->
                new CharacterSplit(
                        classes,
                        0,
                        UnicodeTables.DIGIT,
                        section.flag("individual_digits", false) ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS);
            case "CharDelimiterSplit" -> {
                int[] delimiter = points(section.text("delimiter"));
                if (delimiter.length != 1) {
                    throw section.wrong("delimiter", section.text("delimiter"), "one character");
                }
                yield new CharacterSplit(
                        new CodePointTable.Builder().set(delimiter[0], 1).build(), 1, 0, SplitBehavior.ISOLATED);
            }
            case "ByteLevel" ->
                new ByteLevel(
                        section.flag("add_prefix_space", true),
                        section.flag("use_regex", true) ? KnownSplit.of(KnownSplit.GPT2, tables) : null,
                        true);
            case "Metaspace" -> metaspace(section);
            case "Split" -> split(section);
            case "FixedLength" -> new FixedLength(section.integer("length", 1, Integer.MAX_VALUE));
            case "UnicodeScripts" -> ScriptSplit.of(tables);
            case "Sequence" -> {
                List<PreTokenizer> steps = new ArrayList<>();
                for (JsonSection step : section.sections("pretokenizers")) {
                    steps.add(preTokenizer(step));
                }
                yield new PreTokenizerSequence(List.copyOf(steps));
            }
            default ->
                throw section.unsupported(
                        type,
                        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation,"
                                + " Sequence, Split, UnicodeScripts, Whitespace and WhitespaceSplit");
        };
    }

    private static SplitBehavior behavior(JsonSection section, String otherwise) throws TokenizerFormatException {
        String name = section.choice(
                "behavior",
                otherwise,
                Set.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"));
        return switch (name) {
            case "Removed" -> SplitBehavior.REMOVED;
            case "MergedWithPrevious" -> SplitBehavior.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> SplitBehavior.MERGED_WITH_NEXT;
            case "Contiguous" -> SplitBehavior.CONTIGUOUS;
            default -> SplitBehavior.ISOLATED;
        };
    }

    private Normalizer replace(JsonSection section) throws TokenizerFormatException {
        int[] content = points(section.text("content"));
        JsonSection pattern = section.section("pattern");
        String text = pattern.has("String") ? pattern.text("String") : "";
        return text.isEmpty() ? new ReplacePattern(pattern(section), content) : new ReplaceText(points(text), content);
    }

    private Precompiled precompiled(JsonSection section) throws TokenizerFormatException {
        String charsmap = section.text("precompiled_charsmap");
        try {
            return new Precompiled(Base64.getDecoder().decode(charsmap), tables);
        } catch (IllegalArgumentException e) {
            throw new TokenizerFormatException(
                    section.file() + ": " + section.path() + ".precompiled_charsmap is damaged: " + e.getMessage(), e);
        }
    }

    private static Metaspace metaspace(JsonSection section) throws TokenizerFormatException {
        int[] mark = points(section.text("replacement", "\u2581"));
        if (mark.length != 1) {
            throw section.wrong("replacement", section.text("replacement"), "one character");
        }
        Metaspace.Scheme scheme =
                switch (prependScheme(section)) {
                    case "first" -> Metaspace.Scheme.FIRST;
                    case "never" -> Metaspace.Scheme.NEVER;
                    default -> Metaspace.Scheme.ALWAYS;
                };
        return new Metaspace(mark[0], scheme, section.flag("split", true));
    }

    /** Old files say add_prefix_space instead. */
    static String prependScheme(JsonSection section) throws TokenizerFormatException {
        boolean prefix = section.flag("add_prefix_space", true);
        String scheme =
                section.choice("prepend_scheme", prefix ? "always" : "never", Set.of("always", "first", "never"));
        if (!prefix && !scheme.equals("never")) {
            throw section.wrong("prepend_scheme", scheme, "never where add_prefix_space is false");
        }
        return scheme;
    }

    private PreTokenizer split(JsonSection section) throws TokenizerFormatException {
        JsonSection pattern = section.section("pattern");
        SplitBehavior behavior = behavior(section, "Isolated");
        boolean inverted = section.flag("invert", false);
        if (pattern.has("Regex")
                && (behavior == SplitBehavior.ISOLATED || behavior == SplitBehavior.REMOVED && inverted)) {
            KnownSplit known = KnownSplit.of(pattern.text("Regex"), tables);
            if (known != null) {
                return known;
            }
        }
        return new PatternSplit(pattern(section), inverted, behavior);
    }

    /** The expression of a pattern; a text stands for itself. */
    Regex pattern(JsonSection section) throws TokenizerFormatException {
        JsonSection pattern = section.section("pattern");
        String key = pattern.has("Regex") ? "Regex" : "String";
        String text = pattern.text(key);
        try {
            return key.equals("Regex") ? Regex.compile(text, sets) : Regex.literal(text, sets);
        } catch (RegexSyntaxException e) {
            throw new TokenizerFormatException(
                    pattern.file() + ": " + pattern.path() + "." + key + ": " + e.getMessage(), e);
        }
    }

    private static int[] points(String text) {
        return text.codePoints().toArray();
    }
}
