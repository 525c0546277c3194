package org.candor.tokenizer.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Merges for vocabularies that have none: two tokens merge when what they make is a token, and its own rank decides. */
final class PieceMerges {
    private int[] first = new int[1 << 12];
    private int[] second = new int[1 << 12];
    private int[] merged = new int[1 << 12];
    private int[] ranks = new int[1 << 12];
    private int count;

    private PieceMerges() {}

    /**
     * Every way to make a token of two others.
     *
     * @param ranks rank of each token, lowest first; negative ones are never made
     */
    static MergeTable of(List<String> tokens, int[] ranks) {
        PieceMerges merges = new PieceMerges();
        Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            if (tokens.get(id) != null) {
                ids.put(tokens.get(id), id);
            }
        }
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token == null || ranks[id] < 0) {
                continue;
            }
            for (int at = 1; at < token.length(); at++) {
                Integer left = ids.get(token.substring(0, at));
                Integer right = left == null ? null : ids.get(token.substring(at));
                if (right != null && !Character.isLowSurrogate(token.charAt(at))) {
                    merges.add(left, right, ids.get(token), ranks[id]);
                }
            }
        }
        return new MergeTable(
                Arrays.copyOf(merges.first, merges.count),
                Arrays.copyOf(merges.second, merges.count),
                Arrays.copyOf(merges.merged, merges.count),
                Arrays.copyOf(merges.ranks, merges.count));
    }

    private void add(int left, int right, int token, int rank) {
        if (count == first.length) {
            first = Arrays.copyOf(first, count * 2);
            second = Arrays.copyOf(second, count * 2);
            merged = Arrays.copyOf(merged, count * 2);
            ranks = Arrays.copyOf(ranks, count * 2);
        }
        first[count] = left;
        second[count] = right;
        merged[count] = token;
        ranks[count++] = rank;
    }
}
