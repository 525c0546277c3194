package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks passwords. After some wrong ones in a row each further try has to wait, longer each time: for one user from one
 * address, so that guessing elsewhere locks nobody out. Few are checked at once, few wait, and fewer of one address, so that
 * a flood of guesses takes little of the machine. Thread safe.
 */
final class Passwords {

    private static final int FREE_TRIES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int MOST_LENGTH = 1_024;
    private static final int MOST_COUNTED = 10_000;
    private static final int AT_ONCE = 2;
    private static final int MOST_WAITING = 16;
    private static final int MOST_OF_ONE_ADDRESS = 4;
    private static final int PATIENCE_SECONDS = 10;

    private record Guesser(String user, String address) {}

    private record Tries(int wrong, long next) {}

    private record Remembered(Credentials.Password password, byte[] tag) {}

    private final AccessStore store;
    private final LongSupplier nanoTime;
    private final Credentials.Password nobody;
    private final byte[] rememberKey = new byte[32];
    private final Semaphore checks = new Semaphore(AT_ONCE, true);
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();
    private final Map<Guesser, Tries> tries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Guesser, Tries> eldest) {
            return size() > MOST_COUNTED;
        }
    };

    Passwords(AccessStore store, SecureRandom random, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.nobody = Credentials.Password.ofNobody(random);
        random.nextBytes(rememberKey);
    }

    /**
     * The user, where the password is right. An unknown user takes the same time.
     *
     * @param address of the client
     * @throws ApiError 401, or 429 when too many wrong ones came, or too many at once
     */
    Credentials.User check(String name, String password, String address) {
        Credentials.User user = store.user(name);
        if (password.length() > MOST_LENGTH || name.length() > MOST_LENGTH) {
            throw wrong();
        }
        Guesser guesser = new Guesser(name, address);
        // Before anything is compared: whoever has to wait learns nothing.
        checkWait(guesser);
        byte[] tag = tag(name, password);
        Remembered known = remembered.get(name);
        if (user != null
                && known != null
                && known.password().equals(user.password())
                && MessageDigest.isEqual(tag, known.tag())) {
            return user;
        }
        if (!room.tryAcquire()) {
            throw busy();
        }
        try {
            if (waiting.merge(address, 1, Integer::sum) > MOST_OF_ONE_ADDRESS) {
                throw busy();
            }
            return checkSlowly(guesser, user, password, tag);
        } finally {
            leave(address);
            room.release();
        }
    }

    private Credentials.User checkSlowly(Guesser guesser, Credentials.User user, String password, byte[] tag) {
        boolean entered = false;
        try {
            entered = checks.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!entered) {
                throw busy();
            }
            // Again: others may have guessed meanwhile.
            checkWait(guesser);
            Credentials.Password hash = user == null ? nobody : user.password();
            if (!hash.matches(password) || user == null) {
                countWrong(guesser);
                throw wrong();
            }
            synchronized (tries) {
                tries.remove(guesser);
            }
            remembered.put(guesser.user(), new Remembered(hash, tag));
            return user;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        } finally {
            if (entered) {
                checks.release();
            }
        }
    }

    private void leave(String address) {
        waiting.computeIfPresent(address, (name, count) -> count == 1 ? null : count - 1);
    }

    private void checkWait(Guesser guesser) {
        Tries before;
        synchronized (tries) {
            before = tries.get(guesser);
        }
        if (before == null || before.wrong() < FREE_TRIES) {
            return;
        }
        long left = before.next() - nanoTime.getAsLong();
        if (left > 0) {
            long seconds = Duration.ofNanos(left).toSeconds() + 1;
            throw new ApiError(429, "too_many_tries", null, "Too many wrong passwords: wait " + seconds + " s.")
                    .header("Retry-After", Long.toString(seconds));
        }
    }

    private void countWrong(Guesser guesser) {
        long now = nanoTime.getAsLong();
        synchronized (tries) {
            Tries before = tries.get(guesser);
            int wrong = before == null ? 1 : before.wrong() + 1;
            int doublings = Math.clamp(wrong - FREE_TRIES, 0, 10);
            Duration wait = Duration.ofSeconds(1L << doublings);
            Duration bounded = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
            tries.put(guesser, new Tries(wrong, now + bounded.toNanos()));
        }
    }

    /** Lets a password that was right be recognised quickly, without keeping it. */
    private byte[] tag(String name, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(rememberKey, "HmacSHA256"));
            mac.update(name.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static ApiError busy() {
        return new ApiError(429, "busy", null, "Too many passwords are being checked. Try again shortly.")
                .header("Retry-After", "1");
    }

    private static ApiError wrong() {
        return new ApiError(401, "invalid_password", null, "User or password is wrong.");
    }
}
