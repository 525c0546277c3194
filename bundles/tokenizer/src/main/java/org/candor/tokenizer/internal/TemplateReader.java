package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.tokenize.TokenizerFormatException;

/** Makes the post-processor from its section of the file. */
final class TemplateReader {
    private static final int MAX_PARTS = 64;
    private static final int MAX_TYPE = 1 << 16;

    private final int maxVocabulary;
    private final CodePointTable classes;

    TemplateReader(int maxVocabulary, CodePointTable classes) {
        this.maxVocabulary = maxVocabulary;
        this.classes = classes;
    }

    /** @param section or null */
    TemplateProcessing postProcessor(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return TemplateProcessing.NONE;
        }
        String type = section.text("type");
        return switch (type) {
            case "TemplateProcessing" -> template(section);
            case "BertProcessing" -> bert(section);
            case "RobertaProcessing" -> roberta(section);
            case "ByteLevel" ->
                section.flag("trim_offsets", true)
                        ? TemplateProcessing.trimming(trim(section))
                        : TemplateProcessing.NONE;
            case "Sequence" -> {
                TemplateProcessing all = TemplateProcessing.NONE;
                for (JsonSection step : section.sections("processors")) {
                    TemplateProcessing next = postProcessor(step);
                    if (!all.isBare() && !next.isBare()) {
                        throw step.wrong("type", step.text("type"), "one processor that adds tokens or sets type ids");
                    }
                    all = all.then(next);
                }
                yield all;
            }
            default ->
                throw section.unsupported(
                        type, "BertProcessing, ByteLevel, RobertaProcessing, Sequence and TemplateProcessing");
        };
    }

    private OffsetTrim trim(JsonSection section) throws TokenizerFormatException {
        return new OffsetTrim(classes, section.flag("add_prefix_space", true));
    }

    /** All types are 0. */
    private TemplateProcessing roberta(JsonSection section) throws TokenizerFormatException {
        TemplatePart first = special(section, "cls", 0);
        TemplatePart separator = special(section, "sep", 0);
        TemplatePart a = new TemplatePart.Sequence(0, 0, 0);
        TemplatePart b = new TemplatePart.Sequence(1, 0, 0);
        return new TemplateProcessing(
                List.of(first, a, separator),
                List.of(first, a, separator, separator, b, separator),
                true,
                section.flag("trim_offsets", true) ? List.of(trim(section)) : List.of());
    }

    private TemplateProcessing bert(JsonSection section) throws TokenizerFormatException {
        TemplatePart first = special(section, "cls", 0);
        TemplatePart separator = special(section, "sep", 0);
        TemplatePart lastSeparator = special(section, "sep", 1);
        TemplatePart a = new TemplatePart.Sequence(0, 0, 0);
        TemplatePart b = new TemplatePart.Sequence(1, 1, 1);
        return new TemplateProcessing(List.of(first, a, separator), List.of(first, a, separator, b, lastSeparator));
    }

    private TemplatePart special(JsonSection section, String key, int typeId) throws TokenizerFormatException {
        List<?> pair = section.list(key);
        if (pair.size() != 2 || !(pair.get(0) instanceof String token)) {
            throw section.wrong(key, pair, "a token and its id");
        }
        int id = section.integer(key + "[1]", pair.get(1), 0, maxVocabulary - 1);
        return new TemplatePart.Special(new int[] {id}, List.of(token), typeId);
    }

    private TemplateProcessing template(JsonSection section) throws TokenizerFormatException {
        Map<String, TemplatePart.Special> specials = new HashMap<>();
        JsonSection tokens = section.section("special_tokens");
        for (String name : tokens.members().keySet()) {
            specials.put(name, specialTokens(tokens.section(name)));
        }
        return new TemplateProcessing(parts(section, "single", specials, 1), parts(section, "pair", specials, 2));
    }

    private TemplatePart.Special specialTokens(JsonSection section) throws TokenizerFormatException {
        List<?> ids = section.list("ids");
        List<?> tokens = section.list("tokens");
        if (ids.size() != tokens.size() || ids.size() > MAX_PARTS) {
            throw section.wrong("ids", ids, "as many as tokens, at most " + MAX_PARTS);
        }
        int[] values = new int[ids.size()];
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            values[i] = section.integer("ids[" + i + "]", ids.get(i), 0, maxVocabulary - 1);
            if (!(tokens.get(i) instanceof String text)) {
                throw section.wrong("tokens[" + i + "]", tokens.get(i), "a text");
            }
            texts.add(text);
        }
        return new TemplatePart.Special(values, List.copyOf(texts), 0);
    }

    private static List<TemplatePart> parts(
            JsonSection section, String key, Map<String, TemplatePart.Special> specials, int texts)
            throws TokenizerFormatException {
        List<TemplatePart> parts = new ArrayList<>();
        List<JsonSection> items = section.sections(key);
        if (items.size() > MAX_PARTS) {
            throw section.wrong(key, items, "at most " + MAX_PARTS + " parts");
        }
        for (JsonSection item : items) {
            if (item.has("SpecialToken")) {
                JsonSection special = item.section("SpecialToken");
                TemplatePart.Special found = specials.get(special.text("id"));
                if (found == null) {
                    throw special.wrong("id", special.text("id"), "a key of special_tokens");
                }
                parts.add(new TemplatePart.Special(
                        found.ids(), found.tokens(), special.integer("type_id", 0, MAX_TYPE, 0)));
            } else {
                JsonSection sequence = item.section("Sequence");
                int index =
                        sequence.choice("id", "A", java.util.Set.of("A", "B")).equals("A") ? 0 : 1;
                if (index >= texts) {
                    throw sequence.wrong("id", "B", "A, because there is one text");
                }
                parts.add(new TemplatePart.Sequence(index, sequence.integer("type_id", 0, MAX_TYPE, 0), index));
            }
        }
        for (int i = 0; i < texts; i++) {
            int index = i;
            if (parts.stream().noneMatch(p -> p instanceof TemplatePart.Sequence s && s.index() == index)) {
                throw section.wrong(key, items, "parts with each text at least once");
            }
        }
        return List.copyOf(parts);
    }
}
