package org.candor.template.internal;

import java.util.Map;

/** The name {@code self}: a template's blocks, each a function that renders it. */
record SelfReference(Map<String, Statement.Block> blocks) {

    Object attribute(String name) {
        Statement.Block block = blocks.get(name);
        return block == null ? null : new Callable.Function(name, (rendering, arguments) -> rendering.blockText(block));
    }
}
