package org.candor.governor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyId;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.SearchResult;
import org.junit.jupiter.api.Test;

class ObligationsTest {

    private static final Caller OTHER = new Caller("other", World.ASKER.tenant(), Set.of("viewer"));

    private final World world = new World();

    private void demand(Obligation... obligations) {
        world.policy.obligations = List.of(obligations);
    }

    private static OperationException refused(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(OperationException.class, call);
    }

    private static Answers.Question question(String purpose) {
        return new Answers.Question("Who?", null, purpose);
    }

    @Test
    void aPurposeThatIsDemandedHasToBeNamed() {
        demand(new Obligation.RequirePurpose());
        AnswerOperations answers = world.answers(world.path());
        OperationException e = refused(() -> answers.answer(World.ASKER, question(null)));
        assertEquals(Kind.DENIED, e.kind());
        assertEquals("purpose-required", e.code());
        assertEquals("deny", e.evidence().policy().get("decision"));
        assertTrue(((Map<?, ?>) e.evidence().policy().get("messages"))
                .get("zh")
                .toString()
                .contains("purpose"));
        assertEquals(1, world.log.entries.size(), "the refusal is in the log");
        assertTrue(answers.answer(World.ASKER, question("question-answering")).containsKey("proof"));
    }

    @Test
    void aBudgetOfRequestsIsEachCallersOwn() {
        demand(new Obligation.Budget(Obligation.Unit.REQUESTS, 2, Duration.ofHours(1)));
        AnswerOperations answers = world.answers(world.path());
        answers.answer(World.ASKER, question(null));
        answers.answer(World.ASKER, question(null));
        OperationException e = refused(() -> answers.answer(World.ASKER, question(null)));
        assertEquals(Kind.BUSY, e.kind());
        assertEquals("budget-exhausted", e.code());
        assertTrue(e.getMessage().contains("2 requests") && e.getMessage().contains("2026-11-23T21:0"), e.getMessage());
        assertEquals(3, world.log.entries.size());
        answers.answer(OTHER, question(null));
    }

    @Test
    void aBudgetOfJoulesIsWhatTheMeterSays() {
        demand(new Obligation.Budget(Obligation.Unit.JOULES, 2, Duration.ofHours(1)));
        AnswerOperations answers = world.answers(world.path());
        answers.answer(World.ASKER, question(null));
        answers.answer(World.ASKER, question(null));
        assertEquals(
                "budget-exhausted",
                refused(() -> answers.answer(World.ASKER, question(null))).code(),
                "two answers of 1.25 J");
    }

    @Test
    void whatIsRefusedForAnotherReasonTakesNothingFromABudget() {
        demand(
                new Obligation.Budget(Obligation.Unit.REQUESTS, 1, Duration.ofHours(1)),
                new Obligation.RequirePurpose());
        AnswerOperations answers = world.answers(world.path());
        assertEquals(
                "purpose-required",
                refused(() -> answers.answer(World.ASKER, question(null))).code());
        answers.answer(World.ASKER, question("research"));
    }

    @Test
    void aBudgetComesBackWhateverTheClockOnTheWallDoes() {
        AtomicLong nanos = new AtomicLong(-7);
        Budgets budgets = new Budgets(nanos::get);
        Obligation.Budget budget = new Obligation.Budget(Obligation.Unit.REQUESTS, 2, Duration.ofHours(1));
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        assertNull(budgets.take(World.ASKER, "answer", budget, noon));
        nanos.addAndGet(Duration.ofSeconds(1_800).toNanos());
        assertNull(budgets.take(World.ASKER, "answer", budget, noon.plusSeconds(1_800)));
        nanos.addAndGet(Duration.ofSeconds(100).toNanos());
        Instant free = budgets.take(World.ASKER, "answer", budget, noon.plusSeconds(1_900));
        assertTrue(free.isAfter(noon.plusSeconds(3_599)) && free.isBefore(noon.plusSeconds(3_800)), free.toString());
        Instant backAnHour = noon.minusSeconds(1_700);
        Instant sooner = budgets.take(World.ASKER, "answer", budget, backAnHour);
        assertEquals(
                Duration.between(noon.plusSeconds(1_900), free),
                Duration.between(backAnHour, sooner),
                "as long to wait as before, by the clock that the caller sees");
        Instant aheadAYear = noon.plus(Duration.ofDays(365));
        assertNotNull(budgets.take(World.ASKER, "answer", budget, aheadAYear), "a jump gives no budget");
        assertNull(budgets.take(World.ASKER, "embed", budget, noon.plusSeconds(1_900)), "another operation");
        nanos.addAndGet(Duration.between(noon.plusSeconds(1_900), free).toNanos());
        assertNull(budgets.take(World.ASKER, "answer", budget, free), "and a jump back keeps none");
        assertNotNull(budgets.take(World.ASKER, "answer", budget, free), "the second one is still in the hour");
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        assertNull(budgets.take(World.ASKER, "answer", budget, noon));
    }

    @Test
    void aRequestForASecondPersonDoesNotStayOpenForTheYearThatTheClockWasAhead() {
        Approvals approvals = new Approvals();
        Operation anna = erase("anna");
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        assertNull(approvals.ask(anna, noon.plus(Duration.ofDays(365))));
        assertNull(approvals.ask(erase("ben"), noon), "the clock was set right");
        assertEquals("ben", approvals.ask(anna, noon.minusSeconds(3_600)), "an hour back is within the day");
    }

    @Test
    void anApprovalIsNotUsedUpByARequestThatItsBudgetRefuses() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Obligations obligations = new Obligations(Clock.systemUTC(), nanos::get);
        Decision decision = new Decision(
                true,
                "permitted",
                "",
                List.of(
                        new Obligation.Budget(Obligation.Unit.REQUESTS, 1, Duration.ofHours(1)),
                        new Obligation.SecondPerson()),
                new PolicyId("test", "1.0.0", ""));
        assertEquals("second-person-needed", unmet(obligations, "anna", decision));
        assertNull(unmet(obligations, "ben", decision));
        assertEquals("second-person-needed", unmet(obligations, "anna", decision));
        assertEquals("budget-exhausted", unmet(obligations, "ben", decision));
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        assertNull(unmet(obligations, "ben", decision), "anna has asked already");
    }

    /** Code of what is not met, or null. */
    private static String unmet(Obligations obligations, String subject, Decision decision) {
        try {
            obligations.before(erase(subject), decision, Obligations.Text.NONE);
            return null;
        } catch (Obligations.UnmetException e) {
            return e.refusal(decision).code();
        }
    }

    private static Operation erase(String subject) {
        return new Operation(
                "admin.consent.erase",
                new Caller(subject, Caller.OPERATOR_TENANT, Set.of("steward")),
                "any",
                Operation.Effect.CHANGE,
                Map.of("subject", "alice"));
    }

    @Test
    void aModelThatThePolicyChoosesEmbeds() {
        demand(new Obligation.RouteModel("encoder-other"));
        EmbeddingOperations embedding = new EmbeddingOperations(world.path());
        OperationException e = refused(() -> embedding.embed(World.ASKER, "encoder-en", List.of("a"), null, null));
        assertEquals("models-missing", e.code(), "it got as far as the models");
        assertEquals(Map.of("model", "encoder-en"), world.policy.last.attributes());
        AnswerOperations answers = world.answers(world.path());
        assertEquals(
                "obligation-cannot-be-met",
                refused(() -> answers.answer(World.ASKER, question(null))).code());
    }

    @Test
    void whatTakesTwoPersonsIsDoneForTheSecondAndNamesTheFirst() {
        demand(new Obligation.SecondPerson());
        ConsentOperations consents = world.consents(world.path());
        OperationException first = refused(() -> consents.erase(World.ASKER, "alice", "asked by mail"));
        assertEquals("second-person-needed", first.code());
        assertEquals(Kind.DENIED, first.kind());
        assertEquals(
                "second-person-needed",
                refused(() -> consents.erase(World.ASKER, "alice", "again")).code(),
                "not by asking twice");
        assertEquals(
                "second-person-needed",
                refused(() -> consents.erase(OTHER, "bob", "somebody else")).code());
        assertTrue(world.consent.entries.isEmpty());
        Map<String, Object> openings =
                consents.erase(OTHER, "alice", "I agree").evidence().openings();
        assertTrue(openings.containsKey("askedFirstBy"), openings.toString());
        assertEquals(1, world.consent.entries.size());
        assertEquals(
                "second-person-needed",
                refused(() -> consents.erase(OTHER, "alice", "and again")).code(),
                "an approval counts once");
    }

    @Test
    void anApprovalOfADocumentIsOfItsContent() {
        demand(new Obligation.SecondPerson());
        DocumentOperations documents = new DocumentOperations(world.path(), (String) null);
        documents.library = world.library;
        byte[] harmless = {1};
        byte[] other = {2};
        refused(() -> documents.add(World.ASKER, "a.md", harmless, DocumentMetadata.NONE));
        assertEquals(
                "second-person-needed",
                refused(() -> documents.add(OTHER, "a.md", other, DocumentMetadata.NONE))
                        .code());
        DocumentMetadata secret = new DocumentMetadata(null, null, null, Set.of("alice"), null, null, null);
        assertEquals(
                "second-person-needed",
                refused(() -> documents.add(OTHER, "a.md", harmless, secret)).code());
        documents.add(OTHER, "a.md", harmless, DocumentMetadata.NONE);
        assertEquals(1, world.library.documents.size());
    }

    @Test
    void whatIsOnlyGatedHasItsObligationsMetAsWell() {
        DocumentOperations documents = new DocumentOperations(world.path(), (String) null);
        documents.library = world.library;
        demand(new Obligation.Budget(Obligation.Unit.REQUESTS, 1, Duration.ofHours(1)));
        documents.status(World.ASKER);
        assertEquals(
                "budget-exhausted", refused(() -> documents.status(World.ASKER)).code());
        assertEquals(1, world.log.entries.size(), "the refusal is in the log");
        demand(new Obligation.SecondPerson());
        assertEquals(
                "second-person-needed",
                refused(() -> documents.status(World.ASKER)).code());
        documents.status(OTHER);
        assertEquals(3, world.log.entries.size(), "what took two persons is in the log");
        assertTrue(world.log.text(2).contains("askedFirstBy"), world.log.text(2));
        demand(new Obligation.RouteModel("encoder-other"));
        assertEquals(
                "obligation-cannot-be-met",
                refused(() -> documents.status(World.ASKER)).code());
    }

    @Test
    void whatNobodyMasksIsNotToldUnderAPolicyThatWantsItMasked() {
        demand(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        GovernedPath path = world.path();
        EmbeddingOperations embedding = new EmbeddingOperations(path);
        ConsentOperations consents = world.consents(path);
        ModelOperations models = new ModelOperations(path);
        for (org.junit.jupiter.api.function.Executable telling : List.<org.junit.jupiter.api.function.Executable>of(
                () -> embedding.embed(World.ASKER, "encoder-en", List.of("a@b.com"), null, null),
                () -> consents.subjects(World.ASKER),
                () -> consents.records(World.ASKER, "alice"),
                () -> models.list(World.ASKER))) {
            OperationException e = refused(telling);
            assertEquals("obligation-cannot-be-met", e.code());
            assertTrue(e.getMessage().contains("masked"), e.getMessage());
            assertEquals("deny", e.evidence().policy().get("decision"));
        }
        assertEquals(4, world.log.entries.size(), "refusals are in the log");
        consents.grant(World.ASKER, "alice", "research", "signed");
        assertEquals(1, world.consent.entries.size(), "what changes something tells nothing that is to be masked");
    }

    @Test
    void titlesAndProblemsAreMaskedAsTextsAre() {
        world.library.documents.add(World.document("a@b.com.md"));
        world.library.problems = List.of("a@b.com.md is empty");
        GovernedPath path = world.path();
        DocumentOperations documents = world.documents(path);
        assertEquals(
                List.of("a@b.com.md is empty"), documents.status(World.ASKER).problems());
        assertEquals("a@b.com.md", documents.list(World.ASKER).getFirst().title());
        demand(new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL)));
        assertEquals("██████████", documents.list(World.ASKER).getFirst().title());
        Documents.Added added = documents.add(World.ASKER, "c@d.com.md", "mail".getBytes(UTF_8), DocumentMetadata.NONE);
        assertEquals("██████████", added.document().title());
        assertEquals("c@d.com.md", added.document().document());
        assertEquals(
                List.of("██████████ is empty"), documents.status(World.ASKER).problems());
        assertEquals(
                "██████████",
                documents.read(World.ASKER, "a@b.com.md").document().title());
        world.retrieval.result = new SearchResult(
                List.of(new Hit(World.document("a@b.com.md"), 0, 12, "mail a@b.com", 0.5, 1.5, Double.NaN)),
                "en",
                List.of(),
                7);
        Documents.Found found = documents.search(World.ASKER, "mail", null, null, 10);
        assertEquals("██████████", found.result().hits().getFirst().document().title());
        assertTrue(
                found.masked().stream().anyMatch(note -> note.get("in").equals("data/0/title")),
                found.masked().toString());
        path.personalData = null;
        assertEquals(
                "personal-data-missing",
                refused(() -> documents.status(World.ASKER)).code());
        int before = world.library.documents.size();
        assertEquals(
                "personal-data-missing",
                refused(() -> documents.add(World.ASKER, "e.md", "mail".getBytes(UTF_8), DocumentMetadata.NONE))
                        .code());
        assertEquals(before, world.library.documents.size(), "nothing is added whose title could not be masked");
    }

    @Test
    void requestsOfOneTenantPushNoneOfAnotherOut() {
        Approvals approvals = new Approvals();
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        assertNull(approvals.ask(erase("anna"), noon));
        Caller flooding = new Caller("otto", "acme", Set.of("steward"));
        for (int i = 0; i <= Approvals.MOST_OF_ONE_TENANT; i++) {
            assertNull(approvals.ask(
                    new Operation(
                            "admin.consent.erase",
                            flooding,
                            "any",
                            Operation.Effect.CHANGE,
                            Map.of("subject", "s" + i)),
                    noon));
        }
        assertEquals("anna", approvals.ask(erase("ben"), noon));
        Caller second = new Caller("uwe", "acme", Set.of("steward"));
        assertNull(
                approvals.ask(
                        new Operation(
                                "admin.consent.erase", second, "any", Operation.Effect.CHANGE, Map.of("subject", "s0")),
                        noon),
                "the oldest of its own went");
        assertEquals(
                "otto",
                approvals.ask(
                        new Operation(
                                "admin.consent.erase", second, "any", Operation.Effect.CHANGE, Map.of("subject", "s5")),
                        noon));
    }

    @Test
    void anApprovalEndsAfterADay() {
        Approvals approvals = new Approvals();
        Operation one = new Operation("admin.x", World.ASKER, "p", Operation.Effect.CHANGE, Map.of("a", "b"));
        Operation same = new Operation("admin.x", OTHER, "p", Operation.Effect.CHANGE, Map.of("a", "b", "reason", "r"));
        Instant noon = Instant.parse("2026-11-23T12:00:00Z");
        assertNull(approvals.ask(one, noon));
        assertNull(approvals.ask(same, noon.plus(Duration.ofHours(25))));
        assertEquals("other", approvals.ask(one, noon.plus(Duration.ofHours(26))));
    }

    @Test
    void whatThePolicyKeepsStaysReadable() {
        Masking masking = new Masking(world.detector, Set.of(PersonalData.Kind.EMAIL), Set.of("HELP@example.com"));
        assertEquals("help@example.com or ███████", masking.mask("a", "help@example.com or a@b.com"));
        assertEquals(1, masking.masked().size());
    }
}
