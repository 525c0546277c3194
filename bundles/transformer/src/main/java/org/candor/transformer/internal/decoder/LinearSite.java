package org.candor.transformer.internal.decoder;

/** The products of a block with weights that an adapter may change. */
enum LinearSite {
    QUERY_KEY_VALUE,
    ATTENTION_OUTPUT,
    FEED_FORWARD_UP,
    FEED_FORWARD_DOWN
}
