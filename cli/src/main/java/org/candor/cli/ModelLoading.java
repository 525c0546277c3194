package org.candor.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A server that is ready may still be loading a model. */
final class ModelLoading {

    private static final int MODEL_SECONDS = 60;

    private ModelLoading() {}

    /** Asks, and asks again while the model is still being loaded. */
    static Http.Response await(Terminal terminal, Supplier<Http.Response> request) {
        long start = System.nanoTime();
        while (true) {
            Http.Response response = request.get();
            boolean loading =
                    response.status() == 503 && ServerError.code(response).equals("model-unavailable");
            if (!loading || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(MODEL_SECONDS)) {
                return response;
            }
            terminal.progress("loading the model");
            Readiness.pause();
        }
    }
}
