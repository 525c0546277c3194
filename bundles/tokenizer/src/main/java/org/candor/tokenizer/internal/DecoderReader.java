package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.tokenize.TokenizerFormatException;

/** Makes the decoder from its section of the file. */
final class DecoderReader {
    private static final int MOST = 1 << 20;

    private final TextStageReader stages;

    /** @param stages reads patterns */
    DecoderReader(TextStageReader stages) {
        this.stages = stages;
    }

    /** @param section or null, then there is none */
    Decoder decoder(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return null;
        }
        String type = section.text("type");
        return switch (type) {
            case "WordPiece" -> new WordPieceDecoder(section.text("prefix", "##"), section.flag("cleanup", true));
            case "Fuse" -> new FuseDecoder();
            case "ByteFallback" -> new ByteFallbackDecoder();
            case "BPEDecoder" -> new SuffixDecoder(notEmpty(section, "suffix", "</w>"));
            case "ByteLevel" -> new ByteLevelDecoder();
            case "CTC" ->
                new CtcDecoder(
                        section.text("pad_token", "<pad>"),
                        section.text("word_delimiter_token", "|"),
                        section.flag("cleanup", true));
            case "Replace" -> replace(section);
            case "Strip" ->
                new StripDecoder(
                        notEmpty(section, "content", " "),
                        section.integer("start", 0, MOST),
                        section.integer("stop", 0, MOST));
            case "Metaspace" ->
                new MetaspaceDecoder(
                        notEmpty(section, "replacement", "\u2581"),
                        !TextStageReader.prependScheme(section).equals("never"));
            case "Sequence" -> {
                List<Decoder> steps = new ArrayList<>();
                for (JsonSection step : section.sections("decoders")) {
                    steps.add(decoder(step));
                }
                yield new DecoderSequence(List.copyOf(steps));
            }
            default ->
                throw section.unsupported(
                        type,
                        "BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip and WordPiece");
        };
    }

    private Decoder replace(JsonSection section) throws TokenizerFormatException {
        JsonSection pattern = section.section("pattern");
        String text = pattern.has("String") ? pattern.text("String") : "";
        String content = section.text("content");
        return text.isEmpty()
                ? new PatternDecoder(stages.pattern(section), content)
                : new ReplaceDecoder(text, content);
    }

    private static String notEmpty(JsonSection section, String key, String otherwise) throws TokenizerFormatException {
        String text = section.text(key, otherwise);
        if (text.isEmpty()) {
            throw section.wrong(key, text, "a text that is not empty");
        }
        return text;
    }
}
