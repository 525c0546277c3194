package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The threat model names tests; they have to be there, and each threat has to have one. */
class ThreatModelIT {

    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*)\\.([a-z][A-Za-z0-9]*)`");

    @Test
    void everyThreatIsShownByTestsThatExist() throws IOException {
        String page = Files.readString(Server.root().resolve("docs/threat-model.md"));
        String table = page.substring(page.indexOf("## What is done"), page.indexOf("## What is not prevented"));
        List<String> missing = new ArrayList<>();
        int rows = 0;
        for (String line :
                table.lines().filter(each -> each.startsWith("| ")).skip(2).toList()) {
            String[] cells = line.substring(1).split("\\|", -1);
            if (cells[0].strip().startsWith("**")) {
                continue;
            }
            rows++;
            List<String> named = new ArrayList<>();
            Matcher test = TEST.matcher(cells[2]);
            while (test.find()) {
                named.add(test.group());
                if (!exists(test.group(1), test.group(2))) {
                    missing.add(test.group());
                }
            }
            if (named.isEmpty()) {
                missing.add("a test of \"" + cells[0].strip() + "\"");
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(rows > 20, rows + " rows");
    }

    /** Classes of one name may be in several bundles, as the rooms' trust tests are. */
    private static boolean exists(String name, String method) throws IOException {
        Pattern declared = Pattern.compile("(?m)^    (public )?void " + method + "\\(");
        for (String room : List.of("bundles", "cli", "distribution", "itests")) {
            try (Stream<Path> files = Files.walk(Server.root().resolve(room))) {
                for (Path file : files.filter(each ->
                                each.endsWith(name + ".java") && each.toString().contains("/src/test/"))
                        .toList()) {
                    if (declared.matcher(Files.readString(file)).find()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
