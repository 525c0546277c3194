package org.candor.generation.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;

/**
 * No request sees another tenant's cache. An adversary guesses prompts of others token by token and watches what was cached; names
 * of tenants are made to be mistaken for each other.
 */
class TenantsTest {

    private static final List<String> TENANTS = List.of("a", "b", "a ", "", "A", "a\0b", "ab");

    private static GenerationRequest request(String tenant, int[] prompt, int most, Search search, long seed) {
        return new GenerationRequest(
                        prompt,
                        most,
                        1,
                        Sampling.PLAIN.withSeed(seed),
                        List.of(),
                        Set.of(),
                        null,
                        false,
                        tenant,
                        Duration.ofMinutes(1))
                .with(search);
    }

    /** Prompts of a few words that all tenants use, so that they begin alike more often than not. */
    private static int[] prompt(Random random) {
        int[] prompt = {};
        for (int word = random.nextInt(1, 6); word > 0; word--) {
            int length = prompt.length;
            prompt = Arrays.copyOf(prompt, length + 5);
            Arrays.fill(prompt, length, length + 5, 3 + random.nextInt(2));
        }
        return prompt;
    }

    @Property(tries = 25)
    void whatOthersAskedChangesNeitherTextNorWhatIsCached(
            @ForAll long seed, @ForAll @IntRange(min = 20, max = 200) int blocks) throws Exception {
        Random random = new Random(seed);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Search search = i % 5 == 4 ? new Search.Beams(2, 1, Search.Stopping.HEURISTIC) : Search.DRAWN;
            requests.add(request(
                    TENANTS.get(random.nextInt(TENANTS.size())),
                    prompt(random),
                    1 + random.nextInt(12),
                    search,
                    random.nextInt(3)));
        }
        List<List<Integer>> apart = new ArrayList<>();
        for (GenerationRequest request : requests) {
            try (Engine engine = new Engine(
                    "alone", new FakeGenerator(4, 60, 60, 0), ModelText.NONE, new EngineSettings(16, 8, 100))) {
                apart.add(ids(engine.generate(List.of(request), piece -> true)));
            }
        }
        FakeGenerator shared = new FakeGenerator(4, blocks, 60, 0);
        try (Engine engine = new Engine("shared", shared, ModelText.NONE, new EngineSettings(16, 8, 100));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Generated>> together = requests.stream()
                    .map(request -> callers.submit(() -> engine.generate(List.of(request), piece -> true)))
                    .toList();
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(apart.get(i), ids(together.get(i).get()), "request " + i + " of seed " + seed);
            }
        }
        assertEquals(blocks, shared.freeBlocks());
    }

    private static List<Integer> ids(Generated generated) {
        return generated.continuations().getFirst().tokens().stream()
                .map(GeneratedToken::id)
                .toList();
    }

    /** What was cached of a request is what its own tenant asked before, whatever others did meanwhile. */
    @Property(tries = 50)
    void nothingIsCachedForOneWhoNeverAskedForIt(@ForAll long seed) {
        Random random = new Random(seed);
        FakeGenerator generator = new FakeGenerator(4, 400, 60, 0);
        try (Engine engine = new Engine("prober", generator, ModelText.NONE, new EngineSettings(64, 8, 100))) {
            int[] secret = random.ints(33, 3, FakeGenerator.VOCABULARY).toArray();
            String victim = TENANTS.get(random.nextInt(TENANTS.size()));
            engine.generate(List.of(request(victim, secret, 5, Search.DRAWN, seed)), piece -> true);
            for (String adversary : TENANTS) {
                if (!adversary.equals(victim)) {
                    // All of it, and everything but its end: the adversary's own probes before are all that may be
                    // known.
                    int known = 0;
                    for (int length : new int[] {8, 16, 32, 33}) {
                        Generated probe = engine.generate(
                                List.of(request(adversary, Arrays.copyOf(secret, length), 1, Search.DRAWN, 0)),
                                piece -> true);
                        assertTrue(
                                probe.cachedTokens() <= known,
                                adversary + " found " + probe.cachedTokens() + " tokens of " + victim);
                        known = length;
                    }
                }
            }
            Generated again = engine.generate(List.of(request(victim, secret, 1, Search.DRAWN, seed)), piece -> true);
            assertEquals(32, again.cachedTokens());
        }
    }
}
