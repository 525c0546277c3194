package org.candor.gateway.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * Reads bodies on the connection's own thread, so that a slow client holds nobody else, within a size, a time, and a sum
 * of all bodies that are in memory. Memory counts as bytes arrive, not as they are announced. Thread safe.
 */
final class BodyReader implements AutoCloseable {

    private static final int CHUNK = 16_384;
    private static final long MOST_DRAINED = 32L << 20;
    private static final long DRAIN_MILLIS = 2_000;

    private final int seconds;
    private final int budgetBytes;
    private final Semaphore budget;
    private final Deadlines deadlines = new Deadlines();

    /**
     * @param seconds one body may take
     * @param budgetBytes all bodies may take together
     */
    BodyReader(int seconds, int budgetBytes) {
        this.seconds = seconds;
        this.budgetBytes = budgetBytes;
        this.budget = new Semaphore(budgetBytes);
    }

    /** Ends the clock; bodies that are being read are no longer cut off by it. */
    @Override
    public void close() {
        deadlines.close();
    }

    /**
     * A body in memory, until closed.
     *
     * @param bytes of it
     * @param reserved of the budget
     * @param budget to give them back to
     */
    record Body(byte[] bytes, int reserved, Semaphore budget) implements AutoCloseable {
        @Override
        public void close() {
            budget.release(reserved);
        }
    }

    /**
     * Reads a body to its end.
     *
     * @param most bytes; 0 reads nothing
     * @throws ApiError 408, 413, 415 or, when too many bodies are in memory, 429
     */
    Body read(Request request, InputStream in, int most) {
        if (most == 0) {
            return new Body(new byte[0], 0, budget);
        }
        String encoding = request.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ApiError(415, "unsupported_media_type", null, "Send the body without Content-Encoding.");
        }
        long announced = announced(request);
        try {
            if (announced > most) {
                throw tooLarge(most);
            }
            return read(in, announced, most);
        } catch (ApiError e) {
            // Who waits for "100 Continue" has sent nothing yet and hears the refusal at once.
            if (e.status() != 408 && request.header("Expect") == null) {
                drain(in);
            }
            throw e.header("Connection", "close");
        }
    }

    private Body read(InputStream in, long announced, int most) {
        // One more than announced, so that the end is seen without growing.
        int whole = announced < 0 ? most + 1 : (int) announced + 1;
        int reserved = 0;
        boolean done = false;
        Deadlines.Deadline deadline = deadlines.in(seconds * 1_000L);
        try (deadline) {
            byte[] bytes = new byte[0];
            int length = 0;
            while (true) {
                if (length == whole) {
                    // More than announced: no reason to trust the number any further.
                    whole = most + 1;
                }
                if (length == bytes.length) {
                    int capacity = (int) Math.min(whole, Math.max(CHUNK, 2L * length));
                    reserved += reserve(Math.min(budgetBytes, capacity) - reserved);
                    bytes = Arrays.copyOf(bytes, capacity);
                }
                int count = in.read(bytes, length, bytes.length - length);
                if (count < 0) {
                    if (length < announced) {
                        throw tooSlow();
                    }
                    done = true;
                    return new Body(Arrays.copyOf(bytes, length), reserved, budget);
                }
                length += count;
                if (length > most) {
                    throw tooLarge(most);
                }
                if (deadline.passed()) {
                    throw tooSlow();
                }
            }
        } catch (IOException e) {
            throw tooSlow();
        } finally {
            if (!done) {
                budget.release(reserved);
            }
        }
    }

    private int reserve(int bytes) {
        if (!budget.tryAcquire(bytes)) {
            throw new ApiError(429, "busy", null, "Too much is being uploaded at this moment. Try again shortly.")
                    .header("Retry-After", "1");
        }
        return bytes;
    }

    /**
     * Takes some of what is still coming, unread: a client that is writing when the connection closes does not see the
     * answer.
     */
    private void drain(InputStream in) {
        Deadlines.Deadline deadline = deadlines.in(DRAIN_MILLIS);
        try (deadline) {
            byte[] bytes = new byte[CHUNK];
            long left = MOST_DRAINED;
            while (left > 0 && !deadline.passed()) {
                int count = in.read(bytes);
                if (count < 0) {
                    return;
                }
                left -= count;
            }
        } catch (IOException e) {
            // The client is gone or slow; the refusal is tried all the same.
            return;
        }
    }

    private static long announced(Request request) {
        String length = request.header("Content-Length");
        if (length == null) {
            return -1;
        }
        try {
            return Math.max(0, Long.parseLong(length.strip()));
        } catch (NumberFormatException e) {
            throw ApiError.invalid("invalid_value", "Content-Length", "Content-Length is no number.");
        }
    }

    private ApiError tooSlow() {
        return new ApiError(
                408, "body_too_slow", null, "The body ended early, or did not come within " + seconds + " s.");
    }

    private static ApiError tooLarge(int most) {
        return new ApiError(
                413, "body_too_large", null, "The body is larger than the " + most + " bytes allowed here.");
    }
}
