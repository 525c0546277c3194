package org.candor.gateway.internal;

/** The requests that are in the house, until the last byte of their answers is written. Thread safe. */
final class Present {

    private int count;

    synchronized void enter() {
        count++;
    }

    synchronized void leave() {
        count--;
        notifyAll();
    }

    /** Waits until nobody is in the house, or the time is up. */
    synchronized void awaitNone(long millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        try {
            for (long left = millis; count > 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000L) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
