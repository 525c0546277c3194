package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A disk that keeps only what was forced when the power goes: content that was not forced is old, new, a mixture of both
 * by sectors, or gone; a name that was not forced may be the old one. Deletions last at once, which is the worst case.
 */
final class PowerCutDisk extends Disk {

    private static final int SECTOR = 512;

    private record Renamed(Path from, byte[] replaced) {}

    /** Content of files at their last force, for those written since; null when they never were forced. */
    private final Map<Path, byte[]> unforced = new HashMap<>();

    private final Map<Path, Renamed> unnamed = new HashMap<>();
    private boolean cut;

    private void checkPower() throws IOException {
        if (cut) {
            throw new IOException("the power is gone");
        }
    }

    @Override
    synchronized void write(Path path, FileChannel file, ByteBuffer bytes, long position) throws IOException {
        checkPower();
        if (!unforced.containsKey(path)) {
            boolean fresh = path.getFileName().toString().endsWith(".new");
            unforced.put(path, fresh ? null : Files.readAllBytes(path));
        }
        super.write(path, file, bytes, position);
    }

    @Override
    synchronized void force(Path path, FileChannel file, boolean metadata) throws IOException {
        checkPower();
        unforced.remove(path);
        unnamed.keySet().removeIf(name -> path.equals(name.getParent()));
        super.force(path, file, metadata);
    }

    @Override
    synchronized void rename(Path from, Path to) throws IOException {
        checkPower();
        byte[] replaced = Files.exists(to) ? Files.readAllBytes(to) : null;
        super.rename(from, to);
        unnamed.putIfAbsent(to, new Renamed(from, replaced));
        unforced.remove(to);
        if (unforced.containsKey(from)) {
            unforced.put(to, unforced.remove(from));
        }
    }

    /** From now on nothing reaches the disk. */
    synchronized void cut() {
        cut = true;
    }

    /** Leaves in the folder what a power cut could leave. The log must have been closed after {@link #cut}. */
    synchronized void lose(Random random) throws IOException {
        for (Map.Entry<Path, byte[]> file : unforced.entrySet()) {
            if (!Files.exists(file.getKey())) {
                continue;
            }
            byte[] fresh = Files.readAllBytes(file.getKey());
            byte[] old = file.getValue() == null ? new byte[fresh.length] : file.getValue();
            switch (random.nextInt(4)) {
                case 0 -> Files.write(file.getKey(), file.getValue() == null ? new byte[0] : old);
                case 1 -> Files.write(file.getKey(), old);
                case 2 -> Files.write(file.getKey(), mixed(old, fresh, random));
                default -> {}
            }
        }
        for (Map.Entry<Path, Renamed> name : unnamed.entrySet()) {
            if (random.nextBoolean() && Files.exists(name.getKey())) {
                Files.move(name.getKey(), name.getValue().from(), StandardCopyOption.REPLACE_EXISTING);
                if (name.getValue().replaced() != null) {
                    Files.write(name.getKey(), name.getValue().replaced());
                }
            }
        }
    }

    private static byte[] mixed(byte[] old, byte[] fresh, Random random) {
        byte[] mixed = fresh.clone();
        for (int at = 0; at < mixed.length; at += SECTOR) {
            if (random.nextBoolean()) {
                System.arraycopy(old, at, mixed, at, Math.min(SECTOR, Math.min(mixed.length, old.length) - at));
            }
        }
        return mixed;
    }
}
