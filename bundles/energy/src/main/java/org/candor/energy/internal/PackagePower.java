package org.candor.energy.internal;

/**
 * What is known of the processor's power.
 *
 * @param idleWatts drawn by the share of the package that this server may use, without load
 * @param wattsPerBusyProcessor drawn in addition by each logical processor that computes
 */
record PackagePower(double idleWatts, double wattsPerBusyProcessor) {

    /**
     * @param idleWatts of the whole package
     * @param fullWatts of the whole package with every processor busy
     * @param packageProcessors logical processors of the package
     * @param usableProcessors those that this server may use
     */
    static PackagePower of(double idleWatts, double fullWatts, int packageProcessors, int usableProcessors) {
        double share = Math.min(1.0, (double) usableProcessors / packageProcessors);
        return new PackagePower(idleWatts * share, (fullWatts - idleWatts) / packageProcessors);
    }
}
