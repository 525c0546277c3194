package org.candor.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.candor.api.operation.Operations;
import org.junit.jupiter.api.Test;

/** A page that asks for an operation by a wrong name would offer it to everybody. */
final class OperationNamesTest {

    private static final Pattern USE = Pattern.compile(
            "(?:\\b(?:action|may|refusal|takesTwo|ask)\\(|\\boperation: |\\b(?:LIST|INSPECT) = )'([a-z.-]+)'");
    /** The first thing that is said of a change. */
    private static final Pattern CHANGE = Pattern.compile("\\bopenChange\\(\\{\\s*(\\w+)");

    private static String pages() {
        return WebFiles.read().entrySet().stream()
                .filter(file -> file.getKey().endsWith(".js"))
                .map(file -> new String(file.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void everyOperationThatAPageNamesIsOne() {
        Set<String> named = USE.matcher(pages())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(named.size() > 25, named.toString());
        named.removeAll(Operations.ALL);
        assertEquals(Set.of(), named);
    }

    @Test
    void everyChangeNamesItsOperation() {
        Set<String> first = CHANGE.matcher(pages())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of("operation"), first);
    }
}
