package org.candor.energy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The energy counters of processor packages in the Linux powercap tree (Intel and AMD). Packages only: core and uncore are
 * parts of a package, and psys contains it. The counter of the memory-mapped interface (intel-rapl-mmio) is the same one
 * again, so it is read only where the other is missing.
 */
final class RaplMeter implements Meter {
    private static final Pattern ZONE = Pattern.compile("intel-rapl:[0-9a-z]+");
    private static final Pattern MAPPED_ZONE = Pattern.compile("intel-rapl-mmio:[0-9a-z]+");
    private static final int FILE_LIMIT = 128;
    private static final double MICRO = 1e-6;

    private final List<Zone> zones;

    private RaplMeter(List<Zone> zones) {
        this.zones = zones;
    }

    /**
     * @param powercap for example {@code /sys/class/powercap}
     * @throws MeterUnreadableException when there is no package counter, or one of them cannot be read: a sum without it
     *     would be wrong
     */
    static RaplMeter open(Path powercap) throws MeterUnreadableException {
        List<Zone> zones = packages(powercap, ZONE);
        if (zones.isEmpty()) {
            zones = packages(powercap, MAPPED_ZONE);
        }
        if (zones.isEmpty()) {
            throw new MeterUnreadableException("there is no processor package in " + powercap, null);
        }
        return new RaplMeter(zones);
    }

    private static List<Zone> packages(Path powercap, Pattern pattern) throws MeterUnreadableException {
        if (!Files.isDirectory(powercap)) {
            throw new MeterUnreadableException("there is no folder " + powercap, null);
        }
        List<Zone> zones = new ArrayList<>();
        try (Stream<Path> folders = Files.list(powercap)) {
            for (Path folder : folders.sorted().toList()) {
                if (pattern.matcher(folder.getFileName().toString()).matches()
                        && text(folder.resolve("name")).startsWith("package")) {
                    zones.add(new Zone(folder));
                }
            }
        } catch (MeterUnreadableException e) {
            throw e;
        } catch (IOException e) {
            throw new MeterUnreadableException("the folder " + powercap + " cannot be listed", e);
        }
        return zones;
    }

    @Override
    public String method() {
        return "rapl";
    }

    @Override
    public String description() {
        return "RAPL of " + String.join(", ", zones.stream().map(z -> z.name).toList());
    }

    @Override
    public String reservation() {
        return "";
    }

    @Override
    public double joules() throws MeterUnreadableException {
        long sum = 0;
        for (Zone zone : zones) {
            sum += zone.microjoules();
        }
        return sum * MICRO;
    }

    /** One counter, continued over its wraps: it starts at 0 again after {@code max_energy_range_uj}. */
    private static final class Zone {
        private final String name;
        private final Path counter;
        private final long range;
        private long last;
        private long sum;

        Zone(Path folder) throws MeterUnreadableException {
            name = text(folder.resolve("name"));
            counter = folder.resolve("energy_uj");
            range = number(folder.resolve("max_energy_range_uj"));
            last = number(counter);
        }

        long microjoules() throws MeterUnreadableException {
            long now = number(counter);
            sum += now >= last ? now - last : now + range - last;
            last = now;
            return sum;
        }
    }

    private static long number(Path file) throws MeterUnreadableException {
        String text = text(file);
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Falls through to the message below.
        }
        throw new MeterUnreadableException(file + " holds \"" + text + "\", which is no count of microjoules", null);
    }

    private static String text(Path file) throws MeterUnreadableException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(FILE_LIMIT), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new MeterUnreadableException(
                    file + " cannot be read (let the server's user read it, for example by a udev rule)", e);
        }
    }
}
