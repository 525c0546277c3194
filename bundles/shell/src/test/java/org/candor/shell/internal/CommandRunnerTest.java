package org.candor.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.karaf.shell.api.action.Command;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Generation;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Platform;
import org.candor.api.policy.PolicyTests;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.proof.Json;
import org.candor.shell.internal.command.ModelQuantizeCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands in Karaf's own shell, with fakes behind them. */
class CommandRunnerTest {

    private static final Caller CALLER = new Caller("cli", "default", Set.of("admin"));

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    private Commands.Result run(String line) {
        return world.runner.run(CALLER, line);
    }

    @Test
    void aCommandActsForTheCallerAndPrintsATable() {
        Commands.Result result = run("models");
        assertEquals("", result.err());
        assertEquals(0, result.exit());
        assertEquals("""
            model       version  state   leases  task   family  digest
            encoder-en  1.0.0    active  2       embed  bert    sha256:eeeeeeeeeeee
            encoder-zh  2.0.0    failed  0       embed  bert    sha256:ffffffffffff
            refused: encoder-zh 2.0.0: digest differs
            """, result.out());
        assertEquals(CALLER, world.lastCaller);
        assertEquals(result, run("candor:models"));
    }

    @Test
    void jsonIsOneValue() {
        Commands.Result result = run("models --json");
        assertEquals(0, result.exit(), result.err());
        assertEquals(1, result.out().lines().count());
        assertTrue(result.out().startsWith("[{\"id\":{\"name\":\"encoder-en\""), result.out());
        assertTrue(result.out().contains("\"state\":\"failed\""), result.out());
    }

    @Test
    void anAnswerIsShownWithItsCitationsAndAnUnsupportedQuestionEndsWithThree() {
        Commands.Result result = run("ask --lang zh \"撤回 同意？\"");
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().contains("[1] a.md, characters 3 to 9"), result.out());
        assertTrue(result.out().contains("1.50 J (estimate), logged as id-1"), result.out());
        assertEquals("answer Question[text=撤回 同意？, language=zh, purpose=null, model=null]", world.calls.getLast());
        Commands.Result none = run("ask unknown");
        assertEquals(3, none.exit());
        assertTrue(none.out().startsWith("no support\n"), none.out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fly",
                "bundle:stop 0",
                "shell:exec ls",
                "models; bundle:stop 0",
                "ask",
                "ask a b",
                "ask --loud q",
                "ask \"open",
                "document-add relative.md",
                "energy --minutes ten"
            })
    void wrongArgumentsAndOtherCommandsEndWithTwoAndAReason(String line) {
        Commands.Result result = run(line);
        assertEquals(2, result.exit(), result.out() + result.err());
        assertTrue(result.err().startsWith("candor: "), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
        assertTrue(world.calls.isEmpty(), world.calls.toString());
    }

    @Test
    void optionsMayStandAnywhere() {
        for (String line : List.of(
                "document-add --as b.md --subject ada --role auditor --role steward --subject ben /srv/a.md",
                "document-add /srv/a.md --roles auditor --subject ada --as=b.md --subject ben --role steward",
                "document-add --role steward --subject ada /srv/a.md --as b.md --subject ben --role=auditor")) {
            Commands.Result result = run(line);
            assertEquals(0, result.exit(), line + result.err());
            assertTrue(world.lastArguments.contains("b.md"), line + world.lastArguments);
            assertTrue(
                    world.lastArguments.contains(new DocumentMetadata(
                            null, null, null, Set.of("ada", "ben"), null, Set.of("auditor", "steward"), null)),
                    line + world.lastArguments);
        }
        assertEquals(0, run("model-activate encoder-en --reason why 1.1.0").exit());
        assertEquals(List.of("encoder-en", "1.1.0", "why"), world.lastArguments.subList(1, 4));
        assertEquals(
                0,
                run("model-install /m/x.gguf --weights bf16 --name n --reason why")
                        .exit());
        assertEquals(
                List.of(new ModelSource(Path.of("/m/x.gguf"), "n", null, WeightType.BF16), "why"),
                world.lastArguments.subList(1, 3));
        assertEquals(
                0,
                run("model-install /m/tales --base llama:1.0.0 --name tales --reason why")
                        .exit());
        assertEquals(
                new ModelSource(Path.of("/m/tales"), "tales", null, null, "llama:1.0.0"), world.lastArguments.get(1));
        for (String line : List.of(
                "model-activate encoder-en --reason why",
                "model-install /m/x.gguf --weights f64 --reason why",
                "model-activate encoder-en 1.1.0 --reason",
                "model-activate encoder-en 1.1.0 --reason why more",
                "ask q --json=yes",
                "ask q --loud")) {
            assertEquals(2, run(line).exit(), line);
        }
    }

    private static ModelRevision installed(String version, String origin, String source) {
        return new ModelRevision(
                new ModelId("llama", version, "sha256:" + "c".repeat(64)),
                "llama",
                Set.of("generate"),
                ModelState.ACTIVE,
                "",
                0,
                Map.of("source", Map.of("folder", source)),
                origin,
                "",
                0,
                0,
                null,
                List.of(),
                version.equals("6.0.0") ? World.ENCODER : null);
    }

    @Test
    void aSwitchSaysWhichAdaptersGoOnWithAnotherRevision() {
        world.adapters = List.of(new ModelId("tales", "1.0.0", "sha256:" + "c".repeat(64)));
        String said = run("model-activate encoder-en 1.1.0 --reason why").out();
        assertTrue(
                said.contains("tales 1.0.0: goes on with another revision as its base, which stays loaded for it"),
                said);
    }

    @Test
    void aModelByReferenceIsInstalledOnceMoreWithOtherWeights() {
        world.models = List.of(
                installed("1.0.0", "folder /srv/my models/llama", "llama"),
                installed("2.0.0", "folder /srv/gguf", "llama-f16.gguf"),
                installed("3.0.0", "bundle org.example.llama 3.0.0", "llama"),
                installed("4.0.0", "", "llama"),
                installed("6.0.0", "folder /srv/tales", "tales"));
        assertEquals(
                0, run("model-quantize llama 1.0.0 --weights Q8 --reason why").exit());
        assertEquals(
                List.of(new ModelSource(Path.of("/srv/my models/llama"), "llama", "1.0.0-q8", WeightType.Q8), "why"),
                world.lastArguments.subList(1, 3));
        assertEquals(
                0,
                run("model-quantize llama 2.0.0 --as 2.1.0 --weights q4 --reason why")
                        .exit());
        assertEquals(
                new ModelSource(Path.of("/srv/gguf/llama-f16.gguf"), "llama", "2.1.0", WeightType.Q4),
                world.lastArguments.get(1));
        int before = world.calls.size();
        for (Map.Entry<String, String> refused : Map.of(
                        "model-quantize llama 3.0.0 --weights q8 --reason why",
                                "comes from bundle org.example.llama 3.0.0",
                        "model-quantize llama 4.0.0 --weights q8 --reason why", "admin.models.inspect",
                        "model-quantize llama 6.0.0 --weights q8 --reason why",
                                "is an adapter, whose weights are held in 32 bits; its base is encoder-en",
                        "model-quantize llama 5.0.0 --weights q8 --reason why", "there is no llama 5.0.0",
                        "model-quantize llama 1.0.0 --weights q9 --reason why", "q9",
                        "model-quantize llama 1.0.0 --reason why", "--weights is missing")
                .entrySet()) {
            Commands.Result result = run(refused.getKey());
            assertEquals(2, result.exit(), refused.getKey());
            assertTrue(result.err().contains(refused.getValue()), result.err());
        }
        assertTrue(
                world.calls.subList(before, world.calls.size()).stream().noneMatch(call -> call.contains("install")),
                world.calls.toString());
    }

    @Test
    void aRefusalIsSaidAndEndsWithOne() {
        world.failure = OperationException.denied("role-missing", "The caller has none of the roles admin.", null);
        Commands.Result result = run("consent-erase alice");
        assertEquals(1, result.exit());
        assertEquals("candor: The caller has none of the roles admin.\n", result.err());
        world.failure = new OperationException(Kind.INVALID, "invalid_value", "subject: must not be blank");
        assertEquals(2, run("consent-erase ' '").exit());
        world.failure = null;
        world.operations.consents = null;
        Commands.Result missing = run("consent");
        assertEquals(1, missing.exit());
        assertTrue(missing.err().contains("governor is not running"), missing.err());
    }

    @Test
    void aTextIsShownAndThenHowItCameAbout() {
        Commands.Result result =
                run("generate --seed 7 'Once upon a time' --temperature 0.5 --top-k 3 --stop x --stop y");
        assertEquals(0, result.exit(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals("there was a fox\uFFFD[2J.", lines.getFirst(), "text plays no terminal");
        assertTrue(
                lines.getLast()
                        .matches(
                                "stories-tiny 1\\.0\\.0: 3 tokens \\([0-9.]+ tokens/s\\), 1\\.50 J \\(estimate\\), seed 7,"
                                        + " logged as id-1"),
                result.out());
        Generation.Order order = (Generation.Order) world.lastArguments.get(1);
        assertEquals("stories-tiny", order.model());
        assertEquals(List.of(new Generation.Prompt.Text("Once upon a time")), order.prompts());
        assertEquals(
                Map.of("max_tokens", 200L, "seed", 7L, "temperature", 0.5, "top_k", 3L, "stop", List.of("x", "y")),
                order.parameters());
        assertEquals(
                0, run("generate --model llama --chat Hi --purpose research").exit());
        order = (Generation.Order) world.lastArguments.get(1);
        assertEquals("llama", order.model());
        assertEquals("research", order.purpose());
        Generation.Prompt.Chat chat = (Generation.Prompt.Chat) order.prompts().getFirst();
        assertEquals(List.of(Map.of("role", "user", "content", "Hi")), chat.messages());
        Map<?, ?> whole =
                (Map<?, ?>) Json.parse(run("generate --json Once").out().strip());
        assertNull(world.lastArguments.get(2), "no text is streamed into JSON");
        assertEquals("there was a fox\u001b[2J.", whole.get("text"));
        assertEquals("length", whole.get("finish"));
        for (String line : List.of("generate", "generate Once --seed x", "generate Once --top-p much")) {
            assertEquals(2, run(line).exit(), line);
        }
        world.failure = OperationException.denied("role-missing", "The caller has none of the roles.", null);
        assertEquals(1, run("generate Once").exit());
    }

    @Test
    void aSecretIsShownOnceAndNothingElseIsOne() {
        assertEquals(
                "made key nightly for tenant default; shown this once:\nmade-by-chance\n",
                run("key-create nightly --role viewer").out());
        assertEquals(
                List.of("nightly", Set.of("viewer")), List.of(world.lastArguments.get(1), world.lastArguments.get(3)));
        assertTrue(run("user-create anna --role viewer").out().endsWith("\nmade-by-chance\n"));
        assertTrue(run("user-password anna").out().endsWith("\nmade-by-chance\n"));
        for (String line : List.of("keys", "users", "key-revoke nightly", "user-roles anna --role operator")) {
            assertFalse(run(line).out().contains(World.SECRET), line);
        }
        assertEquals(
                2, run("key-create nightly --role viewer --expires tomorrow").exit());
    }

    @Test
    void aPolicyOrModelThatFailsItsTestsEndsWithThreeAndSaysWhy() {
        world.tests = new PolicyTests(
                World.STRICT, 12, List.of(new PolicyTests.Failure("viewers ask", "permit", "deny role-missing")));
        Commands.Result policy = run("policy-test strict 1.0.0");
        assertEquals(3, policy.exit());
        assertEquals("""
            test         expected  found
            viewers ask  permit    deny role-missing
            1 of 12 tests fail
            """, policy.out());
        assertEquals(3, run("policy-test strict 1.0.0 --json").exit());
        world.verified = new ModelRevision(
                World.FAILED, "bert", Set.of("embed"), ModelState.FAILED, "digest differs", 0, Map.of());
        Commands.Result model = run("model-verify encoder-zh 2.0.0");
        assertEquals(3, model.exit());
        assertEquals("refused: encoder-zh 2.0.0: digest differs\n", model.out());
    }

    @Test
    void healthSaysWholeWhatSomethingWaitsForHoweverLong() {
        String reason =
                "org.candor.consent: url is \"" + "x".repeat(200) + "\"; allowed are jdbc:h2 and jdbc:postgresql";
        world.components = new Platform.Components(
                List.of(new Platform.BundleState(
                        "org.example.notes",
                        "1.0.0",
                        "installed",
                        List.of("package a.b, which no bundle offers"),
                        null)),
                List.of(
                        new Platform.ComponentState("a.Runs", "a", "active", List.of(), List.of("service b"), ""),
                        new Platform.ComponentState(
                                "org.candor.consent.internal.ConsentLedger",
                                "org.candor.consent",
                                "failed",
                                List.of(reason, "a\u001b[2J"),
                                List.of(),
                                "org.candor.consent")));
        Commands.Result result = run("health");
        assertEquals(1, result.exit());
        assertEquals("""
            bundle             state      version  since
            org.example.notes  installed  1.0.0
            org.example.notes is installed: package a.b, which no bundle offers
            component      state   bundle              configuration
            ConsentLedger  failed  org.candor.consent  org.candor.consent
            ConsentLedger is failed: REASON; a\uFFFD[2J
            """.replace("REASON", reason), result.out());
        assertTrue(run("health --all").out().contains("\nRuns is active without: service b\n"));
    }

    @Test
    void withoutTheGovernorThoseWhoRunTheServerStillSeeItsHealth() {
        world.operations.platform = null;
        Commands.Result result = run("health");
        assertEquals(1, result.exit(), "what does not run is no health");
        assertTrue(result.out().contains("check governor: the governor is not running"), result.out());
        assertTrue(run("health --all").out().contains("ConsentLedger"));
        for (Caller other : List.of(
                new Caller("vi", "default", Set.of("viewer")),
                new Caller("none", "default", Set.of()),
                new Caller("ann", "acme", Set.of("admin")))) {
            Commands.Result refused = world.runner.run(other, "health");
            assertEquals(1, refused.exit());
            assertEquals("", refused.out(), other.toString());
            assertTrue(refused.err().contains("The governor is not running"), refused.err());
        }
    }

    @Test
    void theLibrarysFolderIsForThoseWhoRunTheServer() {
        assertTrue(run("status --json").out().contains("/srv/library"));
        Commands.Result other = world.runner.run(new Caller("ann", "acme", Set.of("admin")), "status --json");
        assertEquals(0, other.exit(), other.err());
        assertFalse(other.out().contains("/srv/library"), other.out());
        assertTrue(other.out().contains("\"library\":null"), other.out());
    }

    @Test
    void textOfOthersPlaysNoTerminal() {
        Commands.Result result = run("consent alice");
        assertFalse(result.out().contains("\u001b"), result.out());
        assertTrue(result.out().contains("\uFFFD[2J"), result.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"$HOME", "$(bundle:stop 0)", "a; bundle:stop 0", "a | b", "{b}", "[1 2]", "a\\b", "%s 你"})
    void anArgumentReachesTheOperationAsItIs(String question) {
        assertEquals(0, run("ask '" + question + "'").exit());
        assertEquals(
                "answer Question[text=" + question + ", language=null, purpose=null, model=null]",
                world.calls.getLast());
    }

    @Test
    void blankAndEndlessLinesAreRefused() {
        assertThrows(OperationException.class, () -> run(" "));
        assertThrows(OperationException.class, () -> run("a".repeat(Commands.MOST_CHARACTERS + 1)));
    }

    @Test
    void helpListsEveryCommand() {
        Commands.Result help = run("help");
        assertEquals(0, help.exit());
        for (Class<?> type : World.commands()) {
            String name = type.getAnnotation(Command.class).name();
            assertTrue(help.out().lines().anyMatch(line -> line.startsWith(name + " ")), name);
        }
        help.out().lines().forEach(line -> assertTrue(Width.of(line) <= Table.COLUMNS, line));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExampleThatRuns(Class<?> type) {
        Command command = type.getAnnotation(Command.class);
        assertEquals("candor", command.scope());
        String example = command.detailedDescription()
                .lines()
                .filter(line -> line.strip().startsWith("Example: "))
                .map(line -> line.strip().substring("Example: ".length()))
                .findFirst()
                .orElseThrow();
        assertTrue(example.startsWith("candor:" + command.name()), example);
        Commands.Result help = run(command.name() + " --help");
        assertEquals(0, help.exit(), help.err());
        assertTrue(help.out().contains("Example: candor:" + command.name()), help.out());
        assertTrue(help.out().contains("--json"), help.out());
        if (type == ModelQuantizeCommand.class) {
            world.models = List.of(installed("1.0.0", "folder /srv/llama", "llama"));
        }
        Commands.Result result = run(example);
        assertEquals(0, result.exit(), example + "\n" + result.err());
        assertFalse(result.out().isBlank());
        result.out()
                .lines()
                .filter(line -> !line.startsWith("{") && !line.startsWith("["))
                .forEach(line -> assertTrue(Width.of(line) <= Table.COLUMNS, line));
        Commands.Result json = run(example.contains("--json") ? example : example + " --json");
        Json.parse(json.out().strip());
    }

    static List<Class<?>> commands() {
        return World.commands();
    }
}
