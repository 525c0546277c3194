package org.candor.api.configuration;

/** A configuration that must not count. The message is one line and names PID, key, value and what is allowed. */
public final class InvalidConfigurationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int MOST_SHOWN = 100;

    /**
     * @param pid of the configuration
     * @param key in it
     * @param value that it has; what is long is cut
     * @param allowed what is allowed, for example {@code 1 to 1024}
     */
    public InvalidConfigurationException(String pid, String key, Object value, String allowed) {
        super(pid + ": " + key + " is \"" + shown(value) + "\"; allowed are " + allowed);
    }

    /** Without control characters: a line of the log stays one line. */
    private static String shown(Object value) {
        String text = String.valueOf(value).replaceAll("\\p{Cntrl}+", " ");
        return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text;
    }
}
