package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Answers.Question;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Generation;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.retrieval.Findings;
import org.junit.jupiter.api.Test;

/** Answers that a scripted model writes from passages. */
class WrittenAnswersTest {

    private static final ModelId MODEL = new ModelId("stories", "1.0.0", "sha256:" + "e".repeat(64));
    private static final String QUOTE = "Withdrawal reaches documents.";

    private final World world = new World();
    private final Writer writer = new Writer();

    /** Writes a given text, whatever is asked. */
    private static final class Writer implements Generation {
        String text = QUOTE + " Nobody knows why.";
        final List<Order> orders = new ArrayList<>();
        final List<String> refusals = new ArrayList<>();

        @Override
        public Written generate(Caller caller, Order order, Sink sink) {
            orders.add(order);
            if (!refusals.isEmpty()) {
                throw new OperationException(Kind.INVALID, refusals.removeFirst(), "no");
            }
            Generated generated = new Generated(
                    List.of(new Continuation(text, List.of(), FinishReason.STOP, null)), 30, 0, 9, 5, 0, 1, 2);
            return new Written(
                    new Begun(MODEL, List.of(new int[] {1}), null, null, 0),
                    generated,
                    List.of(),
                    new Evidence("7-abc", Map.of(), Map.of(), null, Map.of("joules", 2.5), Map.of()));
        }

        @Override
        public Tokenized tokenize(Caller caller, String model, Prompt prompt, boolean specialTokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String detokenize(Caller caller, String model, int[] ids) {
            throw new UnsupportedOperationException();
        }
    }

    private Map<String, Object> ask(List<String> stages) {
        AnswerOperations operations = world.answers(world.path());
        operations.generation = writer;
        return operations.answer(World.ASKER, new Question("What does it reach?", null, null, "stories"), stages::add);
    }

    @Test
    void whatAPassageSupportsStaysWithItsCitationAndTheRestGoes() throws Exception {
        List<String> stages = new ArrayList<>();
        Map<String, Object> answer = ask(stages);
        assertEquals(QUOTE, answer.get("answer"));
        assertEquals("stories", answer.get("model"));
        assertEquals(
                List.of(Map.of("start", 0, "end", QUOTE.length(), "citations", List.of(0))), answer.get("sentences"));
        assertEquals(QUOTE, ((Map<?, ?>) ((List<?>) answer.get("citations")).getFirst()).get("text"));
        Map<?, ?> generation = (Map<?, ?>) answer.get("generation");
        assertEquals("7-abc", generation.get("id"));
        assertEquals(1, generation.get("dropped"));
        assertEquals(9L, ((Number) generation.get("completion_tokens")).longValue());
        Map<?, ?> used = (Map<?, ?>) ((List<?>) answer.get("models")).getLast();
        assertEquals("generator", used.get("role"));
        assertEquals(MODEL.digest(), used.get("digest"));
        assertEquals(List.of("permitted", "found", "written"), stages);
        assertFalse(answer.containsKey("reason"));
        Map<?, ?> commitments = (Map<?, ?>) ((Map<?, ?>) answer.get("leaf")).get("commitments");
        for (String member : List.of("model", "sentences", "generation", "answer", "citations")) {
            assertTrue(commitments.containsKey(member), member);
        }
    }

    @Test
    void theModelIsShownPassagesAndQuestionAndTakesItsBestTokens() {
        ask(new ArrayList<>());
        Generation.Order order = writer.orders.getFirst();
        assertEquals("stories", order.model());
        assertEquals("question-answering", order.purpose());
        assertEquals(0L, order.parameters().get("temperature"));
        Generation.Prompt.Chat chat = (Generation.Prompt.Chat) order.prompts().getFirst();
        String user = chat.messages().getLast().get("content").toString();
        assertTrue(user.startsWith("[1] mail a@b.com"), user);
        assertTrue(user.endsWith("Question: What does it reach?"), user);
    }

    @Test
    void aModelWithoutATemplateIsGivenText() {
        writer.refusals.add(GenerationOperations.NO_TEMPLATE);
        assertEquals(QUOTE, ask(new ArrayList<>()).get("answer"));
        Generation.Prompt.Text prompt =
                (Generation.Prompt.Text) writer.orders.getLast().prompts().getFirst();
        assertTrue(prompt.text().endsWith("Answer:"), prompt.text());
    }

    @Test
    void anAnswerOfWhichNothingIsSupportedIsNone() {
        writer.text = "Nobody knows why. It reaches the moon.";
        Map<String, Object> answer = ask(new ArrayList<>());
        assertNull(answer.get("answer"));
        assertEquals(List.of(), answer.get("citations"));
        assertEquals(List.of(), answer.get("sentences"));
        assertTrue(answer.get("reason").toString().startsWith("The library does not say"));
        assertEquals(2, ((Map<?, ?>) answer.get("generation")).get("dropped"));
    }

    @Test
    void nothingIsWrittenWhereTheLibraryDoesNotSay() {
        world.retrieval.findings =
                new Findings(null, "The library does not say.", "en", List.of(), List.of(), Map.of(), 0);
        Map<String, Object> answer = ask(new ArrayList<>());
        assertNull(answer.get("answer"));
        assertEquals("The library does not say.", answer.get("reason"));
        assertFalse(answer.containsKey("generation"));
        assertEquals(List.of(), writer.orders);
    }

    @Test
    void whoMayNotHaveTextWrittenGetsNoAnswerThatIs() {
        writer.refusals.add("role-missing");
        OperationException refused = assertThrows(OperationException.class, () -> ask(new ArrayList<>()));
        assertEquals("role-missing", refused.code());
    }

    @Test
    void aLibraryThatIsTooLongForTheModelIsShownInPart() {
        writer.refusals.add(GenerationOperations.TOO_LONG);
        OperationException refused =
                assertThrows(OperationException.class, () -> ask(new ArrayList<>()), "one passage is the least");
        assertEquals(GenerationOperations.TOO_LONG, refused.code());
    }
}
