package org.candor.retrieval.internal.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderScanTest {
    @TempDir
    Path folder;

    @TempDir
    Path outside;

    @Test
    void linksOutOfTheFolderAreRefusedAndHiddenFilesLeftOut() throws Exception {
        Files.createDirectories(folder.resolve("sub/.hidden"));
        Files.writeString(folder.resolve("sub/a.md"), "text");
        Files.writeString(folder.resolve("sub/.hidden/b.md"), "text");
        Files.writeString(folder.resolve(".c.md"), "text");
        Files.writeString(folder.resolve("d.exe"), "text");
        Files.writeString(outside.resolve("secret.md"), "secret");
        Files.createSymbolicLink(folder.resolve("escape.md"), outside.resolve("secret.md"));
        Files.createSymbolicLink(folder.resolve("folder"), outside);
        Files.createSymbolicLink(folder.resolve("dangling.md"), folder.resolve("nowhere.md"));
        Files.createSymbolicLink(folder.resolve("inside.md"), folder.resolve("sub/a.md"));
        Files.createSymbolicLink(folder.resolve("sub/loop"), folder);
        FolderScan scan = FolderScan.of(folder);
        assertEquals(
                List.of("inside.md", "sub/a.md"),
                scan.files().stream().map(FolderScan.Found::document).toList());
        List<String> problems = scan.problems().stream().sorted().toList();
        assertEquals(4, problems.size(), problems.toString());
        assertTrue(problems.get(1).startsWith("escape.md: the link leads out"), problems.toString());
    }
}
