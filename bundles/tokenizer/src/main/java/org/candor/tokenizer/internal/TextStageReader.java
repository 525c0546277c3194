package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.tokenize.TokenizerFormatException;

/** Makes normalisers and pre-tokenizers from their sections of the file. */
final class TextStageReader {
    private static final int WHITE_SPACE = UnicodeTables.WHITE_SPACE;

    private final UnicodeTables tables;

    TextStageReader(UnicodeTables tables) {
        this.tables = tables;
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
            case "Replace" -> new ReplaceText(points(pattern(section)), points(section.text("content")));
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
                        "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Prepend, Replace, Sequence, Strip and"
                                + " StripAccents");
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
                        "BertPreTokenizer, CharDelimiterSplit, Digits, Punctuation, Sequence, Whitespace and"
                                + " WhitespaceSplit");
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

    static String pattern(JsonSection section) throws TokenizerFormatException {
        JsonSection pattern = section.section("pattern");
        if (pattern.has("Regex")) {
            throw new TokenizerFormatException(pattern.file() + ": " + pattern.path() + ".Regex \""
                    + pattern.text("Regex") + "\" is not supported (String is)");
        }
        String text = pattern.text("String", "");
        if (text.isEmpty()) {
            throw pattern.wrong("String", pattern.members().get("String"), "a text that is not empty");
        }
        return text;
    }

    private static int[] points(String text) {
        return text.codePoints().toArray();
    }
}
