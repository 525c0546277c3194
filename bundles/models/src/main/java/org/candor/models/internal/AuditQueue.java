package org.candor.models.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.candor.api.model.ModelAudit;
import org.candor.api.model.ModelTransition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps on their way to the audit, in order, on a thread of its own: what happens to models never waits for it. While
 * there is no audit, or it fails, steps wait here and are offered again.
 */
final class AuditQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditQueue.class);
    private static final int MOST = 10_000;
    private static final long RETRY_MILLIS = 1_000;

    private final Deque<ModelTransition> waiting = new ArrayDeque<>();
    private final Thread thread;
    private ModelAudit audit;
    /** Whether the step at the front failed before: said once. */
    private boolean failing;

    private boolean closed;

    AuditQueue() {
        thread = Thread.ofPlatform().name("candor-models-audit").daemon().start(this::run);
    }

    synchronized void add(ModelTransition transition) {
        if (waiting.size() == MOST) {
            LOG.error("A step of a model is not audited, too many wait: {}", waiting.removeFirst());
        }
        waiting.addLast(transition);
        notifyAll();
    }

    synchronized void audit(ModelAudit present) {
        audit = present;
        notifyAll();
    }

    synchronized void withdraw(ModelAudit gone) {
        if (audit == gone) {
            audit = null;
        }
    }

    private void run() {
        try {
            while (true) {
                ModelTransition next;
                ModelAudit taker;
                synchronized (this) {
                    while (waiting.isEmpty() || audit == null) {
                        if (closed) {
                            return;
                        }
                        wait();
                    }
                    next = waiting.peekFirst();
                    taker = audit;
                }
                if (offer(next, taker)) {
                    synchronized (this) {
                        waiting.remove(next);
                    }
                } else {
                    synchronized (this) {
                        if (closed) {
                            return;
                        }
                        wait(RETRY_MILLIS);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean offer(ModelTransition next, ModelAudit taker) {
        try {
            taker.record(next);
            failing = false;
            return true;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn("Steps of models wait for the audit: {}", e.getMessage());
            }
            failing = true;
            return false;
        }
    }

    /** Steps that can be recorded still are. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.join(TimeUnit.SECONDS.toMillis(5));
        thread.interrupt();
    }
}
