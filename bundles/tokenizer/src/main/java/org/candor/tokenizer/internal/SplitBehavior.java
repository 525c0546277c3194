package org.candor.tokenizer.internal;

/** What becomes of the delimiter when text is split. */
enum SplitBehavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
}
