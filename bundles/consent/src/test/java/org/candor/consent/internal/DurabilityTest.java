package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches what H2 does to its file: what was written and not forced is lost when the power fails. */
public class DurabilityTest {
    private static final AtomicLong WRITES = new AtomicLong();
    private static final AtomicLong WRITES_NOT_FORCED = new AtomicLong();

    private final FilePath watched = new WatchedPath();

    @TempDir
    Path home;

    @BeforeEach
    void watch() {
        FilePath.register(watched);
        WRITES.set(0);
        WRITES_NOT_FORCED.set(0);
    }

    @AfterEach
    void forget() {
        FilePath.unregister(watched);
    }

    private String url() {
        return "jdbc:h2:watched:" + home.resolve("register").toAbsolutePath()
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
    }

    @Test
    void everyEntryIsForcedToTheDiskBeforeItReturns() {
        ConsentLedger ledger = new ConsentLedger(H2.source(url()), (tenant, subject) -> {}, Clock.systemUTC());
        for (int i = 0; i < 20; i++) {
            long before = WRITES.get();
            ledger.withdraw("default", "subject-" + i, "training", "steward", "");
            assertTrue(WRITES.get() > before, "the entry was not even written");
            assertEquals(0, WRITES_NOT_FORCED.get(), "entry " + i);
        }
        ledger.close();
    }

    /** Why the ledger does not rely on WRITE_DELAY=0; when this fails, H2 forces commits itself and the ledger need not. */
    @Test
    void aCommitOfH2AloneIsWrittenButNotForced() throws SQLException {
        try (Connection connection = H2.source(url()).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (n INT PRIMARY KEY)");
            statement.execute("CHECKPOINT SYNC");
            long before = WRITES.get();
            statement.execute("INSERT INTO t VALUES (1)");
            connection.commit();
            assertTrue(WRITES.get() > before);
            assertTrue(WRITES_NOT_FORCED.get() > 0);
        }
    }

    /** Made by H2 through reflection, hence public. */
    public static final class WatchedPath extends FilePathWrapper {
        @Override
        public String getScheme() {
            return "watched";
        }

        @Override
        public FileChannel open(String mode) throws IOException {
            return new WatchedFile(super.open(mode));
        }
    }

    private static final class WatchedFile extends FileBaseDefault {
        private final FileChannel file;

        WatchedFile(FileChannel file) {
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            WRITES.incrementAndGet();
            WRITES_NOT_FORCED.incrementAndGet();
            return file.write(source, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            file.force(metadata);
            WRITES_NOT_FORCED.set(0);
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        public void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
