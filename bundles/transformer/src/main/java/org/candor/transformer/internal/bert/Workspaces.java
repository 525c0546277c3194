package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.compute.Backend;

/**
 * The workspaces of one model. At most so many are out at once, in the order in which they were asked for; what comes
 * back is kept for the next pass. Thread safe.
 */
final class Workspaces implements AutoCloseable {

    private static final int LEAST_CAPACITY = 32;

    private final Backend backend;
    private final BertConfiguration configuration;
    private final int concurrentPasses;
    private final Semaphore passes;
    private final List<Workspace> idle = new ArrayList<>();
    private final AtomicLong bytes = new AtomicLong();
    private boolean closed;

    Workspaces(Backend backend, BertConfiguration configuration, int concurrentPasses) {
        this.backend = backend;
        this.configuration = configuration;
        this.concurrentPasses = concurrentPasses;
        this.passes = new Semaphore(concurrentPasses, true);
    }

    /**
     * The smallest idle workspace that fits, or a new one.
     *
     * @throws IllegalStateException after close
     */
    Workspace take(int tokens) {
        passes.acquireUninterruptibly();
        try {
            Workspace space = takeIdle(tokens);
            if (space != null) {
                return space;
            }
            int capacity = Math.max(LEAST_CAPACITY, Integer.highestOneBit(Math.max(1, tokens - 1)) << 1);
            Workspace created = new Workspace(backend, configuration, Math.max(capacity, tokens));
            bytes.addAndGet(created.bytes());
            return created;
        } catch (RuntimeException e) {
            passes.release();
            throw e;
        }
    }

    private synchronized Workspace takeIdle(int tokens) {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        Workspace best = null;
        for (Workspace space : idle) {
            if (space.capacity() >= tokens && (best == null || space.capacity() < best.capacity())) {
                best = space;
            }
        }
        idle.remove(best);
        return best;
    }

    /**
     * Returns a workspace.
     *
     * @param reusable false after a failure, when it is freed
     */
    void giveBack(Workspace space, boolean reusable) {
        Workspace freed = reusable ? keep(space) : space;
        try {
            if (freed != null) {
                bytes.addAndGet(-freed.bytes());
                freed.close();
            }
        } finally {
            passes.release();
        }
    }

    /** Keeps a workspace and returns one to free when there are too many: the smallest. */
    private synchronized Workspace keep(Workspace space) {
        idle.add(space);
        if (idle.size() <= 2 * concurrentPasses) {
            return null;
        }
        Workspace smallest = idle.getFirst();
        for (Workspace other : idle) {
            if (other.capacity() < smallest.capacity()) {
                smallest = other;
            }
        }
        idle.remove(smallest);
        return smallest;
    }

    /** Bytes of all workspaces. */
    long bytes() {
        return bytes.get();
    }

    @Override
    public void close() {
        passes.acquireUninterruptibly(concurrentPasses);
        synchronized (this) {
            closed = true;
            for (Workspace space : idle) {
                bytes.addAndGet(-space.bytes());
                space.close();
            }
            idle.clear();
        }
        passes.release(concurrentPasses);
    }
}
