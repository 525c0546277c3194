package org.candor.gateway.internal;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.candor.api.generate.Piece;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Written;
import org.candor.api.operation.OperationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A text as events while it is written: chunks in OpenAI's shapes. What is wrong before the model begins is an HTTP error; later
 * it is a chunk of its own. Why a text ended, and what proves it, is told when it is
 * in the log. When the client goes, the text ends within a step. The operation runs on a virtual thread of its own, the
 * connection's writes.
 */
final class StreamedText implements Generation.Sink {

    private static final Logger LOG = LoggerFactory.getLogger(StreamedText.class);
    /** After which time without an event it is seen whether the client has gone. */
    private static final long COMMENT_NANOS = 2_000_000_000L;

    private static final long LOOK_MILLIS = 1_000;

    private sealed interface Event {
        record Beginning(Begun begun) implements Event {}

        record Text(Piece piece) implements Event {}

        record Done(Written written) implements Event {}

        record Failed(ApiError error) implements Event {}

        /** Nothing else may have come for a while. */
        record Look() implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Order order;
    private final TextForm form;
    private volatile boolean abandoned;
    /** That writes; null before it begins. */
    private volatile String model;

    private StreamedText(Order order, TextForm form) {
        this.order = order;
        this.form = form;
    }

    static Response begin(Generation service, Caller caller, Order order, TextForm form, Streams streams)
            throws InterruptedException {
        Streams.Place place = streams.open(caller);
        StreamedText text = new StreamedText(order, form);
        boolean handed = false;
        try {
            Thread.ofVirtual().name("candor-text").start(() -> text.run(service, caller));
            Event first = text.events.take();
            if (first instanceof Event.Failed failed) {
                throw failed.error();
            }
            Response response = Response.events(out -> {
                        try (place) {
                            return text.tell(out, first);
                        } finally {
                            text.abandoned = true;
                        }
                    })
                    .with("X-Accel-Buffering", "no")
                    .accounted(text.account("ok"));
            handed = true;
            return response;
        } finally {
            if (!handed) {
                place.close();
                text.abandoned = true;
            }
        }
    }

    private void run(Generation service, Caller caller) {
        try {
            events.add(new Event.Done(service.generate(caller, order, this)));
        } catch (OperationException e) {
            events.add(new Event.Failed(ApiError.of(e)));
        } catch (ApiError e) {
            events.add(new Event.Failed(e));
        } catch (RuntimeException | Error e) {
            LOG.error("A streamed text failed", e);
            events.add(new Event.Failed(
                    new ApiError(500, "internal", null, "Something went wrong in the server; its log shows it.")));
        }
    }

    @Override
    public void begun(Begun begun) {
        model = begun.model().name();
        events.add(new Event.Beginning(begun));
    }

    @Override
    public boolean piece(Piece piece) {
        events.add(new Event.Text(piece));
        return !abandoned;
    }

    @Override
    public boolean wanted() {
        return !abandoned;
    }

    @Override
    public boolean handsOn() {
        return true;
    }

    private Response.Account tell(EventStream out, Event first) throws IOException, InterruptedException {
        Thread looks = Thread.ofVirtual().name("candor-text-looks").start(this::look);
        try {
            return tellAll(out, first);
        } finally {
            looks.interrupt();
        }
    }

    /** A wait that may time out would set and clear an alarm for each token, and wake the thread that keeps alarms twice. */
    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                if (events.isEmpty()) {
                    events.add(new Event.Look());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Response.Account tellAll(EventStream out, Event first) throws IOException, InterruptedException {
        long told = System.nanoTime();
        for (Event event = first; ; event = events.take()) {
            switch (event) {
                case Event.Look look -> {
                    if (System.nanoTime() - told < COMMENT_NANOS) {
                        continue;
                    }
                    // What cannot be written has nobody who reads it.
                    out.comment("working");
                }
                case Event.Beginning beginning -> write(out, form.begin(beginning.begun()));
                case Event.Text text -> write(out, form.piece(text.piece()));
                case Event.Done done -> {
                    write(out, form.end(done.written()));
                    if (!form.typed()) {
                        out.done();
                    }
                    return TextViews.account(done.written());
                }
                case Event.Failed failed -> {
                    write(out, form.failed(failed.error()));
                    return account(failed.error().code());
                }
            }
            told = System.nanoTime();
        }
    }

    private void write(EventStream out, Iterable<Map<String, Object>> chunks) throws IOException {
        for (Map<String, Object> chunk : chunks) {
            if (form.typed()) {
                out.event((String) chunk.get("type"), chunk);
            } else {
                out.data(chunk);
            }
        }
    }

    private Response.Account account(String outcome) {
        return new Response.Account("generate", outcome, null, model, 0);
    }
}
