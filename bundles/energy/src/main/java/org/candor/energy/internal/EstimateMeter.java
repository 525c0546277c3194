package org.candor.energy.internal;

/**
 * Energy from time, where no counter can be read: J = idle watts x seconds + watts per busy processor x processor seconds
 * of this process.
 */
final class EstimateMeter implements Meter {
    private static final double NANOS = 1e9;

    private final ProcessorTime time;
    private final PackagePower power;
    private final String reservation;
    private final long firstWall;
    private final long firstBusy;

    /** @param why there is no measurement */
    EstimateMeter(ProcessorTime time, PackagePower power, String why) {
        this.time = time;
        this.power = power;
        this.reservation = why;
        this.firstWall = time.wallNanos();
        this.firstBusy = time.processNanos();
    }

    @Override
    public String method() {
        return "estimate";
    }

    @Override
    public String description() {
        return "%.2f W idle and %.2f W for each busy processor, times the time that passed and that this process computed"
                .formatted(power.idleWatts(), power.wattsPerBusyProcessor());
    }

    @Override
    public String reservation() {
        return reservation;
    }

    @Override
    public double joules() {
        double seconds = (time.wallNanos() - firstWall) / NANOS;
        double busy = (time.processNanos() - firstBusy) / NANOS;
        return power.idleWatts() * seconds + power.wattsPerBusyProcessor() * busy;
    }
}
