package org.candor.models.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.StoreUsage;

/** Which revisions fill the weight store. */
final class StoreContent {

    private static final int NAMED_IN_MESSAGES = 5;

    private StoreContent() {}

    static StoreUsage usage(ContentStore store, List<Revision> known) throws IOException {
        Map<String, Long> sizes = store.sizes();
        Map<String, Integer> users = new HashMap<>();
        for (Revision revision : known) {
            digests(revision).forEach(digest -> users.merge(digest, 1, Integer::sum));
        }
        List<StoreUsage.Entry> entries = new ArrayList<>();
        for (Revision revision : known) {
            long bytes = 0;
            long shared = 0;
            for (String digest : digests(revision)) {
                long size = sizes.getOrDefault(digest, 0L);
                bytes += size;
                shared += users.get(digest) > 1 ? size : 0;
            }
            if (bytes > 0) {
                entries.add(new StoreUsage.Entry(revision.id(), bytes, shared));
            }
        }
        entries.sort(Comparator.comparing(StoreUsage.Entry::bytes).reversed());
        long used = sizes.values().stream().mapToLong(Long::longValue).sum();
        return new StoreUsage(used, store.limit(), store.free(), entries);
    }

    /** Digests of a revision's files. */
    static Set<String> digests(Revision revision) {
        Set<String> digests = new HashSet<>();
        revision.card().files().values().forEach(file -> digests.add(file.sha256()));
        return digests;
    }

    /** In half a line, for messages. */
    static String line(ContentStore store, List<Revision> known) {
        try {
            List<StoreUsage.Entry> entries = usage(store, known).entries();
            if (entries.isEmpty()) {
                return "nothing";
            }
            StringBuilder line = new StringBuilder();
            for (StoreUsage.Entry entry : entries.subList(0, Math.min(NAMED_IN_MESSAGES, entries.size()))) {
                line.append(line.isEmpty() ? "" : ", ")
                        .append(entry.model().name())
                        .append(' ')
                        .append(entry.model().version())
                        .append(" (")
                        .append(Sizes.of(entry.bytes()))
                        .append(')');
            }
            int more = entries.size() - NAMED_IN_MESSAGES;
            return more > 0 ? line + " and " + more + " more" : line.toString();
        } catch (IOException e) {
            return "what cannot be read (" + e.getMessage() + ")";
        }
    }
}
