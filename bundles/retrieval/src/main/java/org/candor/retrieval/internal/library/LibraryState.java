package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.retrieval.internal.index.Folders;

/**
 * What the library must not forget besides its documents: the mirrored folder, and what was deleted for good. A text
 * file, one fact a line, replaced as a whole. Guarded by the library's lock.
 *
 * <pre>
 * mirror TENANT FOLDER
 * deleted FOLDER TENANT DOCUMENT VERSION   a file stays out until its content changes
 * erased-content TENANT VERSION            this content is never taken in again
 * erased-subject TENANT DIGEST             nothing that names this subject is taken in again
 * </pre>
 */
final class LibraryState {
    private final Path file;
    private final SequencedSet<String> facts;

    private LibraryState(Path file, SequencedSet<String> facts) {
        this.file = file;
        this.facts = facts;
    }

    static LibraryState read(Path file) throws IOException {
        TreeSet<String> facts = new TreeSet<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (!line.isBlank()) {
                    facts.add(line);
                }
            }
        }
        return new LibraryState(file, facts);
    }

    /** The mirrored folder, or null. */
    Path folder() {
        List<String> mirror = mirror();
        return mirror == null ? null : Path.of(mirror.get(2));
    }

    /** Whose documents the folder's are, or null without a folder. */
    String tenant() {
        List<String> mirror = mirror();
        return mirror == null ? null : mirror.get(1);
    }

    void mirror(String tenant, Path folder) throws IOException {
        facts.removeIf(fact -> fact.startsWith("mirror "));
        facts.add(fact("mirror", tenant, folder.toString()));
        save();
    }

    /** The file stays out as long as it has this version. */
    void deleted(String tenant, String document, String version) throws IOException {
        if (folder() != null && facts.add(fact("deleted", folder().toString(), tenant, document, version))) {
            save();
        }
    }

    boolean isDeleted(String tenant, String document, String version) {
        return folder() != null && facts.contains(fact("deleted", folder().toString(), tenant, document, version));
    }

    void erased(String tenant, String subject, List<String> versions) throws IOException {
        boolean changed = facts.add(fact("erased-subject", tenant, subjectDigest(tenant, subject)));
        for (String version : versions) {
            changed |= facts.add(fact("erased-content", tenant, version));
        }
        if (changed) {
            save();
        }
    }

    /** Whether anything was ever erased. */
    boolean hasErasures() {
        return facts.stream().anyMatch(fact -> fact.startsWith("erased-"));
    }

    boolean isErasedContent(String tenant, String version) {
        return facts.contains(fact("erased-content", tenant, version));
    }

    boolean isErasedSubject(String tenant, String subject) {
        return facts.contains(fact("erased-subject", tenant, subjectDigest(tenant, subject)));
    }

    /** An erased person's name is not kept in clear. */
    private static String subjectDigest(String tenant, String subject) {
        return Digests.sha256((tenant + '\n' + subject).getBytes(StandardCharsets.UTF_8));
    }

    private List<String> mirror() {
        for (String fact : facts) {
            if (fact.startsWith("mirror ")) {
                return Stream.of(fact.split(" "))
                        .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                        .toList();
            }
        }
        return null;
    }

    private static String fact(String... parts) {
        return Stream.of(parts)
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
                .collect(Collectors.joining(" "));
    }

    /** Writes the facts to another folder, under the same name. */
    void copy(Path to) throws IOException {
        if (Files.exists(file)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private void save() throws IOException {
        Folders.write(file, (String.join("\n", facts) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
