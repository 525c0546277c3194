package org.candor.generation.internal;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.candor.api.chat.ChatTemplates;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.generate.TextGenerator;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.generation.internal.engine.Engine;
import org.candor.generation.internal.engine.EngineSettings;
import org.candor.generation.internal.engine.EngineSettings.Speculation;
import org.candor.generation.internal.engine.ModelText;
import org.candor.generation.internal.text.ModelTextReader;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an engine, a tokenizer and a chat template around generators. */
@Component(configurationPid = GenerationEngines.PID)
@Designate(ocd = GenerationEngines.Config.class)
public final class GenerationEngines implements TextGeneratorLoader, Configured {

    static final String PID = "org.candor.generation";

    private static final Logger LOG = LoggerFactory.getLogger(GenerationEngines.class);

    /** Limits of each model's engine. */
    @ObjectClassDefinition(name = "Candor generation")
    public @interface Config {
        @AttributeDefinition(
                name = "Tokens of one pass",
                description = "Most tokens that go through a model at once, 16 to 65536; at least the texts at once."
                        + " Smaller passes let texts that are being written go on sooner while a long prompt is read.")
        int passTokens() default 512;

        @AttributeDefinition(
                name = "Texts at once",
                description = "Most texts that a model reads or writes at the same time, 1 to 1024.")
        int sequences() default 64;

        @AttributeDefinition(
                name = "Waiting texts",
                description = "Most texts that wait for a place, 0 to 100000; further requests are refused as busy.")
        int waiting() default 256;

        @AttributeDefinition(
                name = "Speculation",
                description = "auto: a text that says again what it said before takes fewer passes, where that pays;"
                        + " off: never. No text changes by it.",
                options = {@Option(label = "auto", value = "auto"), @Option(label = "off", value = "off")})
        String speculation() default "auto";
    }

    private final GeneratorLoader generators;
    private final ModelTextReader texts;
    private final Configuration<Config> configuration;

    @Activate
    public GenerationEngines(
            @Reference GeneratorLoader generators,
            @Reference TokenizerFactory tokenizers,
            @Reference ChatTemplates templates,
            Map<String, Object> properties) {
        this.generators = generators;
        this.texts = new ModelTextReader(tokenizers, templates);
        this.configuration = Configuration.of(PID, Config.class, properties, GenerationEngines::settings, LOG::warn);
    }

    private static EngineSettings settings(Config config) {
        try {
            return new EngineSettings(
                    config.passTokens(), config.sequences(), config.waiting(), speculation(config.speculation()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PID + ": " + e.getMessage(), e);
        }
    }

    private static Speculation speculation(String value) {
        return switch (value) {
            case "auto" -> Speculation.AUTO;
            case "off" -> Speculation.OFF;
            default -> throw new IllegalArgumentException("speculation " + value + " is not allowed (auto, off)");
        };
    }

    /** Counts for models that are loaded from now on. */
    @Modified
    void modified(Map<String, Object> properties) {
        configuration.change(
                properties,
                (before, after) ->
                        before.equals(after) ? "" : "the change counts for models that are loaded from now on",
                LOG::warn);
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    @Override
    public Set<String> generates() {
        return generators.generates();
    }

    @Override
    public TextGenerator load(ModelFiles files, GeneratorSettings settings) throws IOException {
        ModelText text = texts.read(files, generators);
        Generator generator = generators.loadGenerator(files, settings);
        try {
            if (text.tokenizer() != null && text.tokenizer().vocabularySize() > generator.vocabulary()) {
                LOG.warn(
                        "{}: the tokenizer has {} tokens and the model {}; prompts with the others are refused",
                        files.id().name(),
                        text.tokenizer().vocabularySize(),
                        generator.vocabulary());
            }
            return new Engine(
                    "candor-generate-" + files.id().name(), generator, text, settings(configuration.values()));
        } catch (RuntimeException | Error e) {
            generator.close();
            throw e;
        }
    }
}
