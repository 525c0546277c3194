package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How fast models write and read, from two looks at what they have done. Used under the lock of who looks. */
final class GeneratorRates {

    private record Look(long nanos, double prompt, double completion) {}

    /** By digest: what another revision did says nothing of this one. */
    private Map<Object, Look> before = Map.of();

    /**
     * @param generators of {@link org.candor.api.operation.Platform#status}, or null
     * @param joulesPerToken by digest, null while nothing is known
     * @return the same with tokens per second since the look before, which are null at the first, and {@code joulesPerToken}; null
     *     where there is nothing to look at
     */
    List<Map<String, Object>> of(Object generators, long nanos, Function<String, Double> joulesPerToken) {
        Map<Object, Look> now = new HashMap<>();
        List<Map<String, Object>> list = new ArrayList<>();
        if (generators instanceof List<?> all) {
            for (Object each : all) {
                Map<?, ?> generator = (Map<?, ?>) each;
                Map<String, Object> json = new LinkedHashMap<>();
                generator.forEach((name, value) -> json.put((String) name, value));
                Look look = new Look(nanos, number(generator, "promptTokens"), number(generator, "completionTokens"));
                Object digest = generator.get("digest");
                Look last = before.get(digest);
                now.put(digest, look);
                json.put("promptPerSecond", last == null ? null : rate(look.prompt() - last.prompt(), nanos, last));
                json.put(
                        "completionPerSecond",
                        last == null ? null : rate(look.completion() - last.completion(), nanos, last));
                json.put("joulesPerToken", joulesPerToken.apply(String.valueOf(digest)));
                list.add(json);
            }
        }
        before = now;
        return generators == null ? null : list;
    }

    /** Null where the counter began anew. */
    private static Double rate(double tokens, long nanos, Look last) {
        double perSecond = tokens / ((nanos - last.nanos()) / 1e9);
        return Double.isFinite(perSecond) && perSecond >= 0 ? perSecond : null;
    }

    private static double number(Map<?, ?> generator, String member) {
        return generator.get(member) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
