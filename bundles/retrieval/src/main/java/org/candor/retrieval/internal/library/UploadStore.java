package org.candor.retrieval.internal.library;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.retrieval.internal.index.Folders;

/**
 * Uploaded documents as they came, one file each, in a folder for each library (the mirrored folder they were added to).
 * Folders are named by the digest of the library's path, files by that of tenant and path, so that no name a caller
 * chooses reaches the file system. What was added before there was any library goes to the first one. Guarded by the
 * library's lock.
 */
final class UploadStore {
    private static final int MAGIC = 0x43445550;
    /** Of an upload that names roles: a build that does not know them reads it as damaged, and shows it to nobody. */
    private static final int MAGIC_WITH_ROLES = 0x43445551;

    private static final int MOST_STRING = 1 << 20;

    /** An upload. */
    record Upload(String tenant, String document, DocumentMetadata metadata, byte[] content) {}

    private final Path root;
    private Path folder;

    UploadStore(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        this.folder = root;
    }

    /** From now on this store is that library's. */
    void library(Path library) throws IOException {
        if (library == null) {
            folder = root;
            return;
        }
        String name = Digests.sha256(library.toString().getBytes(StandardCharsets.UTF_8));
        folder = Files.createDirectories(root.resolve(name.substring("sha256:".length())));
        for (Path file : files(root)) {
            Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void put(Upload upload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(upload.content().length + 1_024);
        DataOutputStream out = new DataOutputStream(bytes);
        DocumentMetadata metadata = upload.metadata();
        out.writeInt(metadata.roles() == null ? MAGIC : MAGIC_WITH_ROLES);
        string(out, upload.tenant());
        string(out, upload.document());
        string(out, metadata.title());
        string(out, metadata.language());
        string(out, metadata.owner());
        strings(out, metadata.subjects());
        strings(out, metadata.purposes());
        if (metadata.roles() != null) {
            strings(out, metadata.roles());
        }
        string(out, metadata.licence());
        out.writeInt(upload.content().length);
        out.write(upload.content());
        Folders.write(file(upload.tenant(), upload.document()), bytes.toByteArray());
    }

    void delete(String tenant, String document) throws IOException {
        Folders.deleteFile(file(tenant, document));
    }

    void delete(Path file) throws IOException {
        Folders.deleteFile(file);
    }

    /** Files of this library's uploads; drafts a crash left are not among them. */
    List<Path> files() throws IOException {
        return files(folder);
    }

    List<Path> filesOfEveryLibrary() throws IOException {
        List<Path> files = new ArrayList<>(files(root));
        List<Path> libraries;
        try (Stream<Path> all = Files.list(root)) {
            libraries = all.filter(Files::isDirectory).sorted().toList();
        }
        for (Path library : libraries) {
            files.addAll(files(library));
        }
        return files;
    }

    /** Copies the uploads of every library to another root. */
    void copy(Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : filesOfEveryLibrary()) {
            Path copy = to.resolve(root.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().endsWith(".upload"))
                    .sorted()
                    .toList();
        }
    }

    /** @throws IOException when the file is damaged; the message names it */
    Upload read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            int magic = in.readInt();
            if (magic != MAGIC && magic != MAGIC_WITH_ROLES) {
                throw new IOException("it does not begin as an upload does");
            }
            String tenant = string(in);
            String document = string(in);
            DocumentMetadata metadata = new DocumentMetadata(
                    string(in),
                    string(in),
                    string(in),
                    strings(in),
                    strings(in),
                    magic == MAGIC_WITH_ROLES ? strings(in) : null,
                    string(in));
            byte[] content = in.readNBytes(in.readInt());
            if (tenant == null || document == null || in.read() >= 0) {
                throw new IOException("its parts do not fit");
            }
            return new Upload(tenant, document, metadata, content);
        } catch (IOException | RuntimeException e) {
            throw new IOException("the upload " + file.getFileName() + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Where an upload of this library lies. */
    Path file(String tenant, String document) {
        String name = Digests.sha256((tenant + '\n' + document).getBytes(StandardCharsets.UTF_8));
        return folder.resolve(name.substring("sha256:".length()) + ".upload");
    }

    private static void string(DataOutputStream out, String value) throws IOException {
        byte[] utf8 = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8 == null ? -1 : utf8.length);
        if (utf8 != null) {
            out.write(utf8);
        }
    }

    private static String string(DataInputStream in) throws IOException {
        int n = in.readInt();
        if (n > MOST_STRING) {
            throw new IOException("a string of " + n + " bytes");
        }
        return n < 0 ? null : new String(in.readNBytes(n), StandardCharsets.UTF_8);
    }

    private static void strings(DataOutputStream out, Set<String> values) throws IOException {
        out.writeInt(values == null ? -1 : values.size());
        if (values != null) {
            for (String value : values) {
                string(out, value);
            }
        }
    }

    private static Set<String> strings(DataInputStream in) throws IOException {
        int n = in.readInt();
        if (n < 0) {
            return null;
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            values.add(string(in));
        }
        return new LinkedHashSet<>(values);
    }
}
