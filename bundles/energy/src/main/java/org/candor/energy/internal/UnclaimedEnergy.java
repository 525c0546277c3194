package org.candor.energy.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Energy that computing took and that no operation has claimed yet, in slices of time. A claim of processor time takes from
 * all slices since its operation began, in proportion. Not thread safe: its owner takes turns.
 */
final class UnclaimedEnergy {
    /** Beyond this many slices neighbours are joined: claims become a little less sharp in time, none becomes slow. */
    private static final int MOST_SLICES = 1024;

    private static final class Slice {
        long end;
        double joules;
        double nanos;
    }

    /**
     * What a claim got.
     *
     * @param joules that came with it
     * @param nanos of processor time; fewer than asked for when less was left
     */
    record Claim(double joules, double nanos) {}

    private static final Claim NOTHING = new Claim(0, 0);

    private List<Slice> slices = new ArrayList<>();
    private double joules;

    /**
     * @param end of the slice on the wall clock
     * @param joules that computing took in it
     * @param nanos of processor time, above 0
     */
    void add(long end, double joules, double nanos) {
        if (slices.size() >= MOST_SLICES) {
            join();
        }
        Slice slice = new Slice();
        slice.end = end;
        slice.joules = joules;
        slice.nanos = nanos;
        slices.add(slice);
        this.joules += joules;
    }

    /** Takes so much processor time, spent since then, and the joules that belong to it. */
    Claim claim(double nanos, long since) {
        int first = firstAfter(since);
        double available = 0;
        for (int i = first; i < slices.size(); i++) {
            available += slices.get(i).nanos;
        }
        if (available <= 0 || nanos <= 0) {
            return NOTHING;
        }
        double part = Math.min(1.0, nanos / available);
        double claimed = 0;
        for (int i = first; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            double taken = slice.joules * part;
            slice.joules -= taken;
            slice.nanos -= slice.nanos * part;
            claimed += taken;
        }
        joules -= claimed;
        return new Claim(claimed, part * available);
    }

    /** Processor time since then that nobody has claimed, in nanoseconds. */
    double nanosSince(long since) {
        double available = 0;
        for (int i = firstAfter(since); i < slices.size(); i++) {
            available += slices.get(i).nanos;
        }
        return available;
    }

    /** Takes what nobody can claim any more: slices that ended before the oldest open operation began. */
    double expire(long oldest) {
        int first = firstAfter(oldest);
        double expired = 0;
        for (int i = 0; i < first; i++) {
            expired += slices.get(i).joules;
        }
        slices.subList(0, first).clear();
        joules = slices.isEmpty() ? 0 : joules - expired;
        return expired;
    }

    /** All that is unclaimed. */
    double joules() {
        return joules;
    }

    private int firstAfter(long since) {
        int first = slices.size();
        while (first > 0 && slices.get(first - 1).end - since > 0) {
            first--;
        }
        return first;
    }

    private void join() {
        List<Slice> joined = new ArrayList<>(MOST_SLICES);
        for (int i = 0; i < slices.size(); i += 2) {
            Slice slice = slices.get(i);
            if (i + 1 < slices.size()) {
                Slice next = slices.get(i + 1);
                slice.end = next.end;
                slice.joules += next.joules;
                slice.nanos += next.nanos;
            }
            joined.add(slice);
        }
        slices = joined;
    }
}
