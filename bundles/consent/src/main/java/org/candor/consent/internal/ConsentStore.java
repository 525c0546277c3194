package org.candor.consent.internal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentState;

/**
 * The entries in a database, H2 or PostgreSQL. Holds one connection, opened on first use and again after a failure. Not
 * thread safe: its owner takes turns.
 */
final class ConsentStore implements AutoCloseable {
    private static final String COLUMNS = "epoch, tenant, subject, purpose, state, actor, reason, entered_at";

    private final DataSource source;
    private Connection connection;
    private boolean h2;

    ConsentStore(DataSource source) {
        this.source = source;
    }

    /** All entries, oldest first. */
    List<ConsentRecord> all() throws SQLException {
        try (PreparedStatement query =
                connected().prepareStatement("SELECT " + COLUMNS + " FROM consent_entry ORDER BY epoch")) {
            return read(query);
        }
    }

    /** Entries of one subject, oldest first. */
    List<ConsentRecord> of(String tenant, String subject) throws SQLException {
        try (PreparedStatement query = connected()
                .prepareStatement(
                        "SELECT " + COLUMNS + " FROM consent_entry WHERE tenant = ? AND subject = ? ORDER BY epoch")) {
            query.setString(1, tenant);
            query.setString(2, subject);
            return read(query);
        }
    }

    /** Adds an entry; on return it is on the disk. */
    void add(ConsentRecord record) throws SQLException {
        Connection open = connected();
        try (PreparedStatement insert =
                open.prepareStatement("INSERT INTO consent_entry (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, record.epoch());
            insert.setString(2, record.tenant());
            insert.setString(3, record.subject());
            insert.setString(4, record.purpose());
            insert.setString(5, record.state().name());
            insert.setString(6, record.actor());
            insert.setString(7, record.reason());
            insert.setObject(8, OffsetDateTime.ofInstant(record.time(), ZoneOffset.UTC));
            insert.executeUpdate();
        }
        open.commit();
        if (h2) {
            // A commit in H2 hands the pages to the operating system, also with WRITE_DELAY 0; only this forces them.
            try (Statement statement = open.createStatement()) {
                statement.execute("CHECKPOINT SYNC");
            }
            open.commit();
        }
    }

    /**
     * Has the database write a copy of itself as it is now, by its own means.
     *
     * @param archive of H2's {@code BACKUP TO}, a zip file that does not exist
     * @return false when the database is not this server's own: its own tools back it up
     */
    boolean backUp(Path archive) throws SQLException {
        Connection open = connected();
        if (!h2) {
            return false;
        }
        try (PreparedStatement statement = open.prepareStatement("BACKUP TO ?")) {
            statement.setString(1, archive.toString());
            statement.execute();
        }
        open.commit();
        return true;
    }

    private Connection connected() throws SQLException {
        if (connection == null) {
            Connection opened = source.getConnection();
            try {
                opened.setAutoCommit(false);
                h2 = opened.getMetaData().getDatabaseProductName().equals("H2");
                createTable(opened);
            } catch (SQLException e) {
                opened.close();
                throw e;
            }
            connection = opened;
        }
        return connection;
    }

    private static void createTable(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS consent_entry ("
                    + "epoch BIGINT PRIMARY KEY, "
                    + "tenant VARCHAR(200) NOT NULL, "
                    + "subject VARCHAR(200) NOT NULL, "
                    + "purpose VARCHAR(200) NOT NULL, "
                    + "state VARCHAR(16) NOT NULL, "
                    + "actor VARCHAR(200) NOT NULL, "
                    + "reason VARCHAR(2000) NOT NULL, "
                    + "entered_at TIMESTAMP(6) WITH TIME ZONE NOT NULL)");
            statement.execute(
                    "CREATE INDEX IF NOT EXISTS consent_entry_subject" + " ON consent_entry (tenant, subject, epoch)");
        }
        opened.commit();
    }

    private static List<ConsentRecord> read(PreparedStatement query) throws SQLException {
        List<ConsentRecord> records = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                records.add(new ConsentRecord(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        ConsentState.valueOf(rows.getString(5)),
                        rows.getString(6),
                        rows.getString(7),
                        rows.getObject(8, OffsetDateTime.class).toInstant()));
            }
        }
        query.getConnection().commit();
        return records;
    }

    /** Gives the connection up; the next use opens another. */
    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // The connection is given up because it failed, or the component ends: nothing is left to save.
            }
        }
    }
}
