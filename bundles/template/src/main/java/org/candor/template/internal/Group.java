package org.candor.template.internal;

import java.util.List;

/** A group of {@code groupby}: a tuple whose items have names too. */
record Group(Object grouper, List<Object> list) {

    Tuple pair() {
        return Tuple.of(grouper, list);
    }
}
