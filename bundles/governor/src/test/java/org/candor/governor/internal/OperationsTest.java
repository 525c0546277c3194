package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.configuration.Configuration;
import org.candor.api.consent.ConsentState;
import org.candor.api.energy.EnergyHistory;
import org.candor.api.energy.EnergyWindow;
import org.candor.api.operation.Answers.Question;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Energy;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Operations;
import org.candor.api.operation.Platform;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {

    private final World world = new World();

    private static OperationException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(OperationException.class, call);
    }

    @Test
    void aChangeIsInTheLogBeforeItIsMadeAndAfter() {
        world.documents(world.path()).mirror(World.ASKER, Path.of("/library"));
        assertEquals(
                List.of(
                        "policy",
                        "consent",
                        "log",
                        "energy open admin.documents.mirror",
                        "mirror",
                        "energy settle",
                        "log"),
                world.events);
        assertTrue(world.log.text(0).contains("\"operation\":\"admin.documents.mirror/begun\""));
        assertTrue(world.log.text(1).contains("\"operation\":\"admin.documents.mirror\""));
        assertFalse(world.log.text(0).contains("/library\""), "no content in the log");
    }

    @Test
    void aChangeThatCannotBeLoggedFirstIsNotMade() {
        world.log.broken = true;
        assertEquals(
                "log-unavailable",
                refused(() -> world.documents(world.path()).mirror(World.ASKER, Path.of("/library")))
                        .code());
        assertNull(world.library.mirrored);
    }

    @Test
    void aChangeWhoseEndCannotBeLoggedIsNotAcknowledged() {
        world.log.failAfter = 1;
        assertEquals(
                "log-unavailable",
                refused(() -> world.documents(world.path()).mirror(World.ASKER, Path.of("/library")))
                        .code());
        assertEquals(Path.of("/library"), world.library.mirrored, "made, and its begin is logged");
    }

    @Test
    void aChangeThatFailsIsLoggedAsFailed() {
        world.library.failure = new IOException("no such folder");
        OperationException e = refused(() -> world.documents(world.path()).mirror(World.ASKER, Path.of("/library")));
        assertEquals(Kind.INVALID, e.kind());
        assertEquals("library", e.parameter());
        assertTrue(world.log.text(1).contains("\"operation\":\"admin.documents.mirror/failed\""));
    }

    @Test
    void aRefusedChangeIsNotMade() {
        world.policy.permits = false;
        assertEquals(
                Kind.DENIED,
                refused(() -> world.documents(world.path()).delete(World.ASKER, "a.md"))
                        .kind());
        assertEquals(List.of("policy", "log"), world.events);
        assertEquals("admin.documents.delete", world.policy.last.operation());
    }

    @Test
    void deletingWhatIsNotThereIsNotFound() {
        OperationException e = refused(() -> world.documents(world.path()).delete(World.ASKER, "a.md"));
        assertEquals(Kind.NOT_FOUND, e.kind());
        assertEquals("document_not_found", e.code());
    }

    @Test
    void passagesAreMaskedAndTheirSpansListed() {
        world.policy.obligations = List.of(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        Documents.Found found = world.documents(world.path()).search(World.ASKER, "mail", null, null, 5);
        assertEquals("mail ███████", found.result().hits().getFirst().text());
        assertEquals(List.of(Map.of("in", "data/0", "start", 5, "end", 12, "kind", "email")), found.masked());
        assertEquals("proof of 0", found.evidence().proof());
    }

    @Test
    void aWithdrawalReportsTheDocumentsItReaches() {
        world.library.documents.add(World.document("a.md", "alice"));
        world.library.documents.add(World.document("b.md", "bob"));
        Consents.Change change = world.consents(world.path()).withdraw(World.ASKER, "alice", null, "asked for it");
        assertEquals(ConsentState.WITHDRAWN, change.entry().state());
        assertEquals("question-answering", change.entry().purpose());
        assertEquals(
                List.of("a.md"),
                change.documents().stream().map(DocumentInfo::document).toList());
        assertEquals("asker", change.entry().actor());
    }

    @Test
    void aWithdrawalDoesNotWaitForTheLibrary() {
        ConsentOperations consents = world.consents(world.path());
        consents.library = null;
        assertNull(consents.withdraw(World.ASKER, "alice", null, null).documents());
        assertEquals(Set.of("alice"), world.consent.withdrawn);
    }

    @Test
    void anErasureDestroysTheKeyFirstAndThenTheDocuments() {
        world.library.documents.add(World.document("a.md", "alice"));
        Consents.Change change = world.consents(world.path()).erase(World.ASKER, "alice", "asked for it");
        assertEquals(1, change.documents().size());
        assertTrue(world.library.documents.isEmpty());
        assertTrue(world.events.indexOf("enter ERASED") < world.events.indexOf("library erase"));
    }

    @Test
    void anErasureThatLeavesDocumentsSaysSoAndIsLogged() {
        world.library.failure = new IOException("disk");
        OperationException e = refused(() -> world.consents(world.path()).erase(World.ASKER, "alice", null));
        assertEquals("erasure-incomplete", e.code());
        assertTrue(world.log.text(1).contains("admin.consent.erase/failed"));
    }

    @Test
    void withoutTheLibraryNothingIsErased() {
        ConsentOperations consents = world.consents(world.path());
        consents.library = null;
        assertEquals(
                "library-missing",
                refused(() -> consents.erase(World.ASKER, "alice", null)).code());
        assertTrue(world.consent.entries.isEmpty());
    }

    @Test
    void watchingProgressWritesNoEntry() {
        world.documents(world.path()).status(World.ASKER);
        assertTrue(world.log.entries.isEmpty());
        world.policy.permits = false;
        refused(() -> world.documents(world.path()).status(World.ASKER));
        assertEquals(1, world.log.entries.size(), "a refusal does");
    }

    @Test
    void controlCharactersAreNoText() {
        assertEquals("a\tb\r\nc", Requests.text("question", "a\tb\r\nc", 10));
        OperationException e = refused(() -> Requests.text("question", "a\0b", 10));
        assertTrue(e.getMessage().contains("U+0000"), e.getMessage());
    }

    @Test
    void onlyAllowedFoldersAreRead(@TempDir Path folder) throws IOException {
        Path open = Files.createDirectory(folder.resolve("open"));
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Path secret = Files.writeString(closed.resolve("secret.txt"), "secret");
        Path link = Files.createSymbolicLink(open.resolve("link.txt"), secret);
        Files.writeString(open.resolve("a.txt"), "text");
        DocumentOperations documents = new DocumentOperations(world.path(), null, "/nowhere, " + open);
        documents.library = world.library;
        for (Path file : List.of(secret, link)) {
            refused(() -> documents.addFile(World.ASKER, "x.txt", file, DocumentMetadata.NONE));
        }
        refused(() -> documents.mirror(World.ASKER, closed));
        documents.addFile(World.ASKER, "x.txt", open.resolve("a.txt"), DocumentMetadata.NONE);
        documents.mirror(World.ASKER, open);
        assertEquals(open, world.library.mirrored);
        assertTrue(world.log.text(world.log.entries.size() - 1).contains("\"operation\":\"admin.documents.mirror\""));
    }

    @Test
    void rolesDecideWhoSeesADocument() {
        DocumentOperations documents = world.documents(world.path());
        world.library.documents.add(World.document("open.md"));
        world.library.documents.add(World.document("own.md", Set.of(), Set.of("viewer", "auditor")));
        world.library.documents.add(World.document("other.md", Set.of(), Set.of("steward")));
        world.policy.denied = "admin.documents.add";
        assertEquals(List.of("open.md", "own.md"), names(documents.list(World.ASKER)));
        assertEquals("own.md", documents.read(World.ASKER, "own.md").document().document());
        assertEquals(
                Kind.NOT_FOUND,
                refused(() -> documents.read(World.ASKER, "other.md")).kind());
        documents.search(World.ASKER, "otters", null, null, 5);
        assertEquals(World.ASKER.roles(), world.retrieval.scope.roles());
        world.answers(world.path()).answer(World.ASKER, new Question("q", null, null));
        assertEquals(World.ASKER.roles(), world.retrieval.scope.roles());
    }

    @Test
    void whoMayAddDocumentsSeesThemAllButIsAnsweredByRole() {
        DocumentOperations documents = world.documents(world.path());
        world.library.documents.add(World.document("other.md", Set.of("ada"), Set.of("steward")));
        assertEquals(List.of("other.md"), names(documents.list(World.ASKER)));
        assertEquals(
                "other.md", documents.read(World.ASKER, "other.md").document().document());
        documents.search(World.ASKER, "otters", null, null, 5);
        assertFalse(world.retrieval.scope.admits(world.library.documents.getFirst()));
        world.consent.withdrawn.add("ada");
        assertEquals(
                Kind.NOT_FOUND,
                refused(() -> documents.read(World.ASKER, "other.md")).kind(),
                "consent counts for everybody");
    }

    @Test
    void aDocumentNamesRolesThatExist() {
        DocumentMetadata metadata = new DocumentMetadata(null, null, null, null, null, Set.of("boss"), null);
        OperationException e =
                refused(() -> world.documents(world.path()).add(World.ASKER, "a.md", new byte[1], metadata));
        assertEquals("roles", e.parameter());
        assertEquals(
                "roles: \"boss\" is no role; allowed are admin, approver, auditor, operator, steward, viewer",
                e.getMessage());
    }

    private static List<String> names(List<DocumentInfo> documents) {
        return documents.stream().map(DocumentInfo::document).toList();
    }

    @Test
    void aFileOfTheServersOwnFolderIsNotTaken(@TempDir Path folder) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.writeString(home.resolve("cli.key"), "secret");
        Path link = Files.createSymbolicLink(folder.resolve("link.txt"), home.resolve("cli.key"));
        Files.writeString(folder.resolve("plain.txt"), "text");
        DocumentOperations documents = new DocumentOperations(world.path(), home.toString());
        documents.library = world.library;
        for (Path file : List.of(home.resolve("cli.key"), link, folder, folder.resolve("missing.txt"))) {
            OperationException e = refused(() -> documents.addFile(World.ASKER, "x.txt", file, DocumentMetadata.NONE));
            assertEquals("document_unreadable", e.code(), file.toString());
        }
        Path passwd = Files.writeString(folder.resolve("passwd"), "root");
        assertEquals(
                "document_unreadable",
                refused(() -> documents.addFile(World.ASKER, "x.txt", passwd, DocumentMetadata.NONE))
                        .code(),
                "the source has to be of the document's kind");
        for (Path library : List.of(home, folder, folder.getRoot())) {
            assertEquals(
                    "library_unreadable",
                    refused(() -> documents.mirror(World.ASKER, library)).code(),
                    library.toString());
        }
        Path samples = Files.createDirectories(home.resolve("runtime/samples/library"));
        documents.mirror(World.ASKER, samples);
        assertEquals(samples, world.library.mirrored);
        assertEquals(
                "plain.txt",
                documents
                        .addFile(World.ASKER, null, folder.resolve("plain.txt"), DocumentMetadata.NONE)
                        .document()
                        .document());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd.txt", "../a.md", "a/../b.md", "a//b.md", "a\\b.md", "./a.md", " ", "a\nb.md"})
    void aDocumentStaysInsideTheLibrary(String name) {
        OperationException e =
                refused(() -> world.documents(world.path()).add(World.ASKER, name, new byte[1], DocumentMetadata.NONE));
        assertEquals(Kind.INVALID, e.kind());
        assertTrue(world.events.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\ud800", "a\udc00b"})
    void aQuestionHasToBeText(String text) {
        OperationException e =
                refused(() -> world.answers(world.path()).answer(World.ASKER, new Question(text, null, null)));
        assertEquals("question", e.parameter());
    }

    @Test
    void aQuestionHasAtMostFourThousandCodePoints() {
        world.answers(world.path()).answer(World.ASKER, new Question("🦊".repeat(4_000), null, null));
        assertEquals(
                Kind.INVALID,
                refused(() -> world.answers(world.path())
                                .answer(World.ASKER, new Question("🦊".repeat(4_001), null, null)))
                        .kind());
    }

    @Test
    void languageAndPurposeAreChecked() {
        assertEquals(
                "language",
                refused(() -> world.answers(world.path()).answer(World.ASKER, new Question("q", "de", null)))
                        .parameter());
        assertEquals(
                "purpose",
                refused(() -> world.answers(world.path()).answer(World.ASKER, new Question("q", "en", "a b")))
                        .parameter());
    }

    @Test
    void aRefusedConfigurationIsSaidAndStopsNothing() {
        PlatformView view = new PlatformView(world.path());
        assertEquals(
                new Platform.Check("configuration", true, "every file counts"),
                view.checks().getLast());
        view.configured = List.of(() -> new Configuration.State("org.candor.y", "", "x counts from the next start on"));
        assertFalse(view.checks().getLast().attention(), "what waits for the next start needs nobody");
        String line = "org.candor.x: a is \"b\"; allowed are c";
        view.configured = List.of(
                () -> new Configuration.State("org.candor.y", "", "directory counts from the next start on"),
                () -> new Configuration.State("org.candor.x", line, ""),
                () -> new Configuration.State("org.candor.z", "", ""));
        assertEquals(
                new Platform.Check(
                        "configuration",
                        true,
                        true,
                        "org.candor.y: directory counts from the next start on; refused, the one before it stays: "
                                + line),
                view.checks().getLast());
    }

    /** The status is for everybody of the operator's tenant, and no obligation is met on it. */
    @Test
    void theStatusSaysHowManyFilesWereNotReadAndNotWhich() {
        PlatformView view = new PlatformView(world.path());
        view.library = world.library;
        view.retrieval = world.retrieval;
        world.library.problems = List.of("letters/anna@example.com.md is empty");
        world.library.state = "failed";
        assertEquals(1, ((Map<?, ?>) view.status().get("library")).get("unread"));
        assertFalse(view.status().toString().contains("anna"));
        assertTrue(view.checks().stream()
                .anyMatch(check ->
                        check.name().equals("library") && check.detail().startsWith("indexing failed")));
        assertFalse(view.checks().toString().contains("anna"));
    }

    @Test
    void thePlatformSaysWhatItWaitsFor() {
        GovernedPath path = world.path();
        PlatformView view = new PlatformView(path);
        path.energy = null;
        world.consent.broken = true;
        Map<String, Platform.Check> checks = new java.util.HashMap<>();
        view.checks().forEach(check -> checks.put(check.name(), check));
        assertEquals(
                Set.of("models", "library", "log", "consent", "policy", "energy", "configuration"), checks.keySet());
        assertFalse(checks.get("models").ready());
        assertFalse(checks.get("library").ready());
        assertTrue(checks.get("log").ready());
        assertFalse(checks.get("consent").ready());
        assertEquals("the store is away", checks.get("consent").detail());
        assertTrue(checks.get("policy").ready());
        assertEquals(
                "the energy accounting is not running", checks.get("energy").detail());
        assertEquals("test.example/log", ((Map<?, ?>) view.status().get("log")).get("origin"));
        assertTrue(view.status().containsKey("library"));
        assertNull(view.status().get("library"));
    }

    @Test
    void theEnergyHistoryNeedsAPermitAndWritesNoEntry() {
        GovernedPath path = world.path();
        EnergyOperations energy = new EnergyOperations(path);
        EnergyWindow minute = new EnergyWindow(Instant.EPOCH, 2, 2, Map.of());
        List<Integer> asked = new ArrayList<>();
        energy.history = new EnergyHistory() {
            @Override
            public Duration window() {
                return Duration.ofMinutes(1);
            }

            @Override
            public int kept() {
                return 10;
            }

            @Override
            public List<EnergyWindow> windows(int most) {
                asked.add(most);
                return List.of(minute);
            }
        };
        Energy.History history = energy.history(World.ASKER, 60);
        assertEquals(List.of(minute), history.windows());
        assertEquals("estimate", history.status().method());
        assertEquals(List.of(60), asked);
        assertEquals("admin.energy.history", world.policy.last.operation());
        assertEquals(0, world.log.size());
        assertEquals(
                "minutes",
                assertThrows(OperationException.class, () -> energy.history(World.ASKER, 1_441))
                        .parameter());
        world.policy.permits = false;
        assertEquals(
                OperationException.Kind.DENIED,
                assertThrows(OperationException.class, () -> energy.history(World.ASKER, 1))
                        .kind());
        assertEquals(1, world.log.size());
        world.policy.permits = true;
        energy.history = null;
        assertEquals(
                "energy-missing",
                assertThrows(OperationException.class, () -> energy.history(World.ASKER, 1))
                        .code());
    }

    @Test
    void onlyWhoMayLearnsWhatTheComponentsWaitFor() {
        PlatformView view = new PlatformView(world.path());
        assertEquals(
                "inventory-missing",
                assertThrows(OperationException.class, () -> view.components(World.ASKER))
                        .code());
        assertEquals("admin.health.read", world.policy.last.operation());
        Platform.Components components = new Platform.Components(List.of(), List.of());
        view.inventory = () -> components;
        assertSame(components, view.components(World.ASKER));
        world.policy.permits = false;
        assertEquals(
                OperationException.Kind.DENIED,
                assertThrows(OperationException.class, () -> view.components(World.ASKER))
                        .kind());
    }

    @Test
    void whatIsMissingIsSeenWhileItIsAndByThoseWhoMayOnly() {
        GovernedPath path = world.path();
        PlatformView view = new PlatformView(path);
        Platform.Components components = new Platform.Components(List.of(), List.of());
        view.inventory = () -> components;
        path.energy = null;
        assertSame(components, view.components(World.ASKER), "the policy decides without the rest");
        assertTrue(view.mayInspect(World.ASKER));
        world.policy.permits = false;
        assertEquals(
                "energy-missing",
                assertThrows(OperationException.class, () -> view.components(World.ASKER))
                        .code());
        assertEquals(0, world.log.size());
        path.policy = null;
        Caller operator = new Caller("olga", "default", Set.of("operator"));
        assertSame(components, view.components(operator), "nothing can decide: who operates the server may");
        for (Caller other : List.of(
                World.ASKER, new Caller("eve", "umbrella", Set.of("admin")), new Caller("no", "default", Set.of()))) {
            assertEquals(
                    "policy-missing",
                    assertThrows(OperationException.class, () -> view.components(other))
                            .code());
            assertFalse(view.mayInspect(other));
        }
        assertTrue(view.mayInspect(operator));
    }

    @Test
    void detailsOfChecksAreForWhoMayReadTheHealthAndNoAnswerIsLogged() {
        PlatformView view = new PlatformView(world.path());
        assertFalse(view.mayInspect(null));
        assertTrue(view.mayInspect(World.ASKER));
        assertEquals("admin.health.read", world.policy.last.operation());
        assertFalse(view.mayInspect(new Caller("eve", "umbrella", Set.of("admin"))), "another tenant's");
        world.policy.permits = false;
        assertFalse(view.mayInspect(World.ASKER));
        assertEquals(0, world.log.size());
    }

    @Test
    void whoMayNotTypeReachesNoCommand() {
        ShellOperations shell = new ShellOperations(world.path());
        List<String> typed = new ArrayList<>();
        assertEquals(
                "shell-missing",
                assertThrows(OperationException.class, () -> shell.run(World.ASKER, "models"))
                        .code());
        shell.shell = (caller, line) -> {
            typed.add(caller.subject() + " " + line);
            return new Commands.Result(0, "", "");
        };
        shell.run(World.ASKER, "models");
        assertEquals("admin.shell.run", world.policy.last.operation());
        shell.run(new Caller("eve", "umbrella", Set.of("admin")), "status");
        world.policy.permits = false;
        assertEquals(
                OperationException.Kind.DENIED,
                assertThrows(OperationException.class, () -> shell.run(World.ASKER, "models"))
                        .kind());
        assertEquals(List.of(World.ASKER.subject() + " models", "eve status"), typed);
    }

    @Test
    void aDocumentThatCannotBeStoredIsNotTheCallersMistake() {
        DocumentOperations documents = new DocumentOperations(world.path(), "home");
        documents.library = world.library;
        world.library.full = true;
        OperationException e =
                refused(() -> documents.add(World.ASKER, "x.txt", new byte[] {'x'}, DocumentMetadata.NONE));
        assertEquals("storage-failed", e.code());
        assertEquals(Kind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
        assertEquals(2, world.log.size(), "begun, failed");
    }

    @Test
    void whatACallerMayDoIsWhatThePathWouldDecide() {
        GovernedPath path = world.path();
        PlatformView view = new PlatformView(path);
        world.policy.denied = "admin.consent.erase";
        world.policy.obligations = List.of(new org.candor.api.policy.Obligation.SecondPerson());
        List<Platform.Permission> permissions = view.permissions(World.ASKER);
        assertEquals(
                Operations.ALL,
                permissions.stream().map(Platform.Permission::operation).toList());
        for (Platform.Permission each : permissions) {
            boolean denied = each.operation().equals("admin.consent.erase");
            assertEquals(!denied, each.permitted(), each.operation());
            assertEquals(denied ? "role-missing" : "permitted", each.code());
            assertEquals(denied ? List.of() : List.of("second-person"), each.obligations());
            assertEquals(
                    denied, each.messages().containsKey("en"), each.messages().toString());
        }
        assertEquals(0, world.log.entries.size(), "nothing was done, and nothing is logged");
        Caller stranger = new Caller("otto", "acme", Set.of("admin"));
        Platform.Permission backup = view.permissions(stranger).stream()
                .filter(each -> each.operation().equals("admin.backup.create"))
                .findFirst()
                .orElseThrow();
        assertEquals("tenant-not-operator", backup.code());
        assertEquals(Set.of("en", "zh"), backup.messages().keySet());
        path.consent = null;
        assertEquals(List.of(), view.permissions(World.ASKER), "nobody can say");
    }
}
