package org.candor.api.configuration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    private static final String PID = "org.candor.test";

    @interface Config {
        int threads() default 4;

        long bytes() default 1L << 40;

        double weight() default 0.5;

        boolean eager() default false;

        String folder() default "";

        String[] hosts() default {"localhost"};

        String _password() default "none";

        String driver_target() default "(a=b)";
    }

    private final List<String> log = new ArrayList<>();

    private static Configuration<Config> of(Map<String, ?> properties) {
        return Configuration.of(PID, Config.class, properties, ConfigurationTest::check, said -> {}, "elsewhere");
    }

    private static void check(Config config) {
        if (config.threads() < 1 || config.threads() > 8) {
            throw new InvalidConfigurationException(PID, "threads", config.threads(), "1 to 8");
        }
    }

    private boolean change(Configuration<Config> configuration, Map<String, ?> properties) {
        return configuration.change(properties, (before, after) -> "", log::add);
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        Config config = of(Map.of("service.pid", PID, "felix.fileinstall.filename", "x", "elsewhere", "y"))
                .values();
        assertEquals(4, config.threads());
        assertEquals(1L << 40, config.bytes());
        assertEquals(0.5, config.weight());
        assertFalse(config.eager());
        assertArrayEquals(new String[] {"localhost"}, config.hosts());
        assertEquals("none", config._password());
        assertEquals("(a=b)", config.driver_target());
    }

    @Test
    void textsNumbersAndListsAreReadFromEveryTypeThatARuntimeHasForThem() {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "threads", " 8 ", "bytes", 5, "weight", "1", "eager", true, "folder", "/a b", ".password", "secret"));
        properties.put("hosts", List.of("a", "b"));
        properties.put("driver.target", new String[] {"(c=d)"});
        Config config = of(properties).values();
        assertEquals(8, config.threads());
        assertEquals(5, config.bytes());
        assertEquals(1.0, config.weight());
        assertTrue(config.eager());
        assertEquals("/a b", config.folder());
        assertEquals("secret", config._password());
        assertEquals("(c=d)", config.driver_target());
        assertArrayEquals(new String[] {"a", "b"}, config.hosts());
        assertArrayEquals(
                new String[] {"a, b"}, of(Map.of("hosts", "a, b")).values().hosts(), "who asks splits it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "threads | many | whole numbers up to 2147483647",
                "threads | 9999999999 | whole numbers up to 2147483647",
                "threads | '' | whole numbers",
                "threads | 0 | 1 to 8",
                "bytes | 1.5 | whole numbers up to 9223372036854775807",
                "weight | NaN | numbers such as 0.5",
                "weight | Infinity | numbers such as 0.5",
                "eager | yes | true and false",
                "thread | 4 | the keys .password, bytes, driver.target, eager, elsewhere, folder, hosts, threads, weight",
            })
    void nonsenseIsRefusedWithKeyValueAndWhatIsAllowed(String key, String value, String allowed) {
        String message = assertThrows(InvalidConfigurationException.class, () -> of(Map.of(key, value)))
                .getMessage();
        assertTrue(message.startsWith(PID + ": " + key + " is \"" + value + "\"; allowed are " + allowed), message);
    }

    @Test
    void aLineStaysOneLineAndShortAndHoldsNoPassword() {
        String message = assertThrows(
                        InvalidConfigurationException.class,
                        () -> of(Map.of("threads", "1\nWARN all is lost\u001b[0m" + "x".repeat(500))))
                .getMessage();
        assertTrue(message.startsWith(PID + ": threads is \"1 WARN all is lost [0mx"), message);
        assertTrue(message.length() < 250, message);
        message = assertThrows(InvalidConfigurationException.class, () -> of(Map.of(".passwort", "geheim")))
                .getMessage();
        assertFalse(message.contains("geheim"), message);
    }

    @Test
    void aChangeThatIsNonsenseChangesNothingAndSaysSoUntilTheFileIsRight() {
        Configuration<Config> configuration = of(Map.of("threads", "2"));
        assertFalse(change(configuration, Map.of("threads", "9", "folder", "/new")));
        assertEquals(2, configuration.values().threads());
        assertEquals("", configuration.values().folder());
        assertEquals(
                new Configuration.State(PID, PID + ": threads is \"9\"; allowed are 1 to 8", ""),
                configuration.state());
        assertEquals(
                List.of("The new configuration is refused, the one before it stays. " + PID
                        + ": threads is \"9\"; allowed are 1 to 8"),
                log);
        assertFalse(change(configuration, Map.of("threads", "2")), "nothing is different from what runs");
        assertEquals(new Configuration.State(PID, "", ""), configuration.state());
        assertTrue(change(configuration, Map.of("threads", "3")));
        assertEquals(3, configuration.values().threads());
    }

    @Test
    void whatCannotBeDoneAfterAllIsRefusedToo() {
        Configuration<Config> configuration = of(Map.of());
        assertFalse(configuration.change(
                Map.of("folder", "/gone"),
                (before, after) -> {
                    throw new InvalidConfigurationException(PID, "folder", after.folder(), "folders that are there");
                },
                log::add));
        assertEquals("", configuration.values().folder());
        assertTrue(configuration.state().refused().contains("folders that are there"));
    }

    @Test
    void whatCountsFromTheNextStartOnIsSaidAndCountsNot() {
        Configuration<Config> configuration = of(Map.of());
        assertFalse(configuration.change(
                Map.of("folder", "/new"),
                (before, after) -> before.folder().equals(after.folder()) ? "" : "folder counts from the next start on",
                log::add));
        assertEquals("", configuration.values().folder());
        assertEquals(new Configuration.State(PID, "", "folder counts from the next start on"), configuration.state());
        assertEquals(List.of(PID + ": folder counts from the next start on"), log);
    }

    @Test
    void listsAreComparedByWhatTheyHold() {
        Configuration<Config> configuration = of(Map.of("hosts", new String[] {"a"}));
        AtomicInteger changes = new AtomicInteger();
        for (String host : List.of("a", "b", "b")) {
            configuration.change(
                    Map.of("hosts", List.of(host)),
                    (before, after) -> {
                        changes.incrementAndGet();
                        return "";
                    },
                    log::add);
        }
        assertEquals(1, changes.get());
        configuration.values().hosts()[0] = "changed by a reader";
        assertEquals("b", configuration.values().hosts()[0]);
    }
}
