package org.candor.gateway.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * Reads bodies on the connection's own thread, so that a slow client holds nobody else, within a size, a time, and a sum
 * of all bodies that are in memory. Thread safe.
 */
final class BodyReader {

    private static final int CHUNK = 16_384;

    private final int seconds;
    private final int budgetBytes;
    private final Semaphore budget;

    /**
     * @param seconds one body may take
     * @param budgetBytes all bodies may take together
     */
    BodyReader(int seconds, int budgetBytes) {
        this.seconds = seconds;
        this.budgetBytes = budgetBytes;
        this.budget = new Semaphore(budgetBytes);
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
        if (announced > most) {
            throw tooLarge(most);
        }
        int reserved = Math.min(budgetBytes, announced < 0 ? most : (int) announced);
        if (!budget.tryAcquire(reserved)) {
            throw new ApiError(429, "busy", null, "Too much is being uploaded at this moment. Try again shortly.")
                    .header("Retry-After", "1");
        }
        try {
            return new Body(read(in, announced, most), reserved, budget);
        } catch (RuntimeException | Error e) {
            budget.release(reserved);
            throw e;
        }
    }

    private byte[] read(InputStream in, long announced, int most) {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        // One more than announced, so that the end is seen without growing.
        byte[] bytes = new byte[announced < 0 ? Math.min(CHUNK, most + 1) : (int) announced + 1];
        int length = 0;
        try {
            while (true) {
                int count = in.read(bytes, length, bytes.length - length);
                if (count < 0) {
                    return Arrays.copyOf(bytes, length);
                }
                length += count;
                if (length > most) {
                    throw tooLarge(most);
                }
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(most + 1L, 2L * bytes.length));
                }
                if (System.nanoTime() - deadline > 0) {
                    throw tooSlow();
                }
            }
        } catch (IOException e) {
            throw tooSlow();
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
