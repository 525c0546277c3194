package org.candor.api.configuration;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The configuration that a component runs with. A new one is read and checked whole before it counts; one that is not valid
 * changes nothing: what ran before goes on, and {@link #state} says why until the file is right. That holds for a component
 * that is made anew meanwhile, too: it goes on with what counted last, as long as this bundle is not refreshed. Thread safe.
 *
 * @param <C> the annotation type that describes the keys and their defaults
 */
public final class Configuration<C> {

    /**
     * @param pid of the configuration
     * @param refused why the newest configuration does not count, in one line that names key, value and what is allowed;
     *     empty while it does
     * @param pending why the newest configuration, which is valid, counts from the next start on, in one line; or empty
     */
    public record State(String pid, String refused, String pending) {}

    private static final String REFUSED = "The new configuration is refused, the one before it stays. ";

    private final ConfigurationReader<C> reader;
    private final Consumer<C> check;
    private final ConfigurationMemory memory;
    private volatile C values;
    private volatile State state;

    private Configuration(
            ConfigurationReader<C> reader, Consumer<C> check, ConfigurationMemory memory, C values, String refused) {
        this.reader = reader;
        this.check = check;
        this.memory = memory;
        this.values = values;
        this.state = new State(reader.pid(), refused, "");
    }

    /**
     * The first configuration of a component, when it is activated. Where it is refused and another one counted for this
     * component before, that one counts.
     *
     * @param type annotation whose methods are the keys, with their defaults
     * @param properties as the component runtime hands them over
     * @param check throws when values are not allowed, naming key, value and what is; it must not change anything
     * @param said one line for the log, when the properties are refused and the former ones count
     * @param others keys of the same configuration that somebody else reads
     * @throws InvalidConfigurationException for a key or value that is not allowed, where nothing counted before
     */
    public static <C> Configuration<C> of(
            String pid,
            Class<C> type,
            Map<String, ?> properties,
            Consumer<C> check,
            Consumer<String> said,
            String... others) {
        ConfigurationReader<C> reader = new ConfigurationReader<>(pid, type, Set.of(others));
        return of(ConfigurationMemory.LASTING, reader, properties, check, said);
    }

    static <C> Configuration<C> of(
            ConfigurationMemory memory,
            ConfigurationReader<C> reader,
            Map<String, ?> properties,
            Consumer<C> check,
            Consumer<String> said) {
        String place = ConfigurationMemory.place(reader.pid(), properties);
        ConfigurationMemory.Known known = memory.at(place);
        Map<String, Object> written = ConfigurationReader.written(properties);
        try {
            String refusal = known == null ? null : known.refusal(written);
            if (refusal != null) {
                throw new IllegalArgumentException(refusal);
            }
            C values = checked(reader, properties, check);
            memory.counts(place, written);
            return new Configuration<>(reader, check, memory, values, "");
        } catch (IllegalArgumentException e) {
            if (known == null) {
                throw e;
            }
            C values = former(reader, known.good(), check, e);
            memory.refused(place, written, e.getMessage());
            said.accept(REFUSED + e.getMessage());
            return new Configuration<>(reader, check, memory, values, e.getMessage());
        }
    }

    /** What counted before may count no more: other bundles have changed, too. Then the first reason is the one to tell. */
    private static <C> C former(
            ConfigurationReader<C> reader,
            Map<String, Object> good,
            Consumer<C> check,
            IllegalArgumentException refusal) {
        try {
            return checked(reader, good, check);
        } catch (IllegalArgumentException e) {
            refusal.addSuppressed(e);
            throw refusal;
        }
    }

    private static <C> C checked(ConfigurationReader<C> reader, Map<String, ?> properties, Consumer<C> check) {
        C values = reader.read(properties);
        check.accept(values);
        return values;
    }

    /** One whose values are known to be right: for programs and tests without a component runtime. */
    public static <C> Configuration<C> of(String pid, Class<C> type, C values) {
        return new Configuration<>(
                new ConfigurationReader<>(pid, type, Set.of()), each -> {}, new ConfigurationMemory(), values, "");
    }

    /** What counts now. */
    public C values() {
        return values;
    }

    /** What became of the last change. */
    public State state() {
        return state;
    }

    /**
     * A change. What is not allowed is refused as a whole.
     *
     * @param taken told the values before and the new ones, once they have been checked; when it throws, those before stay
     * @param said one line for the log, when the change is refused or counts only from the next start on
     * @return whether other values than before count
     */
    public synchronized boolean change(Map<String, ?> properties, Changed<C> taken, Consumer<String> said) {
        String pending;
        String place = ConfigurationMemory.place(reader.pid(), properties);
        Map<String, Object> written = ConfigurationReader.written(properties);
        try {
            C changed = checked(reader, properties, check);
            if (changed.equals(values)) {
                memory.counts(place, written);
                state = new State(reader.pid(), "", "");
                return false;
            }
            pending = taken.changed(values, changed);
            if (pending.isEmpty()) {
                values = changed;
                memory.counts(place, written);
            }
        } catch (IllegalArgumentException e) {
            memory.refused(place, written, e.getMessage());
            state = new State(reader.pid(), e.getMessage(), state.pending());
            said.accept(REFUSED + e.getMessage());
            return false;
        }
        state = new State(reader.pid(), "", pending);
        if (!pending.isEmpty()) {
            said.accept(reader.pid() + ": " + pending);
            return false;
        }
        return true;
    }

    /**
     * Has the component runtime make a component anew. On another thread: the runtime is still busy with the change that wants
     * it, and would wait for itself.
     *
     * @param component its name
     * @param disable of the runtime
     * @param enable of the runtime
     */
    public static void remake(String component, Consumer<String> disable, Consumer<String> enable) {
        Thread.ofVirtual().name("candor-remake").start(() -> {
            disable.accept(component);
            enable.accept(component);
        });
    }

    /** Puts a checked change into effect. */
    @FunctionalInterface
    public interface Changed<C> {

        /**
         * @return empty when the new values count; else, in one line, which of them count only from the next start on, and
         *     then none of them counts before
         * @throws IllegalArgumentException when it cannot be done after all, naming key, value and what is allowed
         */
        String changed(C before, C after);
    }
}
