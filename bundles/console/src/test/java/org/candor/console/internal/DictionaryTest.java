package org.candor.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Both languages say the same things, and everything that the pages ask for. */
final class DictionaryTest {

    private static final Pattern ENTRY = Pattern.compile("^  '([^']+)': (.*)$", Pattern.MULTILINE);
    private static final Pattern USE = Pattern.compile("\\bt\\(\\s*'([^']+)'");
    /** Keys put together from a name of the server's, checked as "there are some". */
    private static final Pattern PREFIX = Pattern.compile("\\bt\\(\\s*`([^`$]+)\\$");

    private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");

    private final Map<String, byte[]> files = WebFiles.read();

    private Map<String, String> dictionary(String language) {
        Map<String, String> entries = new TreeMap<>();
        for (MatchResult match :
                ENTRY.matcher(text("lang/" + language + ".js")).results().toList()) {
            assertEquals(null, entries.put(match.group(1), match.group(2)), match.group(1) + " is there twice");
        }
        return entries;
    }

    private String text(String name) {
        return new String(files.get(name), StandardCharsets.UTF_8);
    }

    private String pages() {
        return files.keySet().stream()
                .filter(name -> name.endsWith(".js") && !name.startsWith("lang/"))
                .map(this::text)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void bothLanguagesHaveTheSameKeysAndValues() {
        Map<String, String> english = dictionary("en");
        Map<String, String> chinese = dictionary("zh");
        assertTrue(english.size() > 150, english.size() + " keys");
        assertEquals(english.keySet(), chinese.keySet());
        english.forEach((key, words) -> {
            if (!words.contains("=>") && !chinese.get(key).contains("=>")) {
                assertEquals(values(words), values(chinese.get(key)), key);
            }
        });
    }

    private static Set<String> values(String words) {
        return VALUE.matcher(words)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyKeyThatAPageAsksForIsThereAndNoOtherIs() {
        Set<String> keys = dictionary("en").keySet();
        String pages = pages();
        Set<String> missing = new TreeSet<>();
        USE.matcher(pages)
                .results()
                .map(match -> match.group(1))
                .filter(key -> !keys.contains(key))
                .forEach(missing::add);
        Set<String> prefixes = new TreeSet<>();
        PREFIX.matcher(pages).results().map(match -> match.group(1)).forEach(prefixes::add);
        for (String prefix : prefixes) {
            if (keys.stream().noneMatch(key -> key.startsWith(prefix))) {
                missing.add(prefix + "...");
            }
        }
        assertEquals(Set.of(), missing);
        Set<String> idle = new TreeSet<>(keys);
        idle.removeIf(
                key -> pages.contains("'" + key + "'") || prefixes.stream().anyMatch(key::startsWith));
        assertEquals(Set.of(), idle, "nobody says them");
    }
}
