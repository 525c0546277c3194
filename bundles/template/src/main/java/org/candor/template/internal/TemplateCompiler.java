package org.candor.template.internal;

import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.chat.ChatTemplates;
import org.candor.api.chat.TemplateException;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles chat templates. */
@Component(configurationPid = TemplateCompiler.PID)
@Designate(ocd = TemplateCompiler.Config.class)
public final class TemplateCompiler implements ChatTemplates, Configured {

    static final String PID = "org.candor.template";

    private static final Logger LOG = LoggerFactory.getLogger(TemplateCompiler.class);

    /** Limits for templates from elsewhere. */
    @ObjectClassDefinition(name = "Candor chat templates")
    public @interface Config {
        @AttributeDefinition(name = "Largest source", description = "KiB of a template (characters), 1 to 16384.")
        int maxSourceKibibytes() default 1024;

        @AttributeDefinition(
                name = "Most steps",
                description = "Evaluations and iterations of one rendering, 1000 to 1000000000.")
        int maxSteps() default 5_000_000;

        @AttributeDefinition(
                name = "Longest text",
                description = "Characters of a rendered text and of each text on the way to it, 1024 to 134217728."
                        + " Eight times as many are made in all; a list has at most an eighth as many items.")
        int maxCharacters() default 8_388_608;
    }

    /** What follows the configuration; a template keeps the limits that it was compiled with. */
    private record Settings(int maxSource, Limits limits) {

        static Settings of(int maxSourceKibibytes, int maxSteps, int maxCharacters) {
            return new Settings(
                    checked("maxSourceKibibytes", maxSourceKibibytes, 1, 16_384) * 1024,
                    new Limits(
                            checked("maxSteps", maxSteps, 1000, 1_000_000_000),
                            checked("maxCharacters", maxCharacters, 1024, 128 << 20)));
        }

        static Settings of(Config config) {
            return of(config.maxSourceKibibytes(), config.maxSteps(), config.maxCharacters());
        }
    }

    private final Configuration<Config> configuration;
    private volatile Settings settings;

    @Activate
    public TemplateCompiler(Map<String, Object> properties) {
        this.configuration = Configuration.of(PID, Config.class, properties, Settings::of, LOG::warn);
        this.settings = Settings.of(configuration.values());
    }

    TemplateCompiler(int maxSourceKibibytes, int maxSteps, int maxCharacters) {
        this.configuration = null;
        this.settings = Settings.of(maxSourceKibibytes, maxSteps, maxCharacters);
    }

    /** Counts for what is compiled from then on. */
    @Modified
    void modified(Map<String, Object> properties) {
        configuration.change(
                properties,
                (before, after) -> {
                    settings = Settings.of(after);
                    return "";
                },
                LOG::warn);
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    private static int checked(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "org.candor.template: " + key + " is " + value + ", allowed is " + least + " to " + most);
        }
        return value;
    }

    @Override
    public ChatTemplate compile(String name, String source) throws TemplateException {
        return compiled(name, source);
    }

    CompiledTemplate compiled(String name, String source) throws TemplateException {
        Settings now = settings;
        if (source.length() > now.maxSource()) {
            throw new TemplateException(
                    name,
                    1,
                    TemplateException.Kind.LIMIT,
                    "a source of " + source.length() + " characters, allowed are " + now.maxSource()
                            + " (maxSourceKibibytes of org.candor.template)");
        }
        try {
            List<Token> tokens = Lexer.tokens(Source.of(source));
            return new CompiledTemplate(name, TemplateParser.parse(tokens), ToolCallStyles.of(tokens), now.limits());
        } catch (Fault e) {
            throw new TemplateException(name, Math.max(1, e.line()), e.kind(), e.getMessage());
        }
    }
}
