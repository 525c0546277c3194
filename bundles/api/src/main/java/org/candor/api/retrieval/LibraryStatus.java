package org.candor.api.retrieval;

import java.util.List;

/**
 * @param folder the folder that is mirrored, or null
 * @param state {@code idle}, {@code indexing} or {@code failed}
 * @param done files handled in the present run
 * @param total files of the present run
 * @param secondsLeft estimate, or NaN
 * @param documents searchable documents
 * @param passages searchable passages
 * @param problems files that could not be read, with the reason, one line each
 * @param encoders {@code name version digest} of the encoders that questions are answered with
 */
public record LibraryStatus(
        String folder,
        String state,
        int done,
        int total,
        double secondsLeft,
        int documents,
        int passages,
        List<String> problems,
        List<String> encoders) {
    public LibraryStatus {
        problems = List.copyOf(problems);
        encoders = List.copyOf(encoders);
    }
}
