package org.candor.benchmarks;

import java.io.PrintStream;

/** One benchmark. It prints one JSON object per result, on a line of its own. */
interface Benchmark {

    /**
     * @param arguments what follows the name on the command line
     * @param out for JSON lines only; progress goes to the error stream
     * @throws IllegalArgumentException when an argument is not understood
     */
    void run(String[] arguments, PrintStream out) throws Exception;
}
