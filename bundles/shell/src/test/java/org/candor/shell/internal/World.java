package org.candor.shell.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.action.command.ManagerImpl;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.support.parsing.DefaultParser;
import org.candor.api.access.AccessKey;
import org.candor.api.access.UserAccount;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Policies;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.MerkleTree;
import org.candor.proof.SigningKey;

/** Karaf's shell with our commands in it, and services behind them that note who called them with what. */
final class World implements AutoCloseable {

    static final Evidence EVIDENCE = new Evidence(
            "id-1",
            Map.of("v", 1),
            Map.of("policy", "b3BlbmluZw=="),
            "proof",
            Map.of("joules", 1.5, "method", "estimate"),
            Map.of());
    static final ModelId ENCODER = new ModelId("encoder-en", "1.0.0", "sha256:" + "e".repeat(64));
    static final ModelId FAILED = new ModelId("encoder-zh", "2.0.0", "sha256:" + "f".repeat(64));

    static final PolicyId STRICT = new PolicyId("strict", "1.0.0", "sha256:" + "a".repeat(64));

    static final String SECRET = "made-by-chance";
    private static final long LEAVES = 300;
    private static final SigningKey KEY = key();

    final List<String> calls = new ArrayList<>();
    final Operations operations = new Operations();
    final CommandRunner runner;
    Platform.Components components = new Platform.Components(
            List.of(new Platform.BundleState("org.candor.energy", "1.0.0", "active", List.of(), null)),
            List.of(new Platform.ComponentState(
                    "org.candor.consent.internal.ConsentLedger",
                    "org.candor.consent",
                    "active",
                    List.of(),
                    List.of("service x"),
                    "org.candor.consent")));
    final ScriptedText text = new ScriptedText();
    PolicyTests tests = new PolicyTests(STRICT, 12, List.of());
    ModelRevision verified = revision();
    List<ModelId> adapters = List.of();
    List<ModelRevision> models = List.of(
            revision(),
            new ModelRevision(FAILED, "bert", Set.of("embed"), ModelState.FAILED, "digest differs", 0, Map.of()));
    Caller lastCaller;
    List<Object> lastArguments;
    OperationException failure;
    /** Operations that the caller may not do. */
    Set<String> denied = Set.of();

    Map<String, List<String>> obligations = Map.of();

    private final ThreadIOImpl threads = new ThreadIOImpl();
    private final SessionFactoryImpl sessions;
    private final Callers callers = new Callers(Map.of(), () -> null);

    World() {
        threads.start();
        sessions = new SessionFactoryImpl(threads);
        sessions.getRegistry().register(operations);
        sessions.getRegistry().register(callers);
        ManagerImpl manager = new ManagerImpl(sessions.getRegistry(), sessions.getRegistry());
        classes().forEach(manager::register);
        runner = new CommandRunner(sessions, callers);
        operations.answers = (caller, question, progress) -> {
            call(caller, "answer " + question);
            return answer(question);
        };
        operations.generation = fake(Generation.class);
        operations.documents = fake(Documents.class);
        operations.consents = fake(Consents.class);
        operations.models = fake(Models.class);
        operations.energy = fake(Energy.class);
        operations.backups = fake(Backups.class);
        operations.platform = fake(Platform.class);
        operations.inventory = () -> components;
        operations.policies = fake(Policies.class);
        operations.access = fake(Access.class);
        operations.evidences = fake(Evidences.class);
        operations.log = fake(TransparencyLog.class);
    }

    /** Every command class of the bundle. */
    static List<Class<?>> commands() {
        return classes().stream()
                .filter(type -> type.isAnnotationPresent(Command.class))
                .toList();
    }

    /** Every command and completer of the bundle. */
    private static List<Class<?>> classes() {
        try {
            Path folder = Path.of(Operations.class.getResource("command").toURI());
            try (Stream<Path> files = Files.list(folder)) {
                List<Class<?>> types = new ArrayList<>();
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString().replace(".class", "");
                    Class<?> type = Class.forName(Operations.class.getPackageName() + ".command." + name);
                    if (type.isAnnotationPresent(Service.class)) {
                        types.add(type);
                    }
                }
                return types;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is offered for the last word of a line, sorted. */
    List<String> complete(Caller caller, String line) {
        Session session = sessions.create(InputStream.nullInputStream(), System.out, System.err);
        callers.open(session, caller);
        try {
            List<String> candidates = new ArrayList<>();
            String command = line.substring(0, line.indexOf(' '));
            sessions.getRegistry()
                    .getCommand("candor", command)
                    .getCompleter(false)
                    .complete(session, new DefaultParser().parse(session, line, line.length()), candidates);
            return candidates.stream().map(String::strip).sorted().toList();
        } finally {
            callers.close(session);
            session.close();
        }
    }

    @Override
    public void close() {
        sessions.stop();
        threads.stop();
    }

    private void call(Caller caller, String what) {
        lastCaller = caller;
        calls.add(what);
        if (failure != null) {
            throw failure;
        }
    }

    private static Map<String, Object> answer(Answers.Question question) {
        boolean known = !question.text().equals("unknown");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", "id-1");
        answer.put("answer", known ? "同意可以随时撤回。" : null);
        answer.put("reason", known ? null : "no support");
        answer.put("citations", List.of(Map.of("document", "a.md", "start", 3, "end", 9, "text", "同意可以随时撤回。")));
        answer.put("energy", Map.of("joules", 1.5, "method", "estimate"));
        return answer;
    }

    private <T> T fake(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof Caller caller) {
                        lastArguments = java.util.Arrays.asList(arguments);
                        call(caller, method.getName());
                    }
                    return result(type.getSimpleName() + "." + method.getName(), arguments);
                }));
    }

    private Object result(String method, Object[] arguments) {
        return switch (method) {
            case "Documents.list" -> List.of(document("hr/信.pdf"), document("a.md"));
            case "Documents.status" ->
                new LibraryStatus("/library", "idle", 2, 2, Double.NaN, 2, 3, List.of(), List.of());
            case "Documents.addFile" -> new Documents.Added(document("hr/letter.pdf"), EVIDENCE);
            case "Documents.delete" -> EVIDENCE;
            case "Consents.subjects" -> List.of("alice", "本");
            case "Consents.records" -> List.of(entry(ConsentState.GRANTED));
            case "Consents.grant" -> new Consents.Change(entry(ConsentState.GRANTED), null, EVIDENCE);
            case "Consents.withdraw" ->
                new Consents.Change(entry(ConsentState.WITHDRAWN), List.of(document("a.md")), EVIDENCE);
            case "Consents.erase" -> new Consents.Change(entry(ConsentState.ERASED), List.of(), EVIDENCE);
            case "Generation.generate" -> text.write((Generation.Sink) arguments[2]);
            case "Models.list" -> models;
            case "Models.activate", "Models.rollBack" ->
                new Models.Change(
                        new Activation("encoder-en", ENCODER, "cli", "why", Instant.EPOCH), adapters, EVIDENCE);
            case "Models.install", "Models.verify" -> new Models.Checked(verified, EVIDENCE);
            case "Models.remove" -> new Models.Removed(ENCODER, EVIDENCE);
            case "Policies.list" ->
                new Policies.Overview(
                        activation(),
                        List.of(new PolicyCandidate(
                                STRICT,
                                "bundle x",
                                PolicyCandidate.State.CANDIDATE,
                                "",
                                "signed by packs.example.org",
                                Map.of("title", "严格"))),
                        List.of(activation()));
            case "Policies.test" -> tests;
            case "Policies.activate", "Policies.rollBack" -> new Policies.Change(activation(), EVIDENCE);
            case "Policies.replay" ->
                new PolicyReplay(
                        STRICT,
                        100,
                        Instant.EPOCH,
                        1,
                        0,
                        0,
                        List.of(new PolicyReplay.Difference(
                                "answer",
                                "research",
                                Set.of("viewer"),
                                3,
                                2,
                                new PolicyReplay.Outcome(true, "permitted", List.of("mask:email")),
                                new PolicyReplay.Outcome(false, "purpose-not-permitted", List.of()),
                                Instant.EPOCH)));
            case "Access.keys" ->
                List.of(new AccessKey("k1", "cli", "default", Set.of("admin"), Instant.EPOCH, null, null));
            case "Access.users" ->
                List.of(new UserAccount("admin", "default", Set.of("admin"), Instant.EPOCH, true, null));
            case "Access.createKey", "Access.revokeKey" ->
                new Access.KeyChange(
                        new AccessKey("k2", "nightly", "default", Set.of("viewer"), Instant.EPOCH, null, null),
                        method.endsWith("createKey") ? SECRET : null,
                        EVIDENCE);
            case "Access.createUser", "Access.resetPassword", "Access.setRoles" ->
                new Access.UserChange(
                        new UserAccount("anna", "default", Set.of("operator"), Instant.EPOCH, true, null),
                        method.endsWith("setRoles") ? null : SECRET,
                        EVIDENCE);
            case "Access.removeUser" -> EVIDENCE;
            case "Evidences.entries" -> page((Long) arguments[1], (Integer) arguments[2]);
            case "Evidences.proof" -> new Evidences.Proof(1, 3, leaf(1), "c2sp.org/tlog-proof@v1\n");
            case "TransparencyLog.verifierKey" -> KEY.verifier().toString();
            case "TransparencyLog.checkpoint" ->
                KEY.sign(new Checkpoint("test.example/log", LEAVES, MerkleTree.root(LEAVES, World::node), List.of())
                        .text());
            case "Energy.history" ->
                new Energy.History(
                        new EnergyStatus("estimate", "a test", 5, 2, Map.of("answer", 3.0)),
                        Duration.ofMinutes(1),
                        List.of(new EnergyWindow(
                                Instant.EPOCH, 3, 1, Map.of("answer", new EnergyWindow.Operations(2, 4)))));
            case "Backups.backUp" ->
                new Backups.Backup((Path) arguments[1], 10, "sha256:" + "0".repeat(64), 3, 7, EVIDENCE);
            case "Backups.stageRestore" -> new Backups.Staged(Instant.EPOCH, "1.0.0", 7, List.of("log"), EVIDENCE);
            case "Platform.checks" -> List.of(new Platform.Check("models", true, "active: encoder-en 1.0.0"));
            case "Platform.status" ->
                Map.of(
                        "models",
                        List.of(Map.of("id", "encoder-en"), Map.of("id", "stories-tiny")),
                        "generators",
                        List.of(Map.of("id", "stories-tiny")),
                        "library",
                        Map.of("folder", "/srv/library"));
            case "Platform.components" -> components;
            case "Platform.permissions" -> permissions();
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private static Map<String, Object> leaf(long index) {
        return Map.of(
                "v",
                1,
                "time",
                Instant.EPOCH.toString(),
                "operation",
                "answer " + index,
                "commitments",
                Map.of("a", "b"));
    }

    private static byte[] node(int level, long index) {
        return level == 0
                ? MerkleTree.leafHash(Json.canonical(leaf(index)))
                : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
    }

    private static Evidences.Page page(long start, int count) {
        List<Evidences.Entry> entries = new ArrayList<>();
        for (long i = start; i < Math.min(LEAVES, start + count); i++) {
            entries.add(new Evidences.Entry(i, leaf(i)));
        }
        return new Evidences.Page(LEAVES, entries);
    }

    private static SigningKey key() {
        try {
            return SigningKey.generate("test.example/log");
        } catch (InvalidProofException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Platform.Permission> permissions() {
        return Stream.of(
                        "models.list",
                        "admin.documents.list",
                        "admin.policies.list",
                        "admin.consent.list",
                        "admin.access.list")
                .map(each -> new Platform.Permission(
                        each, !denied.contains(each), "", Map.of(), obligations.getOrDefault(each, List.of())))
                .toList();
    }

    private static ModelRevision revision() {
        return new ModelRevision(ENCODER, "bert", Set.of("embed"), ModelState.ACTIVE, "", 2, Map.of());
    }

    private static PolicyActivation activation() {
        return new PolicyActivation(STRICT, "anna", "why", Instant.EPOCH);
    }

    private static ConsentRecord entry(ConsentState state) {
        return new ConsentRecord(3, "default", "alice", "research", state, "cli", "a \u001b[2J reason", Instant.EPOCH);
    }

    private static DocumentInfo document(String name) {
        return new DocumentInfo(
                "default",
                name,
                "sha256:" + "d".repeat(64),
                "标题",
                "zh",
                "owner",
                Set.of("alice"),
                Set.of("research", "training"),
                Set.of("steward", "auditor"),
                "CC0",
                3,
                3,
                Instant.EPOCH);
    }
}
