package org.candor.generation.internal.engine;

import java.util.Arrays;
import org.candor.generation.internal.sampling.TokenHistory;

/**
 * Drafts what a text may go on with: that which followed when its last tokens were there before (prompt look-up decoding). A
 * draft changes nothing about the text, only how many passes it takes. It is made where it pays: the share of drafted tokens that
 * were right so far is compared with what a token costs. One text's; used by the scheduler's thread.
 */
final class PromptLookup {

    private static final int[] NONE = {};
    private static final int LONGEST_RUN = 4;
    private static final int SHORTEST_RUN = 2;
    /** Tokens that are looked through. */
    private static final int WINDOW = 16_384;

    private static final int MOST = 16;
    private static final int FEWEST = 2;
    private static final int FIRST = 4;
    private static final int SHORTEST_PAUSE = 16;
    private static final int LONGEST_PAUSE = 512;
    private static final double EXPECTED = 0.5;
    private static final double NEWS = 0.25;

    private double accepted = EXPECTED;
    private int length = FIRST;
    private int pause;
    private int nextPause = SHORTEST_PAUSE;

    /**
     * @param most tokens
     * @param cost of a token more, as a share of what a token costs that is taken
     * @return ids, none where nothing is known or it does not pay
     */
    int[] draft(TokenHistory history, int most, double cost) {
        if (pause > 0) {
            pause--;
            return NONE;
        }
        if (accepted <= cost) {
            // Later it may be another kind of text, or less may be in a pass.
            pause = nextPause;
            nextPause = Math.min(2 * nextPause, LONGEST_PAUSE);
            accepted = EXPECTED;
            length = FEWEST;
            return NONE;
        }
        return continuation(history, Math.min(most, length));
    }

    /** Tells how many of the drafted tokens followed. */
    void judge(int drafted, int right) {
        accepted += NEWS * ((double) right / drafted - accepted);
        if (right == drafted) {
            length = Math.min(MOST, 2 * length);
            nextPause = SHORTEST_PAUSE;
        } else {
            length = Math.max(FEWEST, right + 1);
        }
    }

    /** What followed the longest run of last tokens; of runs of one length the one that was there last. */
    static int[] continuation(TokenHistory history, int most) {
        int end = history.length();
        int from = -1;
        int longest = SHORTEST_RUN - 1;
        for (int at = end - 1; at > Math.max(0, end - WINDOW) && longest < LONGEST_RUN; at--) {
            int run = 0;
            while (run < LONGEST_RUN && at - run > 0 && history.id(at - run - 1) == history.id(end - run - 1)) {
                run++;
            }
            if (run > longest) {
                longest = run;
                from = at;
            }
        }
        if (from < 0 || most <= 0) {
            return NONE;
        }
        int[] draft = new int[most];
        for (int i = 0; i < most; i++) {
            // A run that reaches the end goes on with the draft itself.
            draft[i] = from + i < end ? history.id(from + i) : draft[from + i - end];
        }
        return Arrays.copyOf(draft, most);
    }
}
