package org.candor.api.configuration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A component is made anew while its file is refused. */
class ConfigurationMemoryTest {

    private static final String PID = "org.candor.test";

    @interface Config {
        int threads() default 4;

        String[] hosts() default {};
    }

    private final ConfigurationMemory memory = new ConfigurationMemory();
    private final List<String> log = new ArrayList<>();
    private int most = 8;

    private void check(Config config) {
        if (config.threads() < 1 || config.threads() > most) {
            throw new InvalidConfigurationException(PID, "threads", config.threads(), "1 to " + most);
        }
    }

    /** A component that the runtime makes; each has another number. */
    private Configuration<Config> made(String component, Map<String, ?> file) {
        return Configuration.of(
                memory,
                new ConfigurationReader<>(PID, Config.class, Set.of()),
                handed(component, file),
                this::check,
                log::add);
    }

    private static Map<String, Object> handed(String component, Map<String, ?> file) {
        Map<String, Object> properties = new HashMap<>(file);
        properties.put("component.name", component);
        properties.put("component.id", System.nanoTime());
        return properties;
    }

    private boolean change(Configuration<Config> configuration, Map<String, ?> file) {
        return configuration.change(handed("a", file), (before, after) -> "", log::add);
    }

    @Test
    void madeAnewWithWhatIsRefusedItGoesOnWithWhatCountedLast() {
        Configuration<Config> before = made("a", Map.of("threads", "2"));
        assertTrue(change(before, Map.of("threads", 3, "hosts", new String[] {"x", "y"})));
        change(before, Map.of("threads", "many"));
        assertEquals(1, log.size());
        for (String nonsense : List.of("many", "0")) {
            Configuration<Config> after = made("a", Map.of("threads", nonsense));
            assertEquals(3, after.values().threads());
            assertArrayEquals(new String[] {"x", "y"}, after.values().hosts());
            String why = after.state().refused();
            assertTrue(why.startsWith(PID + ": threads is \"" + nonsense + "\"; allowed are "), why);
            assertEquals("The new configuration is refused, the one before it stays. " + why, log.getLast());
        }
        assertEquals(3, log.size());
        Configuration<Config> after = made("a", Map.of("threads", "many"));
        assertTrue(change(after, Map.of("threads", "5")));
        assertEquals(new Configuration.State(PID, "", ""), after.state());
        assertEquals(5, made("a", Map.of("threads", "none")).values().threads());
    }

    @Test
    void whatWasRefusedWhileItRanIsRefusedWhenItIsMadeAnew() {
        Configuration<Config> before = made("a", Map.of("threads", "2"));
        Configuration.Changed<Config> cannot = (from, to) -> {
            throw new InvalidConfigurationException(PID, "hosts", "gone", "hosts that answer");
        };
        Map<String, Object> file = Map.of("threads", "3", "hosts", "gone");
        before.change(handed("a", file), cannot, log::add);
        Configuration<Config> after = made("a", file);
        assertEquals(2, after.values().threads());
        assertTrue(after.state().refused().contains("hosts that answer"));
        assertEquals(3, made("a", Map.of("threads", "3")).values().threads(), "another file is looked at");
    }

    @Test
    void theFirstOneFailsAndSoDoesAnotherComponentOfTheSameFile() {
        for (int i = 0; i < 2; i++) {
            String said = assertThrows(InvalidConfigurationException.class, () -> made("a", Map.of("threads", "many")))
                    .getMessage();
            assertEquals(PID + ": threads is \"many\"; allowed are whole numbers up to 2147483647", said);
        }
        made("b", Map.of("threads", "1"));
        assertThrows(InvalidConfigurationException.class, () -> made("a", Map.of("threads", "many")));
        assertEquals(List.of(), log);
    }

    @Test
    void whereWhatCountedIsNotAllowedAnyMoreTheNewestFileIsToldOf() {
        made("a", Map.of("threads", "8"));
        most = 4;
        InvalidConfigurationException e =
                assertThrows(InvalidConfigurationException.class, () -> made("a", Map.of("threads", "9")));
        assertTrue(e.getMessage().contains("\"9\"; allowed are 1 to 4"), e.getMessage());
        assertTrue(e.getSuppressed()[0].getMessage().contains("\"8\""));
    }

    @Test
    void withoutARuntimeNothingIsRemembered() {
        Consumer<String> nobody = said -> {};
        Configuration.of(PID, Config.class, Map.of("threads", "2"), this::check, nobody);
        assertThrows(
                InvalidConfigurationException.class,
                () -> Configuration.of(PID, Config.class, Map.of("threads", "0"), this::check, nobody));
    }
}
