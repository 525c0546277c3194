package org.candor.cli;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackKind;

/** A model or policy pack before it is signed: a bundle file, or a folder with its files or with MODEL or POLICY in it. */
sealed interface UnsignedPack extends AutoCloseable {

    /** @throws IOException when it is no pack, or two in one */
    static UnsignedPack open(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            ZipFile zip = new ZipFile(path.toFile());
            try {
                PackKind kind = only(
                        each -> zip.stream().anyMatch(entry -> entry.getName().startsWith(each.folder() + "/")));
                if (kind == null) {
                    throw new IOException("it is no pack: it has neither MODEL/ nor POLICY/ in it");
                }
                return new Jar(path, zip, kind);
            } catch (IOException e) {
                zip.close();
                throw e;
            }
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("there is no such file or folder");
        }
        PackKind inside = only(kind -> Files.isDirectory(path.resolve(kind.folder())));
        if (inside != null) {
            return new Folder(path.resolve(inside.folder()), inside);
        }
        return new Folder(path, hasPolicies(path) ? PackKind.POLICY : PackKind.MODEL);
    }

    private static PackKind only(Predicate<PackKind> has) throws IOException {
        List<PackKind> kinds = Arrays.stream(PackKind.values()).filter(has).toList();
        if (kinds.size() > 1) {
            throw new IOException("it has both MODEL and POLICY in it, and a pack is one of them");
        }
        return kinds.isEmpty() ? null : kinds.getFirst();
    }

    private static boolean hasPolicies(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".cedar"));
        }
    }

    PackKind kind();

    /** Names of its files, and of folders in it with a slash. */
    Set<String> files() throws IOException;

    InputStream read(String file) throws IOException;

    /** Adds a small file, or puts it in the place of one. */
    void put(String file, String text) throws IOException;

    @Override
    void close() throws IOException;

    record Folder(Path folder, PackKind kind) implements UnsignedPack {

        @Override
        public Set<String> files() throws IOException {
            try (Stream<Path> all = Files.list(folder)) {
                return all.map(path -> path.getFileName() + (Files.isDirectory(path) ? "/" : ""))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        }

        @Override
        public InputStream read(String file) throws IOException {
            Path path = folder.resolve(file).normalize();
            if (!folder.equals(path.getParent()) || !Files.isRegularFile(path)) {
                throw new FileNotFoundException("it has no " + file);
            }
            return Files.newInputStream(path);
        }

        @Override
        public void put(String file, String text) throws IOException {
            Path temporary = folder.resolve("." + file);
            Files.writeString(temporary, text);
            Files.move(temporary, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() {}
    }

    /** The bundle is written anew beside itself and renamed: it is there whole, signed or not. */
    record Jar(Path path, ZipFile zip, PackKind kind) implements UnsignedPack {

        private String at(String file) {
            return kind.folder() + "/" + file;
        }

        @Override
        public Set<String> files() {
            String folder = at("");
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(folder) && name.length() > folder.length())
                    .map(name -> name.substring(folder.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public InputStream read(String file) throws IOException {
            ZipEntry entry = zip.getEntry(at(file));
            if (entry == null) {
                throw new FileNotFoundException("it has no " + at(file));
            }
            return zip.getInputStream(entry);
        }

        @Override
        public void put(String file, String text) throws IOException {
            Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
            try {
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary));
                        ZipOutputStream jar = new ZipOutputStream(out)) {
                    for (ZipEntry entry : zip.stream().toList()) {
                        if (!entry.getName().equals(at(file))) {
                            copy(entry, jar);
                        }
                    }
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    ZipEntry entry = stored(at(file), bytes.length, checksum(bytes));
                    entry.setTimeLocal(zip.getEntry(at(PackIdentity.CARD)).getTimeLocal());
                    jar.putNextEntry(entry);
                    jar.write(bytes);
                    jar.closeEntry();
                }
                Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        }

        /** As it was: what is stored stays stored. */
        private void copy(ZipEntry entry, ZipOutputStream jar) throws IOException {
            ZipEntry copy = entry.getMethod() == ZipEntry.STORED
                    ? stored(entry.getName(), entry.getSize(), entry.getCrc())
                    : new ZipEntry(entry.getName());
            copy.setTimeLocal(entry.getTimeLocal());
            jar.putNextEntry(copy);
            try (InputStream in = zip.getInputStream(entry)) {
                in.transferTo(jar);
            }
            jar.closeEntry();
        }

        private static ZipEntry stored(String name, long size, long checksum) {
            ZipEntry entry = new ZipEntry(name);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(size);
            entry.setCrc(checksum);
            return entry;
        }

        private static long checksum(byte[] bytes) {
            CRC32 checksum = new CRC32();
            checksum.update(bytes);
            return checksum.getValue();
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }
}
