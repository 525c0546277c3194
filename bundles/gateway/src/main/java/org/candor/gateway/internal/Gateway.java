package org.candor.gateway.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Models;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Policies;
import org.candor.api.transparency.TransparencyLog;
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
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP API as one whiteboard servlet. It serves from the first moment and says what it waits for. */
@Component(name = Gateway.NAME, service = Servlet.class, configurationPid = Gateway.PID)
@HttpWhiteboardServletPattern({"/v1/*", "/admin/*", "/health/*", "/*"})
@Designate(ocd = Gateway.Config.class)
public final class Gateway extends HttpServlet {

    static final String PID = "org.candor.gateway";
    static final String NAME = "org.candor.gateway.internal.Gateway";
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    /** Together what a stop takes at most: to let work end, then to let answers be written. */
    private static final Duration WORK_ENDS = Duration.ofSeconds(8);

    private static final long ANSWERS_LEAVE_MILLIS = 2_000;

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.-]{1,253}|\\[[0-9A-Fa-f:.]+]|\\*");

    @ObjectClassDefinition(name = "Candor gateway", description = "The HTTP API.")
    public @interface Config {
        @AttributeDefinition(
                name = "Host names",
                description =
                        "Host names besides localhost, 127.0.0.1 and [::1] under which the server answers; * means all.")
        String[] hosts() default {};

        @AttributeDefinition(name = "Largest JSON body", description = "Bytes, 1024 to 67108864.")
        int mostJsonBytes() default 4 << 20;

        @AttributeDefinition(name = "Largest document", description = "Bytes, 1024 to 268435456.")
        int mostDocumentBytes() default 32 << 20;

        @AttributeDefinition(
                name = "Bodies in memory",
                description =
                        "Bytes of all request bodies at one moment, 1048576 to 1073741824; further requests are refused as busy.")
        int bodyBudgetBytes() default 128 << 20;

        @AttributeDefinition(name = "Body time", description = "Seconds a request's body may take, 1 to 3600.")
        int bodySeconds() default 30;

        @AttributeDefinition(name = "Workers", description = "Threads that serve requests, 1 to 1024.")
        int workers() default 32;

        @AttributeDefinition(name = "Queue", description = "Requests that may wait for a worker, 1 to 100000.")
        int queue() default 256;

        @AttributeDefinition(name = "Request time", description = "Seconds a request may take, 1 to 3600.")
        int requestSeconds() default 120;

        @AttributeDefinition(
                name = "Requests of one caller",
                description = "Requests of one key or user that are served at once, 1 to 10000; further ones are 429.")
        int callerRequests() default 128;

        @AttributeDefinition(
                name = "Idle session",
                description = "Minutes without a request after which a session ends, 1 to 1440.")
        int sessionIdleMinutes() default 30;

        @AttributeDefinition(name = "Longest session", description = "Hours after which a session ends, 1 to 168.")
        int sessionHours() default 12;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Answers answers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Embedding embedding;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Generation generation;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Documents documents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Consents consents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Models models;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Policies policies;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Access access;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Platform platform;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Energy energy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Backups backups;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Commands commands;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile Evidences evidences;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    transient volatile TransparencyLog log;

    private final transient Configuration<Config> configuration;
    private transient ServiceRegistration<Configured> registration;
    private final transient Workers workers;
    private final transient BodyReader bodies;
    private final transient Streams streams = new Streams();
    private final transient Present present = new Present();
    final transient Backends backends;
    final transient Router router;
    final transient Api api;

    @Activate
    public Gateway(BundleContext context, @Reference AccessStore store, Map<String, Object> properties) {
        this(
                store,
                context.getBundle().getVersion().toString(),
                Configuration.of(PID, Config.class, properties, Gateway::check, LOG::warn),
                Traffic.REQUESTS);
        // By hand: as a component service it would be needed by the platform, which it needs itself.
        Configured configured = configuration::state;
        registration = context.registerService(Configured.class, configured, null);
    }

    Gateway(AccessStore store, String version, Config config, Logger requests) {
        this(store, version, Configuration.of(PID, Config.class, config), requests);
    }

    private Gateway(AccessStore store, String version, Configuration<Config> configuration, Logger requests) {
        this.configuration = configuration;
        Config config = configuration.values();
        Limits limits = new Limits(
                inRange("mostJsonBytes", config.mostJsonBytes(), 1 << 10, 64 << 20),
                inRange("mostDocumentBytes", config.mostDocumentBytes(), 1 << 10, 256 << 20));
        bodies = new BodyReader(
                inRange("bodySeconds", config.bodySeconds(), 1, 3_600),
                inRange("bodyBudgetBytes", config.bodyBudgetBytes(), 1 << 20, 1 << 30));
        int threads = inRange("workers", config.workers(), 1, 1_024);
        int queue = inRange("queue", config.queue(), 1, 100_000);
        int seconds = inRange("requestSeconds", config.requestSeconds(), 1, 3_600);
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        Passwords passwords = new Passwords(store, random, System::nanoTime);
        Sessions sessions = new Sessions(
                store,
                random,
                System::nanoTime,
                Duration.ofMinutes(inRange("sessionIdleMinutes", config.sessionIdleMinutes(), 1, 1_440)),
                Duration.ofHours(inRange("sessionHours", config.sessionHours(), 1, 168)));
        backends = new Current();
        router = new Router();
        workers = new Workers(threads, queue, seconds, WORK_ENDS);
        Traffic traffic = new Traffic(System::nanoTime, requests);
        Authentication authentication = new Authentication(store, passwords, sessions);
        SystemRoutes.add(router, backends, limits, version);
        OpenApiRoutes.add(router);
        MetricsRoutes.add(router, backends, traffic, version);
        LiveStatus status = new LiveStatus(backends, traffic, clock, System::nanoTime);
        LiveRoutes.add(router, status, streams, authentication);
        SessionRoutes.add(router, backends, store, passwords, sessions);
        AccessRoutes.add(router, backends, limits);
        LogRoutes.add(router, backends);
        AnswerRoutes.add(router, backends, limits, workers, streams);
        DocumentRoutes.add(router, backends, limits);
        EmbeddingRoutes.add(router, backends, limits);
        LongSupplier epochSeconds = () -> clock.instant().getEpochSecond();
        CompletionRoutes.add(router, backends, limits, streams, epochSeconds);
        ChatRoutes.add(router, backends, limits, streams, epochSeconds);
        ResponseRoutes.add(router, backends, limits, streams, epochSeconds);
        TokenizeRoutes.add(router, backends, limits);
        ModelRoutes.add(router, backends, limits, clock.instant().getEpochSecond());
        ConsentRoutes.add(router, backends, limits);
        OperateRoutes.add(router, backends, limits);
        PolicyRoutes.add(router, backends, limits);
        api = new Api(
                router,
                new SiteGuard(config.hosts()),
                authentication,
                bodies,
                workers,
                new CallerLimits(inRange("callerRequests", config.callerRequests(), 1, 10_000)),
                traffic);
    }

    private static void check(Config config) {
        inRange("mostJsonBytes", config.mostJsonBytes(), 1 << 10, 64 << 20);
        inRange("mostDocumentBytes", config.mostDocumentBytes(), 1 << 10, 256 << 20);
        inRange("bodySeconds", config.bodySeconds(), 1, 3_600);
        inRange("bodyBudgetBytes", config.bodyBudgetBytes(), 1 << 20, 1 << 30);
        inRange("workers", config.workers(), 1, 1_024);
        inRange("queue", config.queue(), 1, 100_000);
        inRange("requestSeconds", config.requestSeconds(), 1, 3_600);
        inRange("sessionIdleMinutes", config.sessionIdleMinutes(), 1, 1_440);
        inRange("sessionHours", config.sessionHours(), 1, 168);
        inRange("callerRequests", config.callerRequests(), 1, 10_000);
        for (String host : String.join(",", config.hosts()).split(",")) {
            if (!host.isBlank() && !HOST.matcher(host.strip()).matches()) {
                throw new InvalidConfigurationException(
                        PID, "hosts", host.strip(), "host names without port and path, addresses, and *");
            }
        }
    }

    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        if (configuration.change(properties, (before, after) -> "", LOG::warn)) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    @Deactivate
    void deactivate() {
        if (registration != null) {
            registration.unregister();
        }
        streams.close();
        workers.close();
        present.awaitNone(ANSWERS_LEAVE_MILLIS);
        bodies.close();
    }

    /** The HTTP server lets go of the servlet, for example to start anew with other settings. */
    @Override
    public void destroy() {
        streams.endAll();
    }

    @Override
    protected void service(HttpServletRequest from, HttpServletResponse to) throws IOException {
        String rest = from.getPathInfo();
        Request request = new Request(
                UUID.randomUUID().toString(),
                from.getMethod(),
                rest == null ? from.getServletPath() : from.getServletPath() + rest,
                from.getQueryString(),
                from::getHeader,
                from.getRemoteAddr(),
                from.isSecure(),
                new byte[0]);
        present.enter();
        try (Api.Served served = api.answer(request, from.getRequestURI(), from.getInputStream())) {
            write(served.response(), from.getMethod(), to);
        } finally {
            present.leave();
        }
    }

    private static void write(Response response, String method, HttpServletResponse to) throws IOException {
        to.setStatus(response.status());
        for (Map.Entry<String, String> header : response.headers().entrySet()) {
            to.setHeader(header.getKey(), header.getValue());
        }
        if (response.stream() != null) {
            stream(response.stream(), to);
            return;
        }
        to.setContentLength(response.body().length);
        if (!method.equals("HEAD")) {
            to.getOutputStream().write(response.body());
        }
    }

    /** A client that has gone is no error: the stream ends. */
    private static void stream(Response.Stream stream, HttpServletResponse to) {
        try {
            stream.run(new EventStream(to.getOutputStream()));
        } catch (IOException e) {
            LOG.debug("A client left its stream of events: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int inRange(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "org.candor.gateway: " + key + " is " + value + "; allowed are " + least + " to " + most);
        }
        return value;
    }

    /** The services of this moment. */
    private final class Current implements Backends {
        @Override
        public Answers answers() {
            return answers;
        }

        @Override
        public Embedding embedding() {
            return embedding;
        }

        @Override
        public Generation generation() {
            return generation;
        }

        @Override
        public Documents documents() {
            return documents;
        }

        @Override
        public Consents consents() {
            return consents;
        }

        @Override
        public Models models() {
            return models;
        }

        @Override
        public Policies policies() {
            return policies;
        }

        @Override
        public Access access() {
            return access;
        }

        @Override
        public Platform platform() {
            return platform;
        }

        @Override
        public Energy energy() {
            return energy;
        }

        @Override
        public Backups backups() {
            return backups;
        }

        @Override
        public Commands commands() {
            return commands;
        }

        @Override
        public Evidences evidences() {
            return evidences;
        }

        @Override
        public TransparencyLog log() {
            return log;
        }
    }
}
