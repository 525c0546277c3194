package org.candor.gateway.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer as events: {@code progress} while it is worked out, then {@code citations}, {@code answer} and {@code done}
 * with the whole of it. Nothing of an answer is told before its log entry is durable. What is wrong before the first stage,
 * and at once, is an HTTP error; later it is the event {@code error}. When the client goes, work that waits does not begin, and
 * work that runs ends with its present stage.
 * Used by one thread.
 */
final class StreamedAnswer {

    private static final Logger LOG = LoggerFactory.getLogger(StreamedAnswer.class);
    private static final String ENDED = "";
    /** How soon it is seen that a client has gone. */
    private static final long COMMENT_SECONDS = 2;
    /** How long an error may still be an HTTP error: until it is time to see whether the client is still there. */
    private static final Duration AT_ONCE = Duration.ofSeconds(COMMENT_SECONDS);

    private static final Response.Account STREAMED = new Response.Account("answer", "ok", null, null, 0);

    private final BlockingQueue<String> stages = new LinkedBlockingQueue<>();
    private final Workers workers;
    private final long begun = System.nanoTime();
    private Future<Map<String, Object>> answer;
    private volatile boolean abandoned;

    private StreamedAnswer(Workers workers) {
        this.workers = workers;
    }

    static Response begin(Answers answers, Caller caller, Answers.Question question, Workers workers, Streams streams)
            throws Exception {
        return begin(answers, caller, question, workers, streams, AT_ONCE);
    }

    static Response begin(
            Answers answers,
            Caller caller,
            Answers.Question question,
            Workers workers,
            Streams streams,
            Duration atOnce)
            throws Exception {
        Streams.Place place = streams.open(caller);
        StreamedAnswer streamed = new StreamedAnswer(workers);
        boolean handed = false;
        try {
            streamed.answer = workers.begin(
                    () -> answers.answer(caller, question, streamed::reached), () -> streamed.stages.add(ENDED));
            String first = streamed.within(atOnce);
            if (ENDED.equals(first)) {
                streamed.result();
            }
            Response response = Response.events(out -> {
                        try (place) {
                            return streamed.tell(out, first);
                        } finally {
                            streamed.abandon();
                        }
                    })
                    .with("X-Accel-Buffering", "no")
                    .accounted(STREAMED);
            handed = true;
            return response;
        } finally {
            if (!handed) {
                place.close();
                streamed.abandon();
            }
        }
    }

    /** Nobody waits for the answer any more. One that is there already stays as it is. */
    private void abandon() {
        abandoned = true;
        if (answer != null) {
            answer.cancel(false);
        }
    }

    private void reached(String stage) {
        if (abandoned) {
            throw new OperationException(
                    OperationException.Kind.UNAVAILABLE, "client_gone", "Nobody waits for this answer any more.");
        }
        stages.add(stage);
    }

    /**
     * The next stage, or null where none is reached soon.
     *
     * @throws ApiError 503 when the request has no time left
     */
    private String within(Duration soon) throws InterruptedException {
        long left = workers.patience().toNanos() - (System.nanoTime() - begun);
        String stage = stages.poll(Math.max(0, Math.min(left, soon.toNanos())), TimeUnit.NANOSECONDS);
        if (stage == null && left <= soon.toNanos()) {
            throw workers.tooSlow();
        }
        return stage;
    }

    /** @param first stage, or null where none is reached yet */
    private Response.Account tell(EventStream out, String first) throws IOException, InterruptedException {
        try {
            String stage = first == null ? waitFor(out) : first;
            while (!stage.equals(ENDED)) {
                out.event("progress", progress(stage));
                stage = waitFor(out);
            }
            Map<String, Object> whole = result();
            out.event("citations", part(whole, "citations", "masked"));
            out.event("answer", part(whole, "id", "answer", "reason", "language"));
            out.event("done", whole);
            return AnswerRoutes.account(whole);
        } catch (ApiError e) {
            Response response = e.response();
            out.event("error", JsonText.readObject(response.body()).get("error"));
            Response.Account account = response.account();
            return account.operation() == null ? STREAMED.ended(account.outcome()) : account;
        }
    }

    private String waitFor(EventStream out) throws IOException, InterruptedException {
        String stage = stages.poll();
        while (stage == null) {
            // What cannot be written has nobody who reads it.
            out.comment("working");
            stage = within(Duration.ofSeconds(COMMENT_SECONDS));
        }
        return stage;
    }

    private Map<String, Object> result() throws InterruptedException {
        try {
            return answer.get();
        } catch (CancellationException e) {
            throw Workers.givenUp();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OperationException cause -> throw ApiError.of(cause);
                case ApiError cause -> throw cause;
                default -> {
                    LOG.error("A streamed answer failed", e.getCause());
                    throw new ApiError(500, "internal", null, "Something went wrong in the server; its log shows it.");
                }
            }
        }
    }

    private Map<String, Object> progress(String stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("stage", stage);
        json.put("millis", (System.nanoTime() - begun) / 1_000_000L);
        return json;
    }

    private static Map<String, Object> part(Map<String, Object> whole, String... names) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (String name : List.of(names)) {
            if (whole.containsKey(name)) {
                json.put(name, whole.get(name));
            }
        }
        return json;
    }
}
