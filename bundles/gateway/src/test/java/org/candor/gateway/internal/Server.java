package org.candor.gateway.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.candor.api.access.AccessKey;
import org.candor.api.access.AccessRegister;
import org.candor.api.access.UserAccount;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;
import org.candor.api.model.Activation;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.SelfTestResult;
import org.candor.api.model.StoreUsage;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Policies;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.SearchResult;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.TransparencyLog;

/** A gateway whose governed services are fakes that note who called them with what. */
final class Server implements AutoCloseable {

    static final Evidence EVIDENCE = new Evidence(
            "id-1",
            Map.of("v", 1),
            Map.of("policy", "b3BlbmluZw=="),
            "proof text",
            Map.of("joules", 0.5),
            Map.of("decision", "permit"));
    static final ModelId ENCODER = new ModelId("encoder-en", "1.0.0", "sha256:" + "e".repeat(64));
    static final ModelId BASE = new ModelId("stories", "1.0.0", "sha256:" + "b".repeat(64));
    static final ModelRevision REVISION = new ModelRevision(
            ENCODER,
            "bert",
            Set.of("embed"),
            ModelState.ACTIVE,
            "",
            3,
            Map.of("licence", "MIT"),
            "bundle x 1.0.0",
            "ships with this build",
            7,
            9,
            new SelfTestResult(true, 4, 0.001, Double.POSITIVE_INFINITY, 0.5, 12, Instant.EPOCH),
            List.of(new ModelTransition(ENCODER, ModelState.ACTIVE, false, "anna", "default", "first", Instant.EPOCH)),
            null);

    final Path home;
    final AccessStore store;
    final Gateway gateway;
    final ScriptedText text = new ScriptedText(EVIDENCE);
    final List<String> calls = new ArrayList<>();
    /** Lines of the request log. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    Caller lastCaller;
    OperationException failure;
    RuntimeException surprise;
    boolean ready = true;
    boolean inspected = true;
    Models.Overview models;
    DocumentMetadata lastMetadata;
    byte[] lastContent;

    Server(Path home, String... hosts) throws IOException {
        this.home = home;
        store = new AccessStore(home, new SecureRandom(), Clock.systemUTC());
        gateway = new Gateway(store, "1.0.0", config(4 << 10, 8 << 10, 1 << 20, 10, hosts), new Lines(requests));
        gateway.answers = new FakeAnswers();
        gateway.embedding = new FakeEmbedding();
        gateway.generation = text;
        gateway.documents = new FakeDocuments();
        gateway.consents = new FakeConsents();
        gateway.models = new FakeModels();
        gateway.policies = new FakePolicies();
        gateway.access = new FakeAccess();
        gateway.platform = new FakePlatform();
        gateway.energy = this::history;
        gateway.backups = new FakeBackups();
        gateway.commands = (caller, line) -> {
            call(caller, "run " + line);
            return new Commands.Result(3, "表\n", "no");
        };
        gateway.evidences = new FakeEvidences();
        gateway.log = new FakeLog();
    }

    String key() throws IOException {
        return Files.readString(home.resolve("cli.key")).strip();
    }

    String password() throws IOException {
        return Files.readString(home.resolve("admin.password.once")).strip();
    }

    @Override
    public void close() {
        gateway.deactivate();
        store.close();
    }

    /** A request with the command line's key. */
    Reply call(String method, String target, String json) throws IOException {
        return call(method, target, json, Map.of("Authorization", "Bearer " + key()));
    }

    Reply call(String method, String target, String json, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.put("Host", "localhost:8181");
        if (json != null) {
            all.put("Content-Type", "application/json");
        }
        all.putAll(headers);
        int question = target.indexOf('?');
        Request request = new Request(
                "request-1",
                method,
                question < 0 ? target : target.substring(0, question),
                question < 0 ? null : target.substring(question + 1),
                all::get,
                "127.0.0.1",
                all.containsKey("X-Test-Tls"),
                new byte[0]);
        byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        Api.Served served = gateway.api.answer(request, "/", new ByteArrayInputStream(body));
        if (served.response().stream() == null) {
            served.close();
        }
        return new Reply(served.response(), served);
    }

    /** A response, with its body read; one that is a stream is open until its text is. */
    record Reply(Response response, Api.Served served) {

        int status() {
            return response.status();
        }

        /** The body, or what a stream of events says. */
        String text() {
            if (response.stream() == null) {
                return new String(response.body(), StandardCharsets.UTF_8);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (served) {
                response.stream().run(new EventStream(out));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return out.toString(StandardCharsets.UTF_8);
        }

        Map<String, Object> json() {
            return JsonText.readObject(response.body());
        }

        Map<?, ?> error() {
            return (Map<?, ?>) json().get("error");
        }

        Object code() {
            return error().get("code");
        }
    }

    static Gateway.Config config(int json, int document, int budget, int seconds, String... hosts) {
        return new Gateway.Config() {
            @Override
            public String[] hosts() {
                return hosts;
            }

            @Override
            public int mostJsonBytes() {
                return json;
            }

            @Override
            public int mostDocumentBytes() {
                return document;
            }

            @Override
            public int bodyBudgetBytes() {
                return budget;
            }

            @Override
            public int bodySeconds() {
                return seconds;
            }

            @Override
            public int workers() {
                return 2;
            }

            @Override
            public int queue() {
                return 4;
            }

            @Override
            public int requestSeconds() {
                return seconds;
            }

            @Override
            public int callerRequests() {
                return 8;
            }

            @Override
            public int sessionIdleMinutes() {
                return 30;
            }

            @Override
            public int sessionHours() {
                return 12;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Gateway.Config.class;
            }
        };
    }

    private void call(Caller caller, String what) {
        lastCaller = caller;
        calls.add(what);
        if (failure != null) {
            throw failure;
        }
        if (surprise != null) {
            throw surprise;
        }
    }

    static DocumentInfo document(String name) {
        return new DocumentInfo(
                "default",
                name,
                "sha256:" + "d".repeat(64),
                "标题",
                "zh",
                "owner",
                Set.of("alice"),
                Set.of(),
                Set.of("steward", "auditor"),
                "CC0",
                3,
                3,
                Instant.EPOCH);
    }

    /** What the governor does, without governing. */
    private final class FakeAccess implements Access {

        private interface Change<T> {
            T make() throws IOException;
        }

        private <T> T change(Caller caller, String what, Change<T> change) {
            call(caller, what);
            try {
                return change.make();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public List<UserAccount> users(Caller caller) {
            return change(caller, "users", () -> store.users(null));
        }

        @Override
        public UserChange createUser(Caller caller, String name, String tenant, Set<String> roles) {
            AccessRegister.Issued<UserAccount> issued = change(
                    caller,
                    "createUser " + name + " " + tenant + " " + roles,
                    () -> store.createUser(name, "default", roles));
            return new UserChange(issued.made(), issued.secret(), EVIDENCE);
        }

        @Override
        public UserChange setRoles(Caller caller, String name, Set<String> roles) {
            UserAccount user =
                    change(caller, "setRoles " + name + " " + roles, () -> store.setRoles(name, null, roles));
            return new UserChange(user, null, EVIDENCE);
        }

        @Override
        public Evidence removeUser(Caller caller, String name) {
            return change(caller, "removeUser " + name, () -> {
                store.removeUser(name, null);
                return EVIDENCE;
            });
        }

        @Override
        public UserChange resetPassword(Caller caller, String name) {
            AccessRegister.Issued<UserAccount> issued =
                    change(caller, "resetPassword " + name, () -> store.resetPassword(name, null));
            return new UserChange(issued.made(), issued.secret(), EVIDENCE);
        }

        @Override
        public Evidence setPassword(Caller caller, String name, String password) {
            return change(caller, "setPassword " + name, () -> {
                store.setPassword(name, null, password);
                return EVIDENCE;
            });
        }

        @Override
        public Evidence changeOwnPassword(Caller caller, String password) {
            return change(caller, "changeOwnPassword", () -> {
                store.setPassword(caller.subject(), caller.tenant(), password);
                return EVIDENCE;
            });
        }

        @Override
        public List<AccessKey> keys(Caller caller) {
            return change(caller, "keys", () -> store.keys(null));
        }

        @Override
        public KeyChange createKey(Caller caller, String name, String tenant, Set<String> roles, Instant expires) {
            AccessRegister.Issued<AccessKey> issued = change(
                    caller,
                    "createKey " + name + " " + tenant + " " + roles + " " + expires,
                    () -> store.createKey(name, "default", roles, expires));
            return new KeyChange(issued.made(), issued.secret(), EVIDENCE);
        }

        @Override
        public KeyChange revokeKey(Caller caller, String id) {
            return new KeyChange(change(caller, "revokeKey", () -> store.revokeKey(id, null)), null, EVIDENCE);
        }
    }

    private final class FakeAnswers implements Answers {
        @Override
        public Map<String, Object> answer(Caller caller, Question question, Consumer<String> progress) {
            if (failure == null) {
                progress.accept("permitted");
            }
            call(caller, "answer " + question);
            progress.accept("found");
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", "id-1");
            answer.put("question", question.text());
            answer.put("answer", null);
            answer.put("energy", Map.of("joules", 1.0E-5));
            return answer;
        }
    }

    private final class FakeEmbedding implements Embedding {
        @Override
        public Result embed(Caller caller, String model, List<String> texts, String purpose, String user) {
            call(caller, "embed " + model + " " + texts + (user == null ? "" : " for " + user));
            return result(model, texts.size());
        }

        @Override
        public Result embedTokens(Caller caller, String model, List<int[]> tokens, String purpose, String user) {
            call(
                    caller,
                    "embedTokens " + model + " "
                            + tokens.stream().map(Arrays::toString).toList());
            return result(model, tokens.size());
        }

        private Result result(String model, int count) {
            if (!model.equals("encoder-en")) {
                throw new OperationException(Kind.NOT_FOUND, "model_not_found", "No model.", "model", null);
            }
            float[][] vectors = new float[count][];
            int[] tokens = new int[count];
            boolean[] truncated = new boolean[count];
            for (int i = 0; i < count; i++) {
                vectors[i] = new float[] {i + 0.1f, -1e-7f, 0};
                tokens[i] = 4 + i;
                truncated[i] = i == 1;
            }
            return new Result(ENCODER, new Embeddings(vectors, tokens, truncated, 5), EVIDENCE);
        }
    }

    private final class FakeDocuments implements Documents {
        @Override
        public Found search(Caller caller, String query, String language, String purpose, int limit) {
            call(caller, "search " + query + " " + limit);
            Hit hit = new Hit(document("a.md"), 0, 3, "abc", 0.5, Double.NaN, 0.25);
            return new Found(new SearchResult(List.of(hit), "en", List.of(), 1), List.of(), EVIDENCE);
        }

        @Override
        public List<DocumentInfo> list(Caller caller) {
            call(caller, "list");
            return List.of(document("a/文档.md"));
        }

        @Override
        public LibraryStatus status(Caller caller) {
            return new LibraryStatus("/library", "indexing", 1, 2, Double.NaN, 1, 3, List.of(), List.of());
        }

        @Override
        public Text read(Caller caller, String document) {
            call(caller, "read " + document);
            return new Text(document(document), "text 马", List.of(), EVIDENCE);
        }

        @Override
        public Evidence mirror(Caller caller, Path folder) {
            call(caller, "mirror " + folder);
            return EVIDENCE;
        }

        @Override
        public Added add(Caller caller, String document, byte[] content, DocumentMetadata metadata) {
            call(caller, "add " + document);
            lastContent = content;
            lastMetadata = metadata;
            return new Added(document(document), EVIDENCE);
        }

        @Override
        public Added addFile(Caller caller, String document, Path file, DocumentMetadata metadata) {
            call(caller, "addFile " + document + " " + file);
            return new Added(document("b.md"), EVIDENCE);
        }

        @Override
        public Evidence delete(Caller caller, String document) {
            call(caller, "delete " + document);
            return EVIDENCE;
        }
    }

    private final class FakeConsents implements Consents {
        private Change change(ConsentState state, String subject, String purpose, String reason) {
            return new Change(
                    new ConsentRecord(
                            3, "default", subject, purpose == null ? "-" : purpose, state, "cli", "", Instant.EPOCH),
                    List.of(document("a.md")),
                    EVIDENCE);
        }

        @Override
        public Change grant(Caller caller, String subject, String purpose, String reason) {
            call(caller, "grant " + subject);
            return change(ConsentState.GRANTED, subject, purpose, reason);
        }

        @Override
        public Change withdraw(Caller caller, String subject, String purpose, String reason) {
            call(caller, "withdraw " + subject);
            return change(ConsentState.WITHDRAWN, subject, purpose, reason);
        }

        @Override
        public Change erase(Caller caller, String subject, String reason) {
            call(caller, "erase " + subject);
            return change(ConsentState.ERASED, subject, "*", reason);
        }

        @Override
        public Preview preview(Caller caller, String subject) {
            call(caller, "preview " + subject);
            return new Preview(List.of(document("a.md")), 2, true);
        }

        @Override
        public List<ConsentRecord> records(Caller caller, String subject) {
            call(caller, "records " + subject);
            return List.of(change(ConsentState.GRANTED, subject, "p", "").entry());
        }

        @Override
        public List<String> subjects(Caller caller) {
            call(caller, "subjects");
            return List.of("alice");
        }
    }

    private final class FakeModels implements Models {
        @Override
        public List<ModelRevision> list(Caller caller) {
            call(caller, "models");
            ModelId tales = new ModelId("tales", "1.0.0", "sha256:" + "d".repeat(64));
            ModelId failed = new ModelId("encoder-zh", "2.0.0", "sha256:" + "f".repeat(64));
            return List.of(
                    new ModelRevision(ENCODER, "bert", Set.of("embed"), ModelState.ACTIVE, "", 0, Map.of()),
                    new ModelRevision(
                            failed, "bert", Set.of("embed"), ModelState.FAILED, "digest differs", 0, Map.of()),
                    new ModelRevision(tales, "lora", Set.of("generate"), ModelState.ACTIVE, "", 0, Map.of(), BASE));
        }

        @Override
        public Overview overview(Caller caller) {
            call(caller, "overview");
            if (models != null) {
                return models;
            }
            Activation active = new Activation("encoder-en", ENCODER, "cli", "first", Instant.EPOCH);
            return new Overview(
                    List.of(new Route("encoder-en", "embed", active, null, "", List.of(active))),
                    List.of(REVISION),
                    new StoreUsage(7, 100, 50, List.of(new StoreUsage.Entry(ENCODER, 7, 2))));
        }

        @Override
        public Checked install(Caller caller, ModelSource source, String reason) {
            call(
                    caller,
                    "install " + source.path() + " " + source.name() + " " + source.version() + " " + source.weights()
                            + (source.base() == null ? "" : " on " + source.base()));
            return new Checked(REVISION, EVIDENCE);
        }

        @Override
        public Checked verify(Caller caller, String name, String version, String reason) {
            call(caller, "verify " + name + " " + version);
            return new Checked(REVISION, EVIDENCE);
        }

        @Override
        public Removed remove(Caller caller, String name, String version, String reason) {
            call(caller, "remove " + name + " " + version);
            throw new OperationException(Kind.INVALID, "model_refused", "A route leads to it.", "version", null);
        }

        @Override
        public Change activate(Caller caller, String name, String version, String reason) {
            call(caller, "activate " + name + " " + version);
            return new Change(
                    new Activation(name, ENCODER, "cli", reason, Instant.EPOCH),
                    name.equals("stories") ? List.of(BASE) : List.of(),
                    EVIDENCE);
        }

        @Override
        public Change rollBack(Caller caller, String route, String reason) {
            call(caller, "rollBack " + route);
            return new Change(new Activation(route, ENCODER, "cli", reason, Instant.EPOCH), EVIDENCE);
        }
    }

    private Energy.History history(Caller caller, int minutes) {
        call(caller, "history " + minutes);
        EnergyWindow window =
                new EnergyWindow(Instant.EPOCH, 3, 1, Map.of("answer", new EnergyWindow.Operations(2, 4)));
        return new Energy.History(
                new EnergyStatus("estimate", "a test", 5, 2, Map.of("answer", 3.0)),
                Duration.ofMinutes(1),
                List.of(window));
    }

    private final class FakeBackups implements Backups {
        @Override
        public Backup backUp(Caller caller, Path to) {
            call(caller, "backUp " + to);
            return new Backup(to, 10, "sha256:00", 3, 7, EVIDENCE);
        }

        @Override
        public Staged stageRestore(Caller caller, Path from) {
            call(caller, "stageRestore " + from);
            return new Staged(Instant.EPOCH, "1.0.0", 7, List.of("log", "consent"), EVIDENCE);
        }
    }

    private final class FakePolicies implements Policies {
        private static final PolicyId STRICT = new PolicyId("strict", "1.0.0", "sha256:" + "b".repeat(64));
        private static final PolicyActivation ACTIVE = new PolicyActivation(STRICT, "cli", "why", Instant.EPOCH);

        @Override
        public Overview list(Caller caller) {
            call(caller, "policies");
            PolicyId bad = new PolicyId("bad", "1.0.0", "");
            return new Overview(
                    ACTIVE,
                    List.of(
                            new PolicyCandidate(
                                    bad, "bundle b", PolicyCandidate.State.REFUSED, "no card", "", Map.of()),
                            new PolicyCandidate(
                                    STRICT,
                                    "bundle s",
                                    PolicyCandidate.State.ACTIVE,
                                    "",
                                    "ships with this build",
                                    Map.of())),
                    List.of(ACTIVE));
        }

        @Override
        public PolicyTests test(Caller caller, String name, String version) {
            call(caller, "testPolicy " + name + " " + version);
            return new PolicyTests(STRICT, 2, List.of(new PolicyTests.Failure("t", "permit", "deny no-rule")));
        }

        @Override
        public PolicyReplay replay(Caller caller, String name, String version, int decisions) {
            call(caller, "replay " + name + " " + version + " " + decisions);
            return new PolicyReplay(
                    STRICT,
                    3,
                    Instant.EPOCH,
                    2,
                    0,
                    0,
                    List.of(new PolicyReplay.Difference(
                            "answer",
                            "research",
                            Set.of("viewer", "auditor"),
                            2,
                            1,
                            new PolicyReplay.Outcome(true, "permitted", List.of("mask:email")),
                            new PolicyReplay.Outcome(false, "role-missing", List.of()),
                            Instant.EPOCH)));
        }

        @Override
        public Change activate(Caller caller, String name, String version, String reason) {
            call(caller, "activatePolicy " + name + " " + version + " " + reason);
            return new Change(ACTIVE, EVIDENCE);
        }

        @Override
        public Change rollBack(Caller caller, String reason) {
            call(caller, "rollBackPolicy " + reason);
            return new Change(ACTIVE, EVIDENCE);
        }
    }

    private final class FakeEvidences implements Evidences {
        @Override
        public Proof proof(Caller caller, String id) {
            call(caller, "proof " + id);
            return new Proof(41, 42, Map.of("v", 1), "proof text");
        }

        @Override
        public Page entries(Caller caller, long start, int count) {
            call(caller, "entries " + start + " " + count);
            return new Page(42, List.of(new Entry(start, Map.of("v", 1))));
        }

        @Override
        public Consistency consistency(Caller caller, long from, long to) {
            call(caller, "consistency " + from + " " + to);
            return new Consistency(from, 42, List.of(new byte[32]));
        }
    }

    /** A platform of which only the status matters. */
    record StatusOnly(Supplier<Map<String, Object>> values) implements Platform {
        @Override
        public Components components(Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Check> checks() {
            return List.of();
        }

        @Override
        public boolean mayInspect(Caller caller) {
            return true;
        }

        @Override
        public List<Permission> permissions(Caller caller) {
            return List.of();
        }

        @Override
        public Map<String, Object> status() {
            return values.get();
        }
    }

    private final class FakePlatform implements Platform {
        @Override
        public Components components(Caller caller) {
            call(caller, "components");
            return new Components(
                    List.of(new BundleState("org.candor.energy", "1.0.0", "active", List.of(), null)),
                    List.of(new ComponentState(
                            "Ledger",
                            "org.candor.consent",
                            "unsatisfied",
                            List.of("service X"),
                            List.of("service Y"),
                            "org.candor.consent")));
        }

        @Override
        public List<Check> checks() {
            return List.of(new Check("models", ready, ready ? "active" : "no model is installed"));
        }

        @Override
        public boolean mayInspect(Caller caller) {
            return inspected && caller != null;
        }

        @Override
        public List<Permission> permissions(Caller caller) {
            return ready
                    ? List.of(
                            new Permission("answer", true, "permitted", Map.of(), List.of("mask-personal-data")),
                            new Permission(
                                    "admin.backup.create",
                                    caller.roles().contains("admin"),
                                    "role-missing",
                                    Map.of("en", "Not yours.", "zh", "不行。"),
                                    List.of()))
                    : List.of();
        }

        @Override
        public Map<String, Object> status() {
            return Map.of("log", Map.of("origin", "o", "key", "k", "size", 1));
        }
    }

    private static final class FakeLog implements TransparencyLog {
        @Override
        public Appended append(byte[] entry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Appended> appendLater(byte[] entry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String origin() {
            return "o";
        }

        @Override
        public String verifierKey() {
            return "k";
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public String checkpoint() {
            return "o\n1\nroot\n\n\u2014 o sig\n";
        }

        @Override
        public byte[] entry(long index) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<byte[]> inclusion(long index, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<byte[]> consistency(long from, long to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<byte[]> resource(String path) {
            return path.equals("tile/0/000.p/1") || path.equals("tile/entries/000.p/1")
                    ? Optional.of(new byte[] {1, 2, (byte) 0xff})
                    : Optional.empty();
        }
    }
}
