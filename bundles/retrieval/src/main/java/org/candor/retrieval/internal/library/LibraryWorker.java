package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The library's one thread: follows encoders and looks through the folder, when told to and from time to time. */
final class LibraryWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryWorker.class);
    private static final long WAITING_SECONDS = 1;

    private final EncoderRoutes encoders;
    private final Mirror mirror;
    private final Progress progress;
    private final long rescanSeconds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Thread thread;
    private boolean wanted = true;
    private boolean closed;

    /** @param rescanSeconds between looks nobody asked for, 0 for none */
    LibraryWorker(EncoderRoutes encoders, Mirror mirror, Progress progress, long rescanSeconds) {
        this.encoders = encoders;
        this.mirror = mirror;
        this.progress = progress;
        this.rescanSeconds = rescanSeconds;
        progress.announce();
        thread = Thread.ofPlatform().name("candor-library").daemon().start(this::work);
    }

    /** Looks again, soon. */
    void tell() {
        lock.lock();
        try {
            progress.announce();
            wanted = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        int waiting = 0;
        Wake wake = await(waiting);
        while (wake != Wake.CLOSED) {
            try {
                boolean changed = encoders.follow();
                encoders.sweepOnceSettled();
                if (changed || wake == Wake.LOOK) {
                    waiting = mirror.run();
                }
            } catch (IOException | RuntimeException | Error e) {
                // This one thread has to live on, whatever one look met: the next one may do better.
                LOG.error("The library could not be brought up to date", e);
                progress.fail("the library could not be brought up to date: " + e);
                waiting = 0;
            }
            wake = await(waiting);
        }
    }

    private enum Wake {
        /** Look through everything. */
        LOOK,
        /** Documents wait: see whether an encoder came, look only then. */
        ENCODERS,
        /** End. */
        CLOSED
    }

    private Wake await(int waiting) {
        long seconds = waiting > 0 ? WAITING_SECONDS : rescanSeconds;
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (!closed && !wanted && (seconds == 0 || left > 0)) {
                if (seconds == 0) {
                    told.await();
                } else {
                    left = told.awaitNanos(left);
                }
            }
            Wake wake = closed ? Wake.CLOSED : wanted || waiting == 0 ? Wake.LOOK : Wake.ENCODERS;
            wanted = false;
            if (wake == Wake.LOOK) {
                progress.take();
            }
            return wake;
        } catch (InterruptedException e) {
            return Wake.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            told.signalAll();
        } finally {
            lock.unlock();
        }
        encoders.close();
        mirror.stop();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
