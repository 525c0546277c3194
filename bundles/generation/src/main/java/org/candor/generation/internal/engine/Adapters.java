package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.model.Adapter;

/**
 * The adapters of one model. They are made by any thread and closed by the scheduler's, between passes, when no text is read
 * with them any more. Thread safe.
 */
final class Adapters {

    private final Set<Adapter> open = new HashSet<>();
    private final Map<Adapter, CountDownLatch> retired = new HashMap<>();
    private boolean ended;

    /** What ends texts whose adapter is gone. */
    static GenerationException closed() {
        return new GenerationException(Kind.CANCELLED, "The adapter was closed.");
    }

    /** @throws IllegalStateException after the end; the adapter is closed then */
    synchronized void add(Adapter adapter) {
        if (ended) {
            adapter.close();
            throw new IllegalStateException("the model is closed");
        }
        open.add(adapter);
    }

    /** Whether texts may be read with it; the model as it is, null, always may. */
    synchronized boolean serve(Adapter adapter) {
        return adapter == null || open.contains(adapter);
    }

    /** @return counted down when it is closed */
    synchronized CountDownLatch retire(Adapter adapter) {
        if (!open.remove(adapter)) {
            return retired.getOrDefault(adapter, new CountDownLatch(0));
        }
        CountDownLatch done = new CountDownLatch(1);
        retired.put(adapter, done);
        return done;
    }

    /** @param forget ends its texts, and gives up what they left */
    void closeRetired(Consumer<Adapter> forget) {
        Map<Adapter, CountDownLatch> now;
        synchronized (this) {
            now = Map.copyOf(retired);
        }
        now.forEach((adapter, done) -> {
            forget.accept(adapter);
            adapter.close();
            synchronized (this) {
                retired.remove(adapter);
            }
            done.countDown();
        });
    }

    /** Closes all of them; no text is left. */
    void end() {
        List<Adapter> last;
        synchronized (this) {
            ended = true;
            last = new ArrayList<>(open);
            open.clear();
        }
        last.forEach(Adapter::close);
        closeRetired(adapter -> {});
    }
}
