package org.candor.api.energy;

import java.time.Duration;
import java.util.List;

/** What the machine used in the last hours, window by window, since the meter was started. Thread safe. */
public interface EnergyHistory {

    /** Length of a window. */
    Duration window();

    /** How many windows are kept. */
    int kept();

    /**
     * The newest windows, oldest first; the last one is still growing. Windows in which nothing could be read are left
     * out.
     *
     * @param most 1 or more
     */
    List<EnergyWindow> windows(int most);
}
