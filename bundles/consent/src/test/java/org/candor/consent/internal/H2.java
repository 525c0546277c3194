package org.candor.consent.internal;

import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.h2.util.OsgiDataSourceFactory;
import org.osgi.service.jdbc.DataSourceFactory;

/** H2 as the framework gives it: through its DataSourceFactory. */
final class H2 {
    private H2() {}

    static DataSource source(String url) {
        Properties properties = new Properties();
        properties.setProperty(DataSourceFactory.JDBC_URL, url);
        properties.setProperty(DataSourceFactory.JDBC_USER, "candor");
        properties.setProperty(DataSourceFactory.JDBC_PASSWORD, "");
        try {
            return new OsgiDataSourceFactory(new org.h2.Driver()).createDataSource(properties);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
