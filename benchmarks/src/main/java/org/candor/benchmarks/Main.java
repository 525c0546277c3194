package org.candor.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs the benchmark named by the first argument. Exit status: 0, 1 when it failed, 2 for a wrong argument. */
public final class Main {

    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.of(
            "console",
            new ConsoleLoad(),
            "encode",
            new Encode(),
            "fit-answer",
            new FitAnswer(),
            "gemm",
            new Gemm(),
            "http",
            new HttpLoad(),
            "log",
            new Log(),
            "policy",
            new PolicyDecisions(),
            "retrieval",
            new Retrieval(),
            "swap",
            new Swap(),
            "tokenize",
            new Tokenize()));

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
