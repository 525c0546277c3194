package org.candor.compute.cpu.internal;

import java.util.Map;
import org.candor.api.compute.Backend;
import org.candor.api.compute.BackendException;
import org.candor.api.compute.BlockMatrix;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Tensor;
import org.candor.api.compute.Weight;
import org.candor.api.compute.WeightType;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.osgi.annotation.bundle.Header;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The CPU: the best kernels that this Java machine can run, on threads that end with this component. */
@Header(name = "Import-Package", value = "jdk.incubator.vector;resolution:=optional,*")
@Component(
        name = CpuBackend.NAME,
        service = {Backend.class, Configured.class},
        configurationPid = CpuBackend.PID,
        property = "name=cpu")
@Designate(ocd = CpuBackend.Config.class)
public final class CpuBackend implements Backend, Configured, AutoCloseable {

    static final String PID = "org.candor.compute.cpu";
    static final String NAME = "org.candor.compute.cpu.internal.CpuBackend";

    /** Configuration, PID {@code org.candor.compute.cpu}. */
    @ObjectClassDefinition(name = "Candor CPU compute", description = "Matrix operations on the processor.")
    public @interface Config {

        /** Threads of one operation, its caller included. */
        @AttributeDefinition(
                name = "Threads",
                description =
                        "Threads that share one operation, its caller included; 0 to 1024, 0 for one per processor.")
        int threads() default 0;

        /** How long an idle worker looks for work before it sleeps. */
        @AttributeDefinition(
                name = "Spin",
                description =
                        "Microseconds that an idle worker looks for work before it sleeps, 0 to 10000. Longer lowers"
                                + " the latency of small models, shorter saves energy.")
        int spinMicros() default SPIN_MICROS;

        /** Whether machine code may be written. */
        @AttributeDefinition(
                name = "Emitted kernels",
                description =
                        "auto: the innermost loops are written as machine code for the processor found, where there is"
                                + " an emitter for it and the system allows executable memory; off: never.")
        String emit() default "auto";
    }

    /** A pass hands work over every 20 to 500 microseconds; a worker that slept in between joined late. */
    static final int SPIN_MICROS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);

    private final Configuration<Config> configuration;
    private final Kernels kernels;
    private final String reason;
    private final Workers workers;

    /** @throws IllegalArgumentException when a configured value is not allowed */
    @Activate
    public CpuBackend(Map<String, Object> properties) {
        this(Configuration.of(PID, Config.class, properties, CpuBackend::check, LOG::warn, "name"));
    }

    private CpuBackend(Configuration<Config> configuration) {
        this(
                configuration,
                within("threads", configuration.values().threads(), 0, 1024),
                within("spinMicros", configuration.values().spinMicros(), 0, 10_000),
                KernelTier.choose(emits(configuration.values().emit())));
    }

    private static void check(Config config) {
        within("threads", config.threads(), 0, 1024);
        within("spinMicros", config.spinMicros(), 0, 10_000);
        emits(config.emit());
    }

    /**
     * @param threads threads of one operation, its caller included; 0 for one per processor
     * @param spinMicros how long an idle worker looks for work
     */
    CpuBackend(int threads, int spinMicros, KernelTier.Choice choice) {
        this(null, threads, spinMicros, choice);
    }

    private CpuBackend(Configuration<Config> configuration, int threads, int spinMicros, KernelTier.Choice choice) {
        this.configuration = configuration;
        this.kernels = choice.kernels();
        this.reason = choice.reason();
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        this.workers = new Workers(count, spinMicros * 1000L);
        if (reason == null) {
            LOG.info("{}", description());
        } else {
            LOG.warn("{}", description());
        }
    }

    /**
     * A backend outside a container, for benchmarks and plain programs.
     *
     * @param threads threads of one operation, its caller included; 0 for one per processor
     */
    public static CpuBackend open(int threads) {
        return new CpuBackend(within("threads", threads, 0, 1024), SPIN_MICROS, KernelTier.choose(true));
    }

    private static boolean emits(String value) {
        return switch (value) {
            case "auto" -> true;
            case "off" -> false;
            default ->
                throw new IllegalArgumentException(
                        "org.candor.compute.cpu: emit = " + value + ", allowed are auto and off");
        };
    }

    private static int within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "org.candor.compute.cpu: " + key + " = " + value + ", allowed are " + least + " to " + most);
        }
        return value;
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
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        String threads = workers.threads() == 1 ? "1 thread" : workers.threads() + " threads";
        String slow = reason == null ? "" : "; slow: " + reason;
        return "CPU (" + System.getProperty("os.arch") + "), " + kernels.tier() + ", " + threads + slow;
    }

    @Override
    public Tensor allocate(ElementType type, int rows, int columns) {
        if (rows <= 0 || columns <= 0) {
            throw new IllegalArgumentException(
                    "tensor of shape (" + rows + ", " + columns + "): both must be positive");
        }
        long elements = (long) rows * columns;
        if (elements > Integer.MAX_VALUE - 64) {
            throw new BackendException("allocate on cpu: a tensor of shape (" + rows + ", " + columns
                    + ") has more than 2^31 elements; split it");
        }
        int size = (int) elements;
        try {
            Object array =
                    switch (type) {
                        case F32 -> new float[size];
                        case I32 -> new int[size];
                        case BF16 -> new short[size];
                        case I8 -> new byte[size];
                        case F16 -> throw new IllegalArgumentException("tensors are F32, I32, BF16 or I8, not F16");
                    };
            return CpuTensor.of(array, type, rows, columns);
        } catch (OutOfMemoryError e) {
            throw new BackendException(
                    "allocate on cpu: no heap left for a " + type + " tensor of shape (" + rows + ", " + columns + ")",
                    e);
        }
    }

    @Override
    public Weight weight(HostMatrix matrix, WeightType type) {
        try {
            return switch (type) {
                case Q8 ->
                    BlockPanels.of(kernels, BlockType.Q8_0, matrix.rows(), matrix.columns())
                            .pack(kernels, matrix);
                case Q4 ->
                    BlockPanels.of(kernels, BlockType.Q4_0, matrix.rows(), matrix.columns())
                            .pack(kernels, matrix);
                case STORED -> kernels.weight(matrix, held(matrix.type()));
                case F32, BF16, F16, I8 -> kernels.weight(matrix, type);
            };
        } catch (OutOfMemoryError e) {
            throw new BackendException(
                    "weight on cpu: no memory left for (" + matrix.rows() + ", " + matrix.columns() + ") in " + type,
                    e);
        }
    }

    private static WeightType held(ElementType stored) {
        return switch (stored) {
            case F32 -> WeightType.F32;
            case BF16 -> WeightType.BF16;
            case F16 -> WeightType.F16;
            case I8, I32 ->
                throw new IllegalArgumentException(
                        "a weight cannot be made from " + stored + " (F32, BF16 and F16 can)");
        };
    }

    @Override
    public Weight weight(BlockMatrix matrix) {
        try {
            return BlockPanels.of(kernels, matrix.type(), matrix.rows(), matrix.columns())
                    .pack(kernels, matrix);
        } catch (OutOfMemoryError e) {
            throw new BackendException(
                    "weight on cpu: no memory left for (" + matrix.rows() + ", " + matrix.columns() + ") in "
                            + matrix.type(),
                    e);
        }
    }

    @Override
    public Ops ops() {
        return new CpuOps(kernels, workers);
    }

    /** Ends the threads. */
    @Override
    @Deactivate
    public void close() {
        workers.close();
    }
}
