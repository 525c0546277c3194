package org.candor.transformer.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.Backend;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.model.EmbeddedText;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.TextEncoder;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.transformer.internal.bert.BertFamily;
import org.candor.transformer.internal.decoder.DecoderFamily;
import org.candor.transformer.internal.gguf.GgufText;
import org.candor.transformer.internal.gguf.GgufVocabulary;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.Checkpoint;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads transformers from their files onto the backend. */
@Component(name = TransformerLoader.NAME, configurationPid = TransformerLoader.PID)
@Designate(ocd = TransformerLoader.Config.class)
public final class TransformerLoader implements ModelLoader, GeneratorLoader, Configured {

    static final String PID = "org.candor.transformer";
    static final String NAME = "org.candor.transformer.internal.TransformerLoader";

    private static final Logger LOG = LoggerFactory.getLogger(TransformerLoader.class);

    /** Limits of forward passes. */
    @ObjectClassDefinition(name = "Candor transformer")
    public @interface Config {
        @AttributeDefinition(
                name = "Tokens of one pass",
                description = "Most tokens that go through a model at once, 64 to 65536. Longer batches are split:"
                        + " smaller passes stay in the processor's caches and let others in between.")
        int passTokens() default 512;

        @AttributeDefinition(
                name = "Passes at once",
                description = "Most forward passes of one model at the same time, 1 to 64; others wait their turn."
                        + " Each holds buffers for its tokens.")
        int concurrentPasses() default 4;
    }

    private final Configuration<Config> configuration;
    private final TokenizerFactory tokenizers;
    private final BertFamily bert;
    private final DecoderFamily decoders;

    @Activate
    public TransformerLoader(
            @Reference Backend backend, @Reference TokenizerFactory tokenizers, Map<String, Object> properties) {
        this(backend, tokenizers, Configuration.of(PID, Config.class, properties, TransformerLoader::check, LOG::warn));
    }

    TransformerLoader(Backend backend, TokenizerFactory tokenizers, Config config) {
        this(backend, tokenizers, Configuration.of(PID, Config.class, config));
    }

    private TransformerLoader(Backend backend, TokenizerFactory tokenizers, Configuration<Config> configuration) {
        this(
                backend,
                tokenizers,
                configuration,
                configuration.values().passTokens(),
                configuration.values().concurrentPasses());
    }

    /**
     * A loader outside a container: for benchmarks and plain programs.
     *
     * @param passTokens as in {@link Config#passTokens}
     * @param concurrentPasses as in {@link Config#concurrentPasses}
     */
    public TransformerLoader(Backend backend, TokenizerFactory tokenizers, int passTokens, int concurrentPasses) {
        this(backend, tokenizers, null, passTokens, concurrentPasses);
    }

    private TransformerLoader(
            Backend backend,
            TokenizerFactory tokenizers,
            Configuration<Config> configuration,
            int passTokens,
            int concurrentPasses) {
        this.configuration = configuration;
        this.tokenizers = tokenizers;
        this.bert = new BertFamily(
                backend,
                within("passTokens", passTokens, 64, 65_536),
                within("concurrentPasses", concurrentPasses, 1, 64));
        this.decoders = new DecoderFamily(backend);
    }

    private static void check(Config config) {
        within("passTokens", config.passTokens(), 64, 65_536);
        within("concurrentPasses", config.concurrentPasses(), 1, 64);
    }

    private static int within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "org.candor.transformer: " + key + " " + value + " is not allowed (" + least + " to " + most + ")");
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
    public boolean supports(String family) {
        return BertFamily.includes(family);
    }

    @Override
    public TextEncoder loadEncoder(ModelFiles files, EncoderSettings settings) throws IOException {
        Path config = files.files().get("config.json");
        if (config == null) {
            throw new ModelFormatException(files.id().name() + ": config.json is missing");
        }
        Object family = StrictJson.object(config).get("model_type");
        if (!(family instanceof String modelType) || !supports(modelType)) {
            throw new ModelFormatException("config.json: model_type \"" + family
                    + "\" is not supported (bert, distilbert, roberta, xlm-roberta are)");
        }
        return bert.encoder(files, settings, tokenizers);
    }

    @Override
    public Set<String> generates() {
        return DecoderFamily.modelTypes();
    }

    @Override
    public Generator loadGenerator(ModelFiles files, GeneratorSettings settings) throws IOException {
        return decoders.generator(files, settings);
    }

    @Override
    public long bytes(ModelFiles files, GeneratorSettings settings) throws IOException {
        return DecoderFamily.bytes(files, settings);
    }

    @Override
    public EmbeddedText embeddedText(ModelFiles files) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            GgufVocabulary vocabulary = checkpoint.vocabulary();
            Map<String, Object> configuration = checkpoint.configuration();
            return configuration == null
                    ? null
                    : GgufText.of(String.valueOf(configuration.get("model_type")), vocabulary);
        }
    }
}
