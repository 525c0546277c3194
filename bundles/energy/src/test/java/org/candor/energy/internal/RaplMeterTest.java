package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaplMeterTest {
    private static final double CLOSE = 1e-9;

    @TempDir
    Path powercap;

    private static JsonNode vector(String name) throws IOException {
        try (InputStream in = RaplMeterTest.class.getResourceAsStream("/" + name)) {
            return new ObjectMapper().readTree(in);
        }
    }

    private Path zone(String folder, String name, long microjoules, long range) throws IOException {
        Path zone = Files.createDirectories(powercap.resolve(folder));
        Files.writeString(zone.resolve("name"), name + "\n");
        Files.writeString(zone.resolve("max_energy_range_uj"), range + "\n");
        return Files.writeString(zone.resolve("energy_uj"), microjoules + "\n");
    }

    /** Kepler keeps "package" (two of them, added up) and "core"; of these a package contains its cores. */
    private void keplersZones() throws IOException {
        for (JsonNode file : vector("kepler-rapl.json").get("files")) {
            zone(
                    file.get("zone").asText(),
                    file.get("name").asText(),
                    file.get("energy_uj").asLong(),
                    file.get("max_energy_range_uj").asLong());
        }
        zone("intel-rapl:1", "psys", 7, 262143328850L);
    }

    private void add(String folder, long microjoules) throws IOException {
        Path counter = powercap.resolve(folder).resolve("energy_uj");
        long now = Long.parseLong(Files.readString(counter).strip());
        Files.writeString(counter, (now + microjoules) + "\n");
    }

    @Test
    void packagesAreAddedUpWithoutTheirPartsAndWithoutTheWholeSystem() throws IOException {
        keplersZones();
        Meter meter = RaplMeter.open(powercap);
        assertEquals("RAPL of package-0, package-10", meter.description());
        assertEquals(0, meter.joules(), CLOSE);
        add("intel-rapl:0", 3_000_000);
        add("intel-rapl:a", 4_000_000);
        add("intel-rapl:0:0", 1_000_000_000);
        add("intel-rapl:1", 1_000_000_000);
        add("intel-rapl-mmio:0", 1_000_000_000);
        assertEquals(7, meter.joules(), CLOSE);
    }

    @Test
    void theMappedCounterServesWhereTheOtherIsMissing() throws IOException {
        zone("intel-rapl-mmio:0", "package-0", 10, 1_000);
        Meter meter = RaplMeter.open(powercap);
        add("intel-rapl-mmio:0", 500);
        assertEquals(500e-6, meter.joules(), CLOSE);
    }

    @Test
    void keplersOwnFolderIsRead() throws IOException {
        Path root = Path.of(System.getProperty("candor.shared", "none"), "vectors/energy/kepler/sys/class/powercap");
        assumeTrue(Files.isDirectory(root), "the shared vectors are not beside the checkout");
        Meter meter = RaplMeter.open(root);
        assertEquals("RAPL of package-0, package-10", meter.description());
        assertEquals(0, meter.joules(), CLOSE);
    }

    @Test
    void everyWrapOfTheCounterIsCounted() throws IOException {
        JsonNode zeus = vector("zeus-rapl-wraparound.json");
        long range = zeus.get("max_energy_range_uj").asLong();
        long first = zeus.get("initial_raw_uj").asLong();
        JsonNode readings = zeus.get("polling").get("readings_uj");
        zone("intel-rapl:0", "package-0", first, range);
        Meter meter = RaplMeter.open(powercap);
        long last = first;
        double joules = 0;
        for (JsonNode reading : readings) {
            last = reading.asLong();
            zone("intel-rapl:0", "package-0", last, range);
            joules = meter.joules();
        }
        long wraps = zeus.get("polling").get("expected_wraparounds").asLong();
        assertEquals((last + wraps * range - first) * 1e-6, joules, CLOSE);
    }

    @Test
    void aMissingOrDamagedFileIsNamed() throws IOException {
        assertTrue(message().contains("no processor package"), message());
        zone("intel-rapl:0", "package-0", 10, 1_000);
        zone("intel-rapl:1", "package-1", 10, 1_000);
        for (String file : new String[] {"name", "max_energy_range_uj", "energy_uj"}) {
            Path path = powercap.resolve("intel-rapl:1").resolve(file);
            byte[] intact = Files.readAllBytes(path);
            Files.delete(path);
            assertTrue(message().contains(path.toString()), message());
            Files.write(path, intact);
        }
        Path counter = powercap.resolve("intel-rapl:1").resolve("energy_uj");
        for (String bad : new String[] {"", "-1", "12x", "99999999999999999999", "1".repeat(5_000)}) {
            Files.writeString(counter, bad);
            assertTrue(message().contains(counter.toString()), message());
        }
        Files.delete(counter);
        Files.createSymbolicLink(counter, Path.of("/dev/zero"));
        assertTrue(message().contains(counter.toString()), "an endless file ends in a clear error");
    }

    private String message() {
        return assertThrows(MeterUnreadableException.class, () -> RaplMeter.open(powercap))
                .getMessage();
    }

    @Test
    void aCounterThatFailsForAWhileGoesOnFromItsLastReading() throws IOException {
        zone("intel-rapl:0", "package-0", 100, 1_000);
        Meter meter = RaplMeter.open(powercap);
        Path counter = powercap.resolve("intel-rapl:0").resolve("energy_uj");
        Files.delete(counter);
        assertThrows(MeterUnreadableException.class, meter::joules);
        Files.writeString(counter, "400\n");
        assertEquals(300e-6, meter.joules(), CLOSE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void arbitraryBytesEndInAFigureOrAClearError(long seed) throws IOException {
        Random random = new Random(seed);
        zone("intel-rapl:0", "package-0", 100, 1_000);
        Meter meter = RaplMeter.open(powercap);
        Path counter = powercap.resolve("intel-rapl:0").resolve("energy_uj");
        double last = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes = Long.toString(random.nextLong(1_000)).getBytes();
            }
            Files.write(counter, bytes);
            try {
                double now = meter.joules();
                assertTrue(now >= last, "seed " + seed);
                last = now;
            } catch (MeterUnreadableException e) {
                assertTrue(e.getMessage().contains("energy_uj"), e.getMessage());
            }
        }
    }
}
