package org.candor.api.configuration;

/** A component with a configuration, for who wants to know whether it runs with the newest one. */
public interface Configured {

    /** What became of the last change of its configuration. Quick; thread safe. */
    Configuration.State configuration();
}
