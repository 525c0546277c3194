package org.candor.template.internal;

import java.util.List;

/** Python's tuple: a list that prints, compares and serves as key differently. */
record Tuple(List<Object> items) {

    static Tuple of(Object... items) {
        return new Tuple(java.util.Arrays.asList(items));
    }
}
