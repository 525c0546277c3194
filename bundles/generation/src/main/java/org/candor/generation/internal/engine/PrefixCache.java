package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.candor.api.model.CachedText;
import org.candor.generation.internal.sampling.TokenHistory;

/**
 * Texts that have ended, kept for others that begin alike, of the same tenant only. Whole blocks are shared, so that nothing is
 * copied; what was used longest ago goes first. Used by the scheduler's thread.
 */
final class PrefixCache {

    private static final int MOST_TEXTS = 256;

    /** @param ids whose keys and values are held: whole blocks */
    private record Kept(String tenant, int[] ids, CachedText text) {}

    private final int blockTokens;
    /** The one used last is last. */
    private final List<Kept> texts = new ArrayList<>();

    PrefixCache(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    /** Keeps the whole blocks of a text that has ended. It belongs to the cache from here on. */
    void keep(String tenant, TokenHistory history, CachedText text) {
        int length = whole(text.length());
        if (length == 0) {
            text.close();
            return;
        }
        text.truncate(length);
        for (Iterator<Kept> others = texts.iterator(); others.hasNext(); ) {
            Kept other = others.next();
            int common = other.tenant.equals(tenant) ? history.common(other.ids) : 0;
            if (common == other.ids.length && common <= length) {
                other.text.close();
                others.remove();
            }
        }
        texts.add(new Kept(tenant, history.first(length), text));
        if (texts.size() > MOST_TEXTS) {
            evict();
        }
    }

    /**
     * A text that holds as much as is known of the beginning of another one, and less than all of it; null where nothing is.
     *
     * @param running texts that are being written
     */
    CachedText find(Sequence wanting, List<Sequence> running) {
        TokenHistory wanted = wanting.history();
        CachedText best = null;
        Kept used = null;
        int most = 0;
        for (Kept kept : texts) {
            if (kept.tenant.equals(wanting.tenant())) {
                int common = whole(Math.min(wanted.common(kept.ids), wanted.length() - 1));
                if (common > most) {
                    most = common;
                    best = kept.text;
                    used = kept;
                }
            }
        }
        for (Sequence other : running) {
            if (other.tenant().equals(wanting.tenant())) {
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

    /** Gives up the text that was used longest ago. Blocks that others share stay taken. */
    boolean evict() {
        if (texts.isEmpty()) {
            return false;
        }
        texts.removeFirst().text.close();
        return true;
    }

    /** Blocks that the texts hold, shared ones counted as often as they are. */
    int blocks() {
        return texts.stream().mapToInt(kept -> kept.ids.length / blockTokens).sum();
    }

    void clear() {
        while (evict()) {
            // until none is left
        }
    }

    private int whole(int tokens) {
        return tokens / blockTokens * blockTokens;
    }
}
