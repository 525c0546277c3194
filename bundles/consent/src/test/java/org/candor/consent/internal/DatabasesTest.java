package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabasesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "jdbc:postgresql://db/candor?user=c&password=secret jdbc:postgresql://db/candor",
                "jdbc:postgresql://c:secret@db:5432/candor jdbc:postgresql://db:5432/candor",
                "jdbc:postgresql://c:sec@ret@db/candor jdbc:postgresql://db/candor",
                "jdbc:h2:file:/var/candor;PASSWORD=secret jdbc:h2:file:/var/candor",
                "jdbc:nowhere:x jdbc:nowhere:x",
            })
    void aUrlIsShownWithoutWhatMayBeAPassword(String url, String shown) {
        assertEquals(shown, Databases.shown(url));
    }
}
