package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;

/**
 * Symbolic links in a model's folder. In deploy/models whoever may write a folder is not thereby one who may read what a link
 * in it leads to, so none may leave the folder. A folder that an administrator names may hold links, as Hugging Face's cache
 * does, but none into the server's own folder.
 */
final class FolderLinks {

    private static final int DEPTH = 3;

    private FolderLinks() {}

    /**
     * @param folder its real path
     * @param home the server's own folder, or null
     * @throws ModelFormatException naming the link and where it leads
     */
    static void check(Path folder, boolean dropped, Path home) throws IOException {
        List<Path> links;
        try (Stream<Path> all = Files.walk(folder, DEPTH)) {
            links = all.filter(Files::isSymbolicLink).sorted().toList();
        }
        for (Path link : links) {
            String name = folder + ": " + folder.relativize(link) + " is a symbolic link that leads ";
            if (!Files.exists(link)) {
                throw new ModelFormatException(name + "nowhere");
            }
            Path target = link.toRealPath();
            if (target.startsWith(folder)) {
                continue;
            }
            if (dropped) {
                throw new ModelFormatException(name + "out of the folder, to " + target
                        + ": copy the file itself into it, or leave the folder where it is and install it by its path");
            }
            if (home != null && target.startsWith(home.toRealPath())) {
                throw new ModelFormatException(name + "into the server's own folder, to " + target);
            }
        }
    }

    /**
     * As for a folder that an administrator names, for a model's files.
     *
     * @param home the server's own folder, or null
     */
    static void check(Collection<Path> files, Path home) throws IOException {
        for (Path file : files) {
            if (home != null
                    && file.toRealPath().startsWith(home.toRealPath())
                    && !file.startsWith(home.toRealPath())) {
                throw new ModelFormatException(
                        file + " is a symbolic link that leads into the server's own folder, to " + file.toRealPath());
            }
        }
    }
}
