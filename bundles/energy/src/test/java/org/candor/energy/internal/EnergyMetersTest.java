package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyShare;
import org.candor.api.energy.EnergyStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnergyMetersTest {
    private static final double CLOSE = 1e-9;

    private static EnergyMeters.Config config(Map<String, Object> changes) {
        Map<String, Object> values = new HashMap<>(Map.of(
                "meter",
                "estimate",
                "powercap",
                "/nowhere",
                "idleWatts",
                -1.0,
                "fullWatts",
                -1.0,
                "packageProcessors",
                0,
                "tickMillis",
                1000));
        values.putAll(changes);
        return new EnergyMeters.Config() {
            @Override
            public String meter() {
                return (String) values.get("meter");
            }

            @Override
            public String powercap() {
                return (String) values.get("powercap");
            }

            @Override
            public double idleWatts() {
                return ((Number) values.get("idleWatts")).doubleValue();
            }

            @Override
            public double fullWatts() {
                return ((Number) values.get("fullWatts")).doubleValue();
            }

            @Override
            public int packageProcessors() {
                return ((Number) values.get("packageProcessors")).intValue();
            }

            @Override
            public int tickMillis() {
                return ((Number) values.get("tickMillis")).intValue();
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return EnergyMeters.Config.class;
            }
        };
    }

    @Test
    void theDefaultsAreAsDocumented() throws NoSuchMethodException {
        assertEquals("auto", EnergyMeters.Config.class.getMethod("meter").getDefaultValue());
        assertEquals(
                "/sys/class/powercap",
                EnergyMeters.Config.class.getMethod("powercap").getDefaultValue());
        assertEquals(1000, EnergyMeters.Config.class.getMethod("tickMillis").getDefaultValue());
        assertEquals(new PackagePower(2, 4), EnergyMeters.power(config(Map.of()), 2));
    }

    @Test
    void aServerPaysForItsShareOfThePackage() {
        PackagePower power =
                EnergyMeters.power(config(Map.of("idleWatts", 64, "fullWatts", 320, "packageProcessors", 128)), 2);
        assertEquals(new PackagePower(1, 2), power);
        FakeMachine machine = new FakeMachine();
        Meter meter = EnergyMeters.meter(config(Map.of()), machine, power);
        machine.pass(10_000_000_000L, 5_000_000_000L, 0);
        try {
            assertEquals(10 * 1 + 5 * 2, meter.joules(), CLOSE);
        } catch (MeterUnreadableException e) {
            throw new AssertionError(e);
        }
        assertEquals("estimate", meter.method());
    }

    @ParameterizedTest
    @CsvSource({
        "meter, nvml, 'auto, rapl or estimate'",
        "meter, rapl, /nowhere",
        "idleWatts, -2, 0 to 5000",
        "idleWatts, NaN, 0 to 5000",
        "fullWatts, 10001, 0 to 10000",
        "fullWatts, 0.5, more than idleWatts",
        "packageProcessors, -1, 1 to 65536",
        "tickMillis, 49, 50 to 10000",
        "tickMillis, 10001, 50 to 10000",
    })
    void anInvalidValueFailsActivationAndIsNamed(String key, String value, String allowed) {
        Object typed = key.equals("meter") ? value : (Object) Double.valueOf(value);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new EnergyMeters(config(Map.of(key, typed))))
                .getMessage();
        assertTrue(message.contains(key) && message.contains(allowed), message);
    }

    @Test
    void withoutACounterTheEstimateSaysWhy() throws MeterUnreadableException {
        Meter meter = EnergyMeters.meter(config(Map.of("meter", "auto")), new FakeMachine(), new PackagePower(1, 2));
        assertEquals("estimate", meter.method());
        assertTrue(meter.reservation().contains("/nowhere"), meter.reservation());
    }

    /** On this machine's own clocks: real work takes more than nothing and no more than everything. */
    @Test
    void realWorkOnThisMachineIsAccountedFor() {
        EnergyMeters meters = new EnergyMeters(config(Map.of()));
        EnergyShare share;
        try (EnergyAccount account = meters.open("answer")) {
            double x = 1;
            for (int i = 1; i < 2_000_000; i++) {
                x += Math.sin(x) / i;
            }
            assertTrue(x > 0);
            share = account.settle();
        }
        EnergyStatus status = meters.status();
        meters.close();
        assertTrue(share.joules() > 0, share.toString());
        assertTrue(share.cpuSeconds() > 0, share.toString());
        assertTrue(share.joules() <= status.totalJoules(), share + " of " + status);
        assertEquals(status.totalJoules(), status.idleJoules() + share.joules(), CLOSE);
        assertTrue(share.reason().contains("estimate"), share.reason());
    }
}
