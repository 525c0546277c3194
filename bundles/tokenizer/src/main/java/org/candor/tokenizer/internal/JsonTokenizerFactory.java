package org.candor.tokenizer.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.api.tokenize.TokenizerFormatException;
import org.candor.api.tokenize.Truncation;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads tokenizer.json and tiktoken files, and the tokenizers in model files. */
@Component(name = JsonTokenizerFactory.NAME, configurationPid = JsonTokenizerFactory.PID)
@Designate(ocd = JsonTokenizerFactory.Config.class)
public final class JsonTokenizerFactory implements TokenizerFactory, Configured {

    static final String PID = "org.candor.tokenizer";
    static final String NAME = "org.candor.tokenizer.internal.JsonTokenizerFactory";

    private static final Logger LOG = LoggerFactory.getLogger(JsonTokenizerFactory.class);

    /** Limits for files from elsewhere. */
    @ObjectClassDefinition(name = "Candor tokenizer")
    public @interface Config {
        @AttributeDefinition(name = "Largest file", description = "MiB of a tokenizer.json, 1 to 1024.")
        int maxFileMebibytes() default 128;

        @AttributeDefinition(
                name = "Largest vocabulary",
                description = "Tokens, and 1 + the highest id; 1 to 16777216.")
        int maxVocabulary() default 2_097_152;
    }

    private final Configuration<Config> configuration;
    private final int maxBytes;
    private final int maxVocabulary;
    private final UnicodeTables tables = UnicodeTables.load();
    private final RegexSets sets = new RegexSets(tables);

    /** @param properties of the configuration; none for the defaults, as in benchmarks and plain programs */
    @Activate
    public JsonTokenizerFactory(Map<String, Object> properties) {
        this(Configuration.of(PID, Config.class, properties, JsonTokenizerFactory::check, LOG::warn));
    }

    private JsonTokenizerFactory(Configuration<Config> configuration) {
        this(
                configuration,
                configuration.values().maxFileMebibytes(),
                configuration.values().maxVocabulary());
    }

    JsonTokenizerFactory(int maxFileMebibytes, int maxVocabulary) {
        this(null, maxFileMebibytes, maxVocabulary);
    }

    private JsonTokenizerFactory(Configuration<Config> configuration, int maxFileMebibytes, int maxVocabulary) {
        this.configuration = configuration;
        this.maxBytes = (int)
                Math.min(Integer.MAX_VALUE - 16L, (long) checked("maxFileMebibytes", maxFileMebibytes, 1024) << 20);
        this.maxVocabulary = checked("maxVocabulary", maxVocabulary, 1 << 24);
    }

    private static void check(Config config) {
        checked("maxFileMebibytes", config.maxFileMebibytes(), 1024);
        checked("maxVocabulary", config.maxVocabulary(), 1 << 24);
    }

    private static int checked(String key, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "org.candor.tokenizer: " + key + " is " + value + ", allowed is 1 to " + most);
        }
        return value;
    }

    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        if (configuration.change(properties, (before, after) -> "", LOG::warn)) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    @Override
    public Tokenizer read(String name, InputStream tokenizerJson) throws IOException {
        byte[] json = bytes(name, tokenizerJson);
        JsonSection root = JsonSection.read(name, json);
        TextStageReader stages = new TextStageReader(tables, sets);
        Normalizer normalizer = stages.normalizer(root.optionalSection("normalizer"));
        PreTokenizer preTokenizer = stages.preTokenizer(root.optionalSection("pre_tokenizer"));
        PostProcessor postProcessor = new TemplateReader(maxVocabulary, tables.classes())
                .postProcessor(root.optionalSection("post_processor"));
        Decoder decoder = new DecoderReader(stages).decoder(root.optionalSection("decoder"));
        Model model = new ModelReader(maxVocabulary).model(root.section("model"));
        AddedVocabulary added =
                new AddedVocabulary(addedTokens(root, model.vocabulary()), tables.classes(), content -> {
                    int[] points = content.codePoints().toArray();
                    NormalizedText text = new NormalizedText(points.length);
                    text.set(points, 0, points.length);
                    normalizer.apply(text);
                    return text.text(0, text.length());
                });
        return new PipelineTokenizer(
                new SequenceEncoder(added, normalizer, preTokenizer, model),
                postProcessor,
                decoder,
                truncation(root.optionalSection("truncation")),
                padding(root.optionalSection("padding")));
    }

    private byte[] bytes(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
            throw new TokenizerFormatException(name + ": larger than " + (maxBytes >> 20)
                    + " MiB: raise maxFileMebibytes of org.candor.tokenizer if the file is trusted");
        }
        return bytes;
    }

    @Override
    public Tokenizer of(String name, EmbeddedVocabulary vocabulary) throws TokenizerFormatException {
        return EmbeddedReader.read(name, vocabulary, maxVocabulary, tables, sets);
    }

    @Override
    public Tokenizer readRanks(String name, InputStream ranks, String encoding, Map<String, Integer> specialTokens)
            throws IOException {
        byte[] bytes = bytes(name, ranks);
        return RankFileReader.read(name, bytes, encoding, specialTokens, maxVocabulary, tables, sets);
    }

    private List<AddedToken> addedTokens(JsonSection root, Vocabulary vocabulary) throws TokenizerFormatException {
        List<AddedToken> tokens = new ArrayList<>();
        if (!root.has("added_tokens")) {
            return tokens;
        }
        for (JsonSection section : root.sections("added_tokens")) {
            String content = section.text("content");
            int id = section.integer("id", 0, maxVocabulary - 1);
            OptionalInt own = vocabulary.id(content);
            if (own.isPresent() && own.getAsInt() != id) {
                throw section.wrong("id", id, own.getAsInt() + ", the id of the same token in model.vocab");
            }
            boolean special = section.flag("special", false);
            tokens.add(new AddedToken(
                    id,
                    content,
                    section.flag("single_word", false),
                    section.flag("lstrip", false),
                    section.flag("rstrip", false),
                    section.flag("normalized", !special),
                    special));
        }
        if (tokens.size() > maxVocabulary) {
            throw root.wrong("added_tokens", tokens.size() + " tokens", "at most " + maxVocabulary);
        }
        return tokens;
    }

    private static Truncation truncation(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return null;
        }
        String strategy = section.choice("strategy", "LongestFirst", Set.of("LongestFirst", "OnlyFirst", "OnlySecond"));
        return new Truncation(
                section.integer("max_length", 0, Integer.MAX_VALUE),
                section.integer("stride", 0, Integer.MAX_VALUE, 0),
                switch (strategy) {
                    case "OnlyFirst" -> Truncation.Strategy.ONLY_FIRST;
                    case "OnlySecond" -> Truncation.Strategy.ONLY_SECOND;
                    default -> Truncation.Strategy.LONGEST_FIRST;
                },
                direction(section));
    }

    private Padding padding(JsonSection section) throws TokenizerFormatException {
        if (section == null) {
            return null;
        }
        int length = 0;
        if (section.members().get("strategy") instanceof Map<?, ?>) {
            length = section.section("strategy").integer("Fixed", 0, 1 << 24);
        } else {
            section.choice("strategy", "BatchLongest", Set.of("BatchLongest"));
        }
        return new Padding(
                length,
                section.integer("pad_to_multiple_of", 0, 1 << 24, 0),
                direction(section),
                section.integer("pad_id", 0, maxVocabulary - 1, 0),
                section.integer("pad_type_id", 0, 1 << 16, 0),
                section.text("pad_token", "[PAD]"));
    }

    private static Truncation.Direction direction(JsonSection section) throws TokenizerFormatException {
        return section.choice("direction", "Right", Set.of("Left", "Right")).equals("Left")
                ? Truncation.Direction.LEFT
                : Truncation.Direction.RIGHT;
    }
}
