package org.candor.consent.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.consent.ConsentUnavailableException;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.jdbc.DataSourceFactory;

/** Databases as the configuration names them, by the drivers that are installed. Stateless. */
final class Databases {

    private Databases() {}

    /** @throws InvalidConfigurationException naming key, value and what is allowed */
    static void check(List<Map.Entry<Map<String, Object>, DataSourceFactory>> drivers, ConsentLedger.Config config) {
        driver(drivers, config);
        if (!config.url().isBlank() && !config.url().strip().startsWith("jdbc:")) {
            throw new InvalidConfigurationException(
                    ConsentLedger.PID, "url", config.url().strip(), "URLs that begin with jdbc:, or nothing");
        }
    }

    private static DataSourceFactory driver(
            List<Map.Entry<Map<String, Object>, DataSourceFactory>> drivers, ConsentLedger.Config config) {
        String installed = String.join(
                ", ",
                drivers.stream()
                        .map(each -> String.valueOf(each.getKey().get(DataSourceFactory.OSGI_JDBC_DRIVER_CLASS)))
                        .distinct()
                        .sorted()
                        .toList());
        String allowed = "filters that match an installed driver, such as (" + DataSourceFactory.OSGI_JDBC_DRIVER_CLASS
                + "=NAME) with one of " + installed;
        Filter filter;
        try {
            filter = FrameworkUtil.createFilter(config.driver_target());
        } catch (InvalidSyntaxException e) {
            throw new InvalidConfigurationException(
                    ConsentLedger.PID, "driver.target", config.driver_target(), allowed);
        }
        return drivers.stream()
                .filter(each -> filter.matches(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new InvalidConfigurationException(
                        ConsentLedger.PID, "driver.target", config.driver_target(), allowed));
    }

    /** @throws ConsentUnavailableException when the driver refuses it */
    static DataSource of(
            List<Map.Entry<Map<String, Object>, DataSourceFactory>> drivers, Path folder, ConsentLedger.Config config) {
        String url = config.url().isBlank()
                ? ConsentLedger.h2Url(ConsentFolder.create(folder))
                : config.url().strip();
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, url);
        properties.setProperty(DataSourceFactory.JDBC_USER, config.user());
        properties.setProperty(DataSourceFactory.JDBC_PASSWORD, config._password());
        try {
            return driver(drivers, config).createDataSource(properties);
        } catch (SQLException e) {
            throw new ConsentUnavailableException(
                    "The driver refuses the database of org.candor.consent: " + shown(url) + reason(e), e);
        }
    }

    /**
     * Opens it once.
     *
     * @throws InvalidConfigurationException when it cannot be opened
     */
    static void connect(Supplier<DataSource> source, ConsentLedger.Config config) {
        try (Connection connection = source.get().getConnection()) {
            connection.getMetaData().getDatabaseProductName();
        } catch (SQLException e) {
            throw cannotBeOpened(config, e);
        } catch (ConsentUnavailableException e) {
            throw cannotBeOpened(config, e.getCause() instanceof SQLException refusal ? refusal : new SQLException());
        }
    }

    private static InvalidConfigurationException cannotBeOpened(ConsentLedger.Config config, SQLException refusal) {
        InvalidConfigurationException invalid = new InvalidConfigurationException(
                ConsentLedger.PID, "url", shown(config.url()), "databases that can be opened" + reason(refusal));
        invalid.initCause(refusal);
        return invalid;
    }

    /** A URL without what may be a password: its parameters, and what stands before the host. */
    static String shown(String url) {
        String address = url.strip().replaceFirst("[?;].*", "");
        return address.replaceFirst("//.*@", "//");
    }

    /** Drivers repeat the URL in their messages, so only the standard's code is told. */
    private static String reason(SQLException refusal) {
        return refusal.getSQLState() == null ? "" : " (SQL state " + refusal.getSQLState() + ")";
    }
}
