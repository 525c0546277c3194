package org.candor.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs the benchmark named by the first argument. Exit status: 0, 1 when it failed, 2 for a wrong argument. */
public final class Main {

    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.ofEntries(
            Map.entry("attention", new CachedAttention()),
            Map.entry("console", new ConsoleLoad()),
            Map.entry("decode", Generation.decode()),
            Map.entry("encode", new Encode()),
            Map.entry("fit-answer", new FitAnswer()),
            Map.entry("gemm", new Gemm()),
            Map.entry("gemv", new Gemv()),
            Map.entry("governance", new Governance()),
            Map.entry("http", new HttpLoad()),
            Map.entry("log", new Log()),
            Map.entry("loss", new Loss()),
            Map.entry("policy", new PolicyDecisions()),
            Map.entry("prefill", Generation.prefill()),
            Map.entry("retrieval", new Retrieval()),
            Map.entry("serve", new ServeOverhead()),
            Map.entry("soak", new SoakLoad()),
            Map.entry("swap", new Swap()),
            Map.entry("tokenize", new Tokenize())));

    private Main() {}

    /** @param arguments a benchmark's name, then its own arguments */
    public static void main(String[] arguments) {
        Benchmark benchmark = arguments.length == 0 ? null : BENCHMARKS.get(arguments[0]);
        if (benchmark == null) {
            System.err.println("usage: bench NAME, where NAME is one of " + String.join(", ", BENCHMARKS.keySet()));
            System.exit(2);
        }
        try {
            benchmark.run(Arrays.copyOfRange(arguments, 1, arguments.length), System.out);
        } catch (IllegalArgumentException e) {
            System.err.println("bench " + arguments[0] + ": " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
