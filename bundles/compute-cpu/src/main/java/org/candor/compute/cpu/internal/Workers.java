package org.candor.compute.cpu.internal;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share the chunks of any number of jobs at once. The caller of a job works too. Every thread has a part of
 * its own, which it does first, so that the same thread finds the same rows in its cache from job to job; then it helps
 * the others. Between jobs a worker spins for a short while, since the operations of a forward pass follow each other
 * within microseconds, then parks.
 */
final class Workers implements AutoCloseable {

    /** One part of an operation. Chunks of one job run in any order, on any thread, at the same time. */
    interface Task {
        void run(int chunk, Scratch scratch);
    }

    private static final int APART = 32;

    private static final class Job {
        private final Task task;
        private final int chunks;
        /** Next chunk of each part, far enough apart for a cache line each. */
        private final AtomicIntegerArray next;

        private final int parts;
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicLong busy = new AtomicLong();
        private volatile Throwable failure;
        private volatile Thread waiter;

        private Job(Task task, int chunks, int parts) {
            this.task = task;
            this.chunks = chunks;
            this.parts = parts;
            next = new AtomicIntegerArray(parts * APART);
            for (int part = 0; part < parts; part++) {
                next.set(part * APART, first(part));
            }
        }

        private int first(int part) {
            return (int) ((long) chunks * part / parts);
        }

        /** A chunk of this part, or else of the next one that has any left; -1 when none has. */
        private int take(int part) {
            for (int i = 0; i < parts; i++) {
                int from = (part + i) % parts;
                int end = first(from + 1);
                if (next.get(from * APART) < end) {
                    int chunk = next.getAndIncrement(from * APART);
                    if (chunk < end) {
                        return chunk;
                    }
                }
            }
            return -1;
        }
    }

    private final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Thread> parked = new ConcurrentLinkedQueue<>();
    private final Thread[] threads;
    private final long spinNanos;
    private volatile boolean closed;

    /**
     * @param threads threads of one job, its caller included, at least 1
     * @param spinNanos how long a worker looks for the next job before it parks
     */
    Workers(int threads, long spinNanos) {
        this.spinNanos = spinNanos;
        this.threads = new Thread[threads - 1];
        for (int i = 0; i < threads - 1; i++) {
            int part = i + 1;
            this.threads[i] =
                    Thread.ofPlatform().daemon().name("candor-compute-" + part).unstarted(() -> serve(part));
        }
        for (Thread thread : this.threads) {
            thread.start();
        }
    }

    /** Threads of one job, its caller included. */
    int threads() {
        return threads.length + 1;
    }

    /**
     * Runs all chunks and returns when they are done.
     *
     * @param scratch the caller's
     * @return nanoseconds spent, summed over the threads
     */
    long run(int chunks, Task task, Scratch scratch) {
        if (chunks == 1 || threads.length == 0 || closed) {
            long begin = System.nanoTime();
            for (int chunk = 0; chunk < chunks; chunk++) {
                task.run(chunk, scratch);
            }
            return System.nanoTime() - begin;
        }
        Job job = new Job(task, chunks, Math.min(chunks, threads()));
        jobs.add(job);
        wake(chunks - 1);
        work(job, 0, scratch);
        jobs.remove(job);
        await(job);
        if (job.failure != null) {
            throw new IllegalStateException("a compute worker failed", job.failure);
        }
        return job.busy.get();
    }

    private void wake(int most) {
        for (int i = 0; i < most; i++) {
            Thread thread = parked.poll();
            if (thread == null) {
                return;
            }
            LockSupport.unpark(thread);
        }
    }

    private static void work(Job job, int part, Scratch scratch) {
        int chunk = job.take(part);
        if (chunk < 0) {
            return;
        }
        long begin = System.nanoTime();
        int count = 0;
        while (chunk >= 0) {
            try {
                job.task.run(chunk, scratch);
            } catch (Throwable failure) {
                job.failure = failure;
            }
            count++;
            chunk = job.take(part);
        }
        job.busy.addAndGet(System.nanoTime() - begin);
        if (job.done.addAndGet(count) == job.chunks) {
            LockSupport.unpark(job.waiter);
        }
    }

    /** The other threads are in their last chunk: usually done in a moment, unless the system took one off its core. */
    private void await(Job job) {
        long begin = System.nanoTime();
        while (job.done.get() < job.chunks && System.nanoTime() - begin < spinNanos) {
            Thread.onSpinWait();
        }
        if (job.done.get() < job.chunks) {
            boolean interrupted = Thread.interrupted();
            job.waiter = Thread.currentThread();
            while (job.done.get() < job.chunks) {
                LockSupport.park(job);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void serve(int part) {
        Scratch scratch = new Scratch();
        long idleSince = System.nanoTime();
        while (!closed) {
            Job job = jobs.peek();
            if (job != null) {
                work(job, part, scratch);
                jobs.remove(job);
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince < spinNanos) {
                Thread.onSpinWait();
            } else {
                park();
                idleSince = System.nanoTime();
            }
        }
    }

    private void park() {
        parked.add(Thread.currentThread());
        if (jobs.peek() == null && !closed) {
            LockSupport.park(this);
        }
        parked.remove(Thread.currentThread());
    }

    /** Ends the threads after their current chunks. Jobs of later calls run on their callers alone. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
