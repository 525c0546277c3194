package org.candor.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A server that is ready may still be loading a model. */
final class ModelLoading {

    private static final int MODEL_SECONDS = 60;

    private ModelLoading() {}

    /**
     * Asks, and asks again while the model is still being loaded.
     *
     * @param shipped whether every server has the model: a new one is ready a moment before it has
     */
    static Http.Response await(Terminal terminal, boolean shipped, Supplier<Http.Response> request) {
        long start = System.nanoTime();
        while (true) {
            Http.Response response = request.get();
            String code = response.status() == 200 ? "" : ServerError.code(response);
            boolean loading = code.equals("model-unavailable") || shipped && code.equals("model_not_found");
            if (!loading || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(MODEL_SECONDS)) {
                return response;
            }
            terminal.progress("loading the model");
            Readiness.pause();
        }
    }
}
