package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntSupplier;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.generation.internal.sampling.TokenHistory;

/**
 * Texts that have ended, kept for others that begin alike, of the same tenant and adapter only. Whole blocks are shared, so that
 * nothing is copied. Of a text behind an encoder that is what the encoder read, which serves where all of it is the same. What was
 * used longest ago goes first, and no more of it than is needed. Used by the scheduler's thread.
 */
final class PrefixCache {

    private static final int MOST_TEXTS = 256;

    /**
     * Whom a text may serve. An adapter is compared by identity: loaded twice, it is two.
     *
     * @param adapter or null for the model as it is
     * @param encoded what an encoder read before, or empty
     */
    private record Owner(String tenant, Adapter adapter, int[] encoded) {

        static Owner of(Sequence sequence) {
            return new Owner(
                    sequence.tenant(), sequence.adapter(), sequence.beginning().encoded());
        }

        boolean owns(Sequence sequence) {
            return tenant.equals(sequence.tenant())
                    && adapter == sequence.adapter()
                    && Arrays.equals(encoded, sequence.beginning().encoded());
        }
    }

    /** @param ids whose keys and values are held: whole blocks */
    private record Kept(Owner owner, int[] ids, CachedText text) {}

    private final int blockTokens;
    /** The one used last is last. */
    private final List<Kept> texts = new ArrayList<>();

    PrefixCache(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    /** Keeps the whole blocks of a text that has ended. It belongs to the cache from here on. */
    void keep(Sequence sequence, CachedText text) {
        boolean encoded = sequence.beginning().hasEncoded();
        // Nobody's text begins with what was written after an encoder's input.
        int length = encoded ? 0 : whole(text.length());
        if (length == 0 && !encoded) {
            text.close();
            return;
        }
        text.truncate(length);
        for (Iterator<Kept> others = texts.iterator(); others.hasNext(); ) {
            Kept other = others.next();
            if (other.owner.owns(sequence)
                    && other.ids.length <= length
                    && sequence.history().common(other.ids) == other.ids.length) {
                other.text.close();
                others.remove();
            }
        }
        texts.add(new Kept(Owner.of(sequence), sequence.history().first(length), text));
        if (texts.size() > MOST_TEXTS) {
            texts.removeFirst().text.close();
        }
    }

    /** Of a text that gives its place keeps what an encoder read, as long as nobody needs the blocks. */
    void keepEncoded(Sequence sequence, CachedText text) {
        if (sequence.beginning().hasEncoded()) {
            keep(sequence, text);
        } else {
            text.close();
        }
    }

    /**
     * A text that holds as much as is known of the beginning of another one, and less than all of it; null where nothing is.
     *
     * @param running texts that are being written
     */
    CachedText find(Sequence wanting, List<Sequence> running) {
        TokenHistory wanted = wanting.history();
        Owner owner = Owner.of(wanting);
        CachedText best = null;
        Kept used = null;
        int most = wanting.beginning().hasEncoded() ? -1 : 0;
        for (Kept kept : texts) {
            if (kept.owner.owns(wanting)) {
                int common = whole(Math.min(wanted.common(kept.ids), wanted.length() - 1));
                if (common > most) {
                    most = common;
                    best = kept.text;
                    used = kept;
                }
            }
        }
        for (Sequence other : running) {
            if (owner.owns(other)) {
                int held = Math.min(other.cached().length(), wanted.length() - 1);
                int common = whole(wanted.common(other.history(), held));
                if (common > most) {
                    most = common;
                    best = other.cached();
                    used = null;
                }
            }
        }
        if (best == null || best.stale(wanted.length())) {
            return null;
        }
        if (used != null) {
            texts.remove(used);
            texts.add(used);
        }
        CachedText fork = best.fork();
        fork.truncate(most);
        return fork;
    }

    /**
     * Gives up blocks until so many are free: the last ones of the text that was used longest ago first, so that of each text its
     * beginning stays as long as it can. Nothing is given up where all of it would not do.
     *
     * @param free how many blocks are free
     * @return whether so many are free now; blocks that running texts share stay taken
     */
    boolean free(int needed, IntSupplier free) {
        if (free.getAsInt() + blocks() < needed) {
            return false;
        }
        while (free.getAsInt() < needed) {
            if (texts.isEmpty()) {
                return false;
            }
            Kept oldest = texts.removeFirst();
            int blocks = oldest.ids.length / blockTokens - (needed - free.getAsInt());
            if (blocks <= 0) {
                oldest.text.close();
            } else {
                oldest.text.truncate(blocks * blockTokens);
                texts.addFirst(new Kept(oldest.owner, Arrays.copyOf(oldest.ids, blocks * blockTokens), oldest.text));
            }
        }
        return true;
    }

    /** Blocks that the texts hold, shared ones counted as often as they are. */
    int blocks() {
        return texts.stream()
                .mapToInt(kept -> Math.ceilDiv(kept.owner.encoded.length, blockTokens) + kept.ids.length / blockTokens)
                .sum();
    }

    void clear() {
        texts.forEach(kept -> kept.text.close());
        texts.clear();
    }

    /** Gives up what an adapter's texts left. */
    void forget(Adapter adapter) {
        texts.stream().filter(kept -> kept.owner.adapter == adapter).forEach(kept -> kept.text.close());
        texts.removeIf(kept -> kept.owner.adapter == adapter);
    }

    private int whole(int tokens) {
        return tokens / blockTokens * blockTokens;
    }
}
