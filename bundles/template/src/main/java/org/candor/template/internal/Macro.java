package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import org.candor.template.internal.Statement.MacroDefinition;

/** A macro, with the names that it sees: those around its definition. Belongs to one rendering. */
record Macro(MacroDefinition definition, Scope around) implements Callable {

    String name() {
        return definition.name();
    }

    Object attribute(String name) {
        return switch (name) {
            case "name" -> definition.name();
            case "arguments" -> new Tuple(new ArrayList<>(definition.parameters()));
            case "catch_kwargs" -> definition.usesKwargs();
            case "catch_varargs" -> definition.usesVarargs();
            case "caller" -> definition.usesCaller();
            default -> null;
        };
    }

    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        return rendering.captured(bound(rendering, arguments), definition.body());
    }

    private Scope bound(Rendering rendering, Arguments arguments) {
        List<String> parameters = definition.parameters();
        List<Object> positional = arguments.positional();
        Scope scope = new Scope(around);
        Dict others = new Dict();
        boolean hasCaller = false;
        for (var argument : arguments.named().entrySet()) {
            int position = parameters.indexOf(argument.getKey());
            if (position >= 0 && position < positional.size()) {
                throw Fault.evaluation("macro '" + name() + "' got argument " + argument.getKey() + " twice");
            }
            if (position >= 0) {
                continue;
            }
            if (argument.getKey().equals("caller") && definition.usesCaller()) {
                scope.set("caller", argument.getValue());
                hasCaller = true;
            } else if (definition.usesKwargs()) {
                others.put(argument.getKey(), argument.getValue());
            } else {
                throw Fault.evaluation("macro '" + name() + "' takes no keyword argument '"
                        + Source.shortened(argument.getKey()) + "'");
            }
        }
        if (positional.size() > parameters.size() && !definition.usesVarargs()) {
            throw Fault.evaluation("macro '" + name() + "' takes not more than " + parameters.size() + " argument(s)");
        }
        int withoutDefault = parameters.size() - definition.defaults().size();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object value;
            if (i < positional.size()) {
                value = positional.get(i);
            } else if (arguments.named().containsKey(parameter)) {
                value = arguments.named().get(parameter);
            } else if (i >= withoutDefault) {
                value = rendering.evaluate(definition.defaults().get(i - withoutDefault), scope);
            } else {
                value = new Undefined("parameter '" + parameter + "' was not provided");
            }
            scope.set(parameter, value);
        }
        if (definition.usesCaller() && !hasCaller && !parameters.contains("caller")) {
            scope.set("caller", new Undefined("no caller is defined"));
        }
        if (definition.usesVarargs()) {
            int from = Math.min(parameters.size(), positional.size());
            scope.set("varargs", new Tuple(new ArrayList<>(positional.subList(from, positional.size()))));
        }
        if (definition.usesKwargs()) {
            scope.set("kwargs", others);
        }
        return scope;
    }
}
