package org.candor.transformer.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Map;

/** Component configurations as the container gives them: defaults, and what an operator changed. */
public final class Configurations {

    private Configurations() {}

    /** A configuration with these values changed. */
    public static <A extends Annotation> A of(Class<A> type, Map<String, Object> changed) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> changed.getOrDefault(method.getName(), method.getDefaultValue())));
    }
}
