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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A model pack before it is signed: a bundle file, or a folder with its files or with MODEL in it. */
sealed interface UnsignedPack extends AutoCloseable {

    /** Folder of the files in a bundle. */
    String MODEL = "MODEL/";

    static UnsignedPack open(Path path) throws IOException {
        if (Files.isRegularFile(path)) {
            return new Jar(path, new ZipFile(path.toFile()));
        }
        if (!Files.isDirectory(path)) {
            throw new IOException("there is no such file or folder");
        }
        Path model = path.resolve("MODEL");
        return new Folder(Files.isDirectory(model) ? model : path);
    }

    Set<String> files() throws IOException;

    InputStream read(String file) throws IOException;

    /** Adds a small file, or puts it in the place of one. */
    void put(String file, String text) throws IOException;

    @Override
    void close() throws IOException;

    record Folder(Path folder) implements UnsignedPack {

        @Override
        public Set<String> files() throws IOException {
            try (Stream<Path> all = Files.list(folder)) {
                return all.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
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
    record Jar(Path path, ZipFile zip) implements UnsignedPack {

        @Override
        public Set<String> files() {
            return zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(MODEL) && name.length() > MODEL.length())
                    .map(name -> name.substring(MODEL.length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public InputStream read(String file) throws IOException {
            ZipEntry entry = zip.getEntry(MODEL + file);
            if (entry == null) {
                throw new FileNotFoundException("it has no " + MODEL + file);
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
                        if (!entry.getName().equals(MODEL + file)) {
                            copy(entry, jar);
                        }
                    }
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    ZipEntry entry = stored(MODEL + file, bytes.length, checksum(bytes));
                    entry.setTimeLocal(zip.getEntry(MODEL + PackDigest.CARD).getTimeLocal());
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
