package org.candor.retrieval.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.backup.StatePart;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelListener;
import org.candor.api.model.ModelRegistry;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Library;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Retrieval;
import org.candor.api.retrieval.Scope;
import org.candor.api.retrieval.SearchResult;
import org.candor.retrieval.internal.index.Analysis;
import org.candor.retrieval.internal.index.Fusion;
import org.candor.retrieval.internal.library.Documents;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The library on an embedded Lucene: documents in, passages and answers out. Thread safe. */
@Component(
        name = LuceneLibrary.NAME,
        immediate = true,
        service = {Library.class, Retrieval.class, StatePart.class, Configured.class})
@Designate(ocd = LuceneLibrary.Config.class)
public final class LuceneLibrary implements Library, Retrieval, StatePart, Configured {

    /** Also the PID of its configuration. */
    static final String NAME = "org.candor.retrieval";

    private static final Logger LOG = LoggerFactory.getLogger(LuceneLibrary.class);

    /** Configuration, PID {@code org.candor.retrieval}. */
    @ObjectClassDefinition(name = "Candor retrieval")
    public @interface Config {
        @AttributeDefinition(
                name = "Directory",
                description = "Where index and uploads live; empty for the folder index under candor.home.")
        String directory() default "";

        @AttributeDefinition(
                name = "Library",
                description =
                        "Folder mirrored for tenant default as long as none was ever set; empty for candor.samples.")
        String library() default "";

        @AttributeDefinition(name = "Routes", description = "Model route of each language's encoder, language=route.")
        String[] routes() default {"en=encoder-en", "zh=encoder-zh"};

        @AttributeDefinition(
                name = "Passage target",
                description = "Estimated tokens up to which blocks under one heading are joined, 16 to 4096.")
        int passageTarget() default 160;

        @AttributeDefinition(
                name = "Passage limit",
                description = "Estimated tokens at which a block is cut between sentences, passage target to 8192.")
        int passageLimit() default 380;

        @AttributeDefinition(
                name = "Exact scan limit",
                description = "Passages in scope up to which vectors are scanned exactly; above, HNSW. 0 to 10000000.")
        int exactScanLimit() default 100_000;

        @AttributeDefinition(
                name = "Vector weight",
                description = "Share of the encoder in the fused score, 0 (BM25 alone) to 1 (encoder alone).")
        double vectorWeight() default 0.5;

        @AttributeDefinition(
                name = "Rescan seconds",
                description = "Seconds between looks at the folder nobody asked for, 0 for none, at most 86400.")
        int rescanSeconds() default 60;

        @AttributeDefinition(name = "Most bytes", description = "Largest file that is read, 1024 to 268435456.")
        int mostBytes() default 33_554_432;
    }

    private final Configuration<Config> configuration;
    private final Documents documents;
    private final RetrievalService retrieval;
    private final ServiceRegistration<ModelListener> listener;

    /** Opens the index; serves as encoders come. */
    @Activate
    public LuceneLibrary(BundleContext context, Map<String, Object> properties) throws IOException {
        String home = context.getProperty("candor.home");
        this.configuration = Configuration.of(NAME, Config.class, properties, each -> settings(each, home), LOG::warn);
        Config config = configuration.values();
        this.documents = Documents.open(settings(config, home));
        this.retrieval = new RetrievalService(documents);
        documents.warmUp(retrieval::warmUp);
        String samples = config.library().isBlank() ? context.getProperty("candor.samples") : config.library();
        if (documents.status().folder() == null
                && samples != null
                && !samples.isBlank()
                && Files.isDirectory(Path.of(samples))) {
            documents.mirror("default", Path.of(samples));
        }
        // by hand: as a component service it would refer to the registry and the registry to it
        this.listener = context.registerService(ModelListener.class, new Follower(), null);
    }

    /** Another folder is another library: it is opened with the next start, and not under requests. */
    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        boolean changed = configuration.change(
                properties,
                (before, after) -> before.directory().equals(after.directory())
                        ? ""
                        : "the change of directory, and all that changed with it, counts from the next start on",
                LOG::warn);
        if (changed) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    private final class Follower implements ModelListener {
        @Override
        public void activated(Activation activation) {
            documents.activated(activation.route());
        }

        @Override
        public void removed(ModelId model) {
            documents.removed(model);
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindRegistry(ModelRegistry registry) {
        documents.registry(registry);
    }

    void unbindRegistry(ModelRegistry registry) throws IOException {
        documents.withdraw(registry);
    }

    @Deactivate
    void close() throws IOException {
        listener.unregister();
        documents.close();
    }

    static Documents.Settings settings(Config config, String home) {
        check(!config.directory().isBlank() || home != null, "directory", "", "a folder, since candor.home is not set");
        Path directory = config.directory().isBlank() ? Path.of(home, "index") : directory(config.directory());
        int target = range("passageTarget", config.passageTarget(), 16, 4_096);
        return new Documents.Settings(
                directory,
                routes(config.routes()),
                target,
                range("passageLimit", config.passageLimit(), target, 8_192),
                range("exactScanLimit", config.exactScanLimit(), 0, 10_000_000),
                fusion(config.vectorWeight()),
                range("rescanSeconds", config.rescanSeconds(), 0, 86_400),
                range("mostBytes", config.mostBytes(), 1_024, 268_435_456));
    }

    private static Path directory(String configured) {
        Path directory;
        try {
            directory = Path.of(configured);
        } catch (InvalidPathException e) {
            throw new InvalidConfigurationException(NAME, "directory", configured, "folders");
        }
        check(directory.isAbsolute(), "directory", configured, "absolute paths");
        check(!Files.exists(directory) || Files.isDirectory(directory), "directory", configured, "folders, not a file");
        return directory;
    }

    private static Fusion fusion(double weight) {
        check(weight >= 0 && weight <= 1, "vectorWeight", weight, "0 to 1");
        return new Fusion(weight);
    }

    private static Map<String, String> routes(String[] routes) {
        Map<String, String> byLanguage = new HashMap<>();
        for (String route : routes) {
            int equals = route.indexOf('=');
            String language = equals < 0 ? "" : route.substring(0, equals).strip();
            String name = route.substring(equals + 1).strip();
            check(
                    Analysis.LANGUAGES.contains(language) && !name.isEmpty(),
                    "routes",
                    route,
                    "language=route with a language of " + Analysis.LANGUAGES);
            byLanguage.put(language, name);
        }
        return byLanguage;
    }

    private static int range(String key, int value, int least, int most) {
        check(value >= least && value <= most, key, value, least + " to " + most);
        return value;
    }

    private static void check(boolean allowed, String key, Object value, String what) {
        if (!allowed) {
            throw new InvalidConfigurationException(NAME, key, value, what);
        }
    }

    @Override
    public SearchResult search(String query, String language, Scope scope, int limit) {
        return retrieval.search(query, language, scope, limit);
    }

    @Override
    public Findings answer(String question, String language, Scope scope) {
        return retrieval.answer(question, language, scope);
    }

    @Override
    public Grounds grounds(String question, String language, Scope scope, int passages) {
        return retrieval.grounds(question, language, scope, passages);
    }

    @Override
    public void mirror(String tenant, Path folder) throws IOException {
        documents.mirror(tenant, folder);
    }

    @Override
    public void rescan() {
        documents.rescan();
    }

    @Override
    public DocumentInfo add(String tenant, String document, byte[] content, DocumentMetadata metadata)
            throws IOException {
        return documents.add(tenant, document, content, metadata);
    }

    @Override
    public boolean delete(String tenant, String document) throws IOException {
        return documents.delete(tenant, document);
    }

    @Override
    public List<DocumentInfo> erase(String tenant, String subject) throws IOException {
        return documents.erase(tenant, subject);
    }

    @Override
    public Text text(String tenant, String document) throws IOException {
        return documents.text(tenant, document);
    }

    @Override
    public List<DocumentInfo> documents(String tenant) {
        return documents.documents(tenant);
    }

    @Override
    public LibraryStatus status() {
        return documents.status();
    }

    @Override
    public String name() {
        return "library";
    }

    @Override
    public String folder() {
        return "index";
    }

    @Override
    public void copy(Path home) throws IOException {
        documents.copy(home.resolve(folder()));
    }
}
