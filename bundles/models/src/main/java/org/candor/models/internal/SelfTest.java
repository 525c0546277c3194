package org.candor.models.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.SelfTestResult;

/** What the golden inputs of packs have in common, whatever their models do. */
final class SelfTest {

    /** Texts that the self-test of a folder consists of. */
    static final List<String> TEXTS = List.of(
            "Candor",
            "The committee approved the budget on the third of May.",
            "Otters sleep on a bed of kelp.",
            "委员会批准了预算。");

    private static final String FILE = "selftest.json";
    private static final long MAX_BYTES = 8 << 20;
    private static final double MOST_TOLERANCE = 0.1;
    private static final int REMEMBERED_TYPES = 64;
    /** Jackson remembers types in a place for all bundles, where these would keep this bundle's classes after a refresh. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(new LRUMap<Object, JavaType>(16, REMEMBERED_TYPES)))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SelfTest() {}

    /**
     * @param result what was measured
     * @param failure naming the first case that is off and by how much, or null
     */
    record Outcome(SelfTestResult result, String failure) {}

    /** Reads a selftest.json. */
    static <T> T read(String location, Path file, Class<T> type) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw wrong(location, "it is larger than " + MAX_BYTES + " bytes");
        }
        try {
            T test = JSON.readValue(Files.readAllBytes(file), type);
            if (test == null) {
                throw wrong(location, "it has no cases");
            }
            return test;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new ModelFormatException(location + ": " + FILE + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Checks what every one has. */
    static void check(String location, double tolerance, List<?> cases) throws ModelFormatException {
        if (cases == null || cases.isEmpty()) {
            throw wrong(location, "it has no cases");
        }
        if (!(tolerance > 0 && tolerance <= MOST_TOLERANCE)) {
            throw wrong(
                    location,
                    "tolerance is " + tolerance + ", more than 0 and at most " + MOST_TOLERANCE + " is allowed");
        }
    }

    static ModelFormatException wrong(String location, String what) {
        return new ModelFormatException(location + ": " + FILE + ": " + what);
    }

    /** Names the case in a failure. */
    static String failure(String location, int number, String what) {
        return location + ": self-test case " + number + ": " + what;
    }

    /** The end of a run that began at {@code start}, in nanoseconds. */
    static Outcome outcome(String failure, int cases, double tolerance, double worst, double leastCosine, long start) {
        long millis = (System.nanoTime() - start) / 1_000_000;
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new Outcome(
                new SelfTestResult(failure == null, cases, tolerance, worst, leastCosine, millis, now), failure);
    }
}
