package org.candor.energy.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyAccounting;
import org.candor.api.energy.EnergyHistory;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the meter, reads it at every tick, and opens accounts. */
@Component(name = EnergyMeters.NAME, configurationPid = EnergyMeters.PID, immediate = true)
@Designate(ocd = EnergyMeters.Config.class)
public final class EnergyMeters implements EnergyAccounting, EnergyHistory, Configured {

    static final String PID = "org.candor.energy";
    static final String NAME = "org.candor.energy.internal.EnergyMeters";

    private static final Logger LOG = LoggerFactory.getLogger(EnergyMeters.class);

    /**
     * Defaults for a processor nobody described: round figures of server packages, whose rated power is 2 to 8 W for each
     * logical processor.
     */
    private static final double IDLE_WATTS_PER_PROCESSOR = 1.0;

    private static final double FULL_WATTS_PER_PROCESSOR = 5.0;

    @ObjectClassDefinition(name = "Candor energy", description = "How energy is measured or estimated.")
    public @interface Config {
        @AttributeDefinition(
                name = "Meter",
                description =
                        "rapl: the processor's counters, and nothing else. estimate: from processor time and the power given"
                                + " below. auto: rapl where it can be read, else the estimate.",
                options = {@Option("auto"), @Option("rapl"), @Option("estimate")})
        String meter() default "auto";

        @AttributeDefinition(
                name = "Power capping tree",
                description =
                        "Folder of the kernel's powercap tree; another one where a container mounts it elsewhere.")
        String powercap() default "/sys/class/powercap";

        @AttributeDefinition(
                name = "Idle watts",
                description =
                        "Power of the whole processor package without load, 0 to 5000. -1 stands for 1 W a processor.")
        double idleWatts() default -1;

        @AttributeDefinition(
                name = "Full-load watts",
                description =
                        "Power of the whole package with every processor busy, above idleWatts, up to 10000. -1 stands"
                                + " for 5 W a processor.")
        double fullWatts() default -1;

        @AttributeDefinition(
                name = "Package processors",
                description =
                        "Logical processors of the package, 1 to 65536; on a virtual machine those of the host's package."
                                + " 0 stands for those that this server sees.")
        int packageProcessors() default 0;

        @AttributeDefinition(
                name = "Tick",
                description =
                        "Milliseconds between readings while nothing happens, 50 to 10000; a RAPL counter must not wrap"
                                + " twice in between.")
        int tickMillis() default 1000;
    }

    private final Configuration<Config> configuration;
    private final EnergyLedger ledger;
    private final MinuteWindows windows;
    private final ScheduledExecutorService ticks;

    @Activate
    public EnergyMeters(Map<String, Object> properties) {
        this(Configuration.of(PID, Config.class, properties, EnergyMeters::check, LOG::warn));
    }

    EnergyMeters(Config config) {
        this(Configuration.of(PID, Config.class, config));
    }

    private EnergyMeters(Configuration<Config> configuration) {
        this.configuration = configuration;
        Config config = configuration.values();
        ProcessorTime time = ProcessorTime.ofThisProcess();
        PackagePower power = power(config, Runtime.getRuntime().availableProcessors());
        int tickMillis = (int) checked("tickMillis", config.tickMillis(), 50, 10_000);
        Meter meter = meter(config, time, power);
        try {
            ledger = new EnergyLedger(meter, time, power);
        } catch (MeterUnreadableException e) {
            throw new IllegalStateException("org.candor.energy: " + e.getMessage(), e);
        }
        windows = new MinuteWindows(ledger, Clock.systemUTC());
        LOG.info("Energy by {}: {}", meter.method(), meter.description());
        ticks = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("candor-energy").daemon().factory());
        ticks.scheduleAtFixedRate(windows::sample, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
    }

    /** A meter that cannot be read is found here, not after the one before it was given up. */
    private static void check(Config config) {
        PackagePower power = power(config, Runtime.getRuntime().availableProcessors());
        checked("tickMillis", config.tickMillis(), 50, 10_000);
        meter(config, ProcessorTime.ofThisProcess(), power);
    }

    static PackagePower power(Config config, int usable) {
        int processors = config.packageProcessors() == 0
                ? usable
                : (int) checked("packageProcessors", config.packageProcessors(), 1, 65_536);
        double idle = config.idleWatts() == -1
                ? IDLE_WATTS_PER_PROCESSOR * processors
                : checked("idleWatts", config.idleWatts(), 0, 5_000);
        double full = config.fullWatts() == -1
                ? Math.max(FULL_WATTS_PER_PROCESSOR * processors, idle + processors)
                : checked("fullWatts", config.fullWatts(), 0, 10_000);
        if (full <= idle) {
            throw invalid("fullWatts", full, "more than idleWatts, which is " + idle);
        }
        return PackagePower.of(idle, full, processors, usable);
    }

    static Meter meter(Config config, ProcessorTime time, PackagePower power) {
        return switch (config.meter()) {
            case "estimate" -> new EstimateMeter(time, power, "an estimate from processor time, as configured");
            case "rapl" -> {
                try {
                    yield RaplMeter.open(Path.of(config.powercap()));
                } catch (MeterUnreadableException e) {
                    throw new IllegalArgumentException(
                            "org.candor.energy: meter = \"rapl\" cannot be had: " + e.getMessage()
                                    + "; allowed here are auto and estimate",
                            e);
                }
            }
            case "auto" -> {
                try {
                    yield RaplMeter.open(Path.of(config.powercap()));
                } catch (MeterUnreadableException e) {
                    yield new EstimateMeter(time, power, "an estimate from processor time, because " + e.getMessage());
                }
            }
            default -> throw invalid("meter", config.meter(), "auto, rapl or estimate");
        };
    }

    private static double checked(String key, double value, double least, double most) {
        if (value >= least && value <= most) {
            return value;
        }
        throw invalid(key, number(value), number(least) + " to " + number(most));
    }

    private static IllegalArgumentException invalid(String key, Object value, String allowed) {
        return new InvalidConfigurationException(PID, key, value, allowed);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Deactivate
    void close() {
        ticks.shutdownNow();
    }

    @Modified
    void modified(ComponentContext component, Map<String, Object> properties) {
        if (configuration.change(properties, (before, after) -> "", LOG::warn)) {
            // The runtime makes it anew, from properties that were found to be right.
            Configuration.remake(NAME, component::disableComponent, component::enableComponent);
        }
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    @Override
    public EnergyAccount open(String operation) {
        return ledger.open(operation);
    }

    @Override
    public EnergyStatus status() {
        return ledger.status();
    }

    @Override
    public Duration window() {
        return windows.window();
    }

    @Override
    public int kept() {
        return windows.kept();
    }

    @Override
    public List<EnergyWindow> windows(int most) {
        return windows.windows(most);
    }
}
