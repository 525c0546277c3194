package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Questions at the prompt: answers that quote, proofs that hold, exit codes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AskIT {

    private static final String LIGHTHOUSE = """
            ---
            title: The lighthouse at Grey Point
            language: en
            purposes: [question-answering, evaluation]
            ---

            # The lighthouse at Grey Point

            The lighthouse at Grey Point was built in 1874 by the harbour company.
            Its lamp burned whale oil until electricity came in 1921.

            The keeper's cottage is a museum today. It opens on Sundays from May to September.
            """;

    private static final String BAKERY = """
            Bread at the mill bakery is baked twice a day, at five in the morning and at two in the afternoon.
            The sourdough is fed with rye flour every evening.
            """;

    private static final String TEA = """
            # 武夷岩茶

            武夷岩茶产于福建省武夷山。采摘在每年四月下旬开始，茶叶经过萎凋、做青、杀青、揉捻和烘焙。
            """;

    private Path folder;
    private Server server;
    private Path library;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        library = Files.createDirectories(folder.resolve("my library"));
        Files.createDirectories(library.resolve("coast"));
        Files.writeString(library.resolve("coast/lighthouse.md"), LIGHTHOUSE);
        Files.writeString(library.resolve("bakery.txt"), BAKERY);
        Files.writeString(library.resolve("茶.md"), TEA);
        server = new Server(folder.resolve("home"));
        // The first question of a newcomer: no server runs yet.
        Result first =
                server.candor("ask", "--library", library.toString(), "When was the lighthouse at Grey Point built?");
        assertEquals(0, first.exitCode(), first.err());
        assertTrue(first.out().contains("1874"), first.out());
        assertTrue(first.out().contains("coast/lighthouse.md"), first.out());
        assertTrue(first.out().contains("proof verified: entry "), first.out());
        assertTrue(first.err().contains("ready on http://127.0.0.1:" + server.port()), first.err());
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @Test
    void anAnswerQuotesTheDocumentVerbatimAtItsOffsets() throws IOException, InterruptedException {
        Map<String, Object> answer = ask("When was the lighthouse at Grey Point built?");
        Map<?, ?> citation = (Map<?, ?>) ((List<?>) answer.get("citations")).getFirst();
        assertEquals("coast/lighthouse.md", citation.get("document"));
        assertTrue(citation.get("version").toString().startsWith("sha256:"));
        int start = LIGHTHOUSE.offsetByCodePoints(0, ((Long) citation.get("start")).intValue());
        int end = LIGHTHOUSE.offsetByCodePoints(0, ((Long) citation.get("end")).intValue());
        assertEquals(LIGHTHOUSE.substring(start, end), citation.get("text"));
        assertTrue(LIGHTHOUSE.indexOf("# The lighthouse") <= start, "front matter is never cited");
        Map<?, ?> model = (Map<?, ?>) ((List<?>) answer.get("models")).getFirst();
        assertEquals("encoder", model.get("role"));
        assertTrue(model.get("digest").toString().matches("sha256:[0-9a-f]{64}"), model.toString());
        Map<?, ?> energy = (Map<?, ?>) answer.get("energy");
        assertTrue(((Number) energy.get("joules")).doubleValue() > 0, energy.toString());
        assertTrue(List.of("rapl", "estimate").contains(energy.get("method")), energy.toString());
        assertEquals("permit", ((Map<?, ?>) answer.get("policy")).get("decision"));
    }

    @Test
    void chineseQuestionsAreAnsweredFromChineseDocuments() throws IOException, InterruptedException {
        Map<String, Object> answer = ask("武夷岩茶的采摘什么时候开始？");
        Map<?, ?> citation = (Map<?, ?>) ((List<?>) answer.get("citations")).getFirst();
        assertEquals("茶.md", citation.get("document"));
        assertTrue(answer.get("answer").toString().contains("四月下旬"), answer.toString());
        assertEquals("zh", answer.get("language"));
    }

    @Test
    void whatTheLibraryDoesNotSayEndsWithThree() throws IOException, InterruptedException {
        String question = "Which enzyme unwinds the DNA double helix during replication?";
        Result text = server.candor("ask", question);
        assertEquals(3, text.exitCode(), text.out() + text.err());
        assertEquals("", text.out());
        assertTrue(text.err().contains("no answer in the library"), text.err());

        Result json = server.candor("ask", "--json", question);
        assertEquals(3, json.exitCode());
        assertNull(json.json().get("answer"));
        assertEquals(List.of(), json.json().get("citations"));
        assertFalse(json.json().get("reason").toString().isBlank());
    }

    @Test
    void jsonIsOneObjectAndNothingElse() throws IOException, InterruptedException {
        Result result = server.candor("ask", "--json", "--lang", "en", "When does the bakery bake bread?");
        assertEquals(0, result.exitCode(), result.err());
        assertEquals(1, result.out().strip().lines().count());
        assertTrue(result.json().containsKey("proof"));
    }

    @Test
    void aSavedAnswerVerifiesOfflineUntilAnythingInItChanges() throws IOException, InterruptedException {
        Map<String, Object> answer = ask("When does the bakery bake bread?");
        Path key = folder.resolve("log.pub");
        Files.copy(server.home().resolve("log/key.pub"), key, StandardCopyOption.REPLACE_EXISTING);

        assertEquals(0, verify(answer, key).exitCode(), verify(answer, key).err());
        for (String uncommitted : List.of("id", "timings")) {
            Map<String, Object> changed = new LinkedHashMap<>(answer);
            changed.put(uncommitted, "changed");
            assertEquals(0, verify(changed, key).exitCode(), uncommitted);
        }
        List<String> members = new ArrayList<>(answer.keySet());
        members.removeAll(List.of("id", "timings"));
        for (String member : members) {
            Map<String, Object> changed = new LinkedHashMap<>(answer);
            changed.put(member, "changed");
            Result refused = verify(changed, key);
            assertEquals(1, refused.exitCode(), member);
            assertFalse(refused.err().isBlank(), member);
            changed.remove(member);
            assertEquals(1, verify(changed, key).exitCode(), "without " + member);
        }
    }

    @Test
    void aNewDocumentIsFoundAndADeletedOneIsNot() throws IOException, InterruptedException {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("bridge.md"), "The iron bridge over the Lume carries trams since 1903.\n");
        Result fromOther =
                server.candor("ask", "--library", other.toString(), "Since when do trams use the iron bridge?");
        assertEquals(0, fromOther.exitCode(), fromOther.err());
        assertTrue(fromOther.out().contains("1903"), fromOther.out());
        assertFalse(cited("When was the lighthouse at Grey Point built?").contains("coast/lighthouse.md"));

        Result back =
                server.candor("ask", "--library", library.toString(), "When was the lighthouse at Grey Point built?");
        assertEquals(0, back.exitCode(), back.err());
        assertFalse(cited("Since when do trams use the iron bridge?").contains("bridge.md"));
    }

    @Test
    void aDocumentServesItsOwnPurposesOnly() throws IOException, InterruptedException {
        String question = "When was the lighthouse at Grey Point built?";
        assertTrue(cited("--purpose", "evaluation", question).contains("coast/lighthouse.md"));
        assertFalse(cited("--purpose", "advertising", question).contains("coast/lighthouse.md"));
    }

    /** Documents that an answer, if there is one, cites. */
    private List<Object> cited(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ask", "--json"));
        words.addAll(List.of(arguments));
        Result result = server.candor(words.toArray(String[]::new));
        assertTrue(List.of(0, 3).contains(result.exitCode()), result.err());
        return ((List<?>) result.json().get("citations"))
                .stream()
                        .<Object>map(citation -> ((Map<?, ?>) citation).get("document"))
                        .toList();
    }

    private Map<String, Object> ask(String question) throws IOException, InterruptedException {
        Result result = server.candor("ask", "--json", question);
        assertEquals(0, result.exitCode(), result.err());
        return result.json();
    }

    private Result verify(Map<String, Object> answer, Path key) throws IOException, InterruptedException {
        Path file = folder.resolve("answer.json");
        Files.writeString(file, Json.write(answer));
        return server.candor("verify", file.toString(), "--key", key.toString());
    }
}
