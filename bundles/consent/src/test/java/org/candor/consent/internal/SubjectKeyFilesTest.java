package org.candor.consent.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.candor.api.consent.ConsentUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectKeyFilesTest {
    private static final byte[] NONCE = new byte[32];

    @TempDir
    Path home;

    private SubjectKeyFiles open() {
        return new SubjectKeyFiles(home, new SecureRandom());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("keys"))) {
            return files.toList();
        }
    }

    /** RFC 5869, appendices A.1, A.2 and A.3: the expand step from PRK, info and L to OKM. */
    @ParameterizedTest
    @CsvSource({
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5, f0f1f2f3f4f5f6f7f8f9,"
                + "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244,"
                + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff,"
                + "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04, '',"
                + "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    })
    void expansionGivesTheValuesOfTheRfc(String key, String info, String output) {
        HexFormat hex = HexFormat.of();
        assertEquals(output, hex.formatHex(Hkdf.expand(hex.parseHex(key), hex.parseHex(info), output.length() / 2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 64, 65, 1000, 8160})
    void expansionGivesTheBytesOfTheJdk(int length) throws Exception {
        byte[] key = new byte[48];
        byte[] info = new byte[length % 100];
        new java.util.Random(length).nextBytes(key);
        new java.util.Random(length + 1).nextBytes(info);
        byte[] expected = KDF.getInstance("HKDF-SHA256")
                .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(key, "HKDF"), info, length));
        assertArrayEquals(expected, Hkdf.expand(key, info, length));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 8161})
    void anExpansionThatTheRfcDoesNotKnowIsRefused(int length) {
        assertThrows(IllegalArgumentException.class, () -> Hkdf.expand(NONCE, NONCE, length));
    }

    /** One block of HKDF-Expand is HMAC(key, info || 0x01): the contract's formula, computed another way. */
    @Test
    void whatIsDerivedFollowsTheFormulaOfTheContract() throws Exception {
        SubjectKeyFiles keys = open();
        byte[] derived = keys.derive("default", "cli", NONCE, "answer");
        KeyWrap wrap = new KeyWrap(Files.readAllBytes(home.resolve("master.key")), new SecureRandom());
        byte[] key = wrap.unwrap(Files.readAllBytes(files().getFirst()), "default", "cli");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update("candor/opening/v1\0answer\0".getBytes(StandardCharsets.UTF_8));
        mac.update(NONCE);
        mac.update((byte) 1);
        assertArrayEquals(mac.doFinal(), derived);
    }

    @Test
    void aKeySurvivesRestartAndDiffersBySubjectTenantNonceAndLabel() {
        SubjectKeyFiles first = open();
        byte[] derived = first.derive("default", "cli", NONCE, "answer");
        first.close();
        SubjectKeyFiles again = open();
        assertTrue(again.exists("default", "cli"));
        assertArrayEquals(derived, again.derive("default", "cli", NONCE, "answer"));
        byte[] otherNonce = NONCE.clone();
        otherNonce[0] = 1;
        for (byte[] other : List.of(
                again.derive("default", "cli2", NONCE, "answer"),
                again.derive("other", "cli", NONCE, "answer"),
                again.derive("default", "cli", otherNonce, "answer"),
                again.derive("default", "cli", NONCE, "question"))) {
            assertFalse(Arrays.equals(derived, other));
        }
    }

    @Test
    void aDestroyedKeyIsGoneAndAReturningSubjectGetsAnother() throws IOException {
        SubjectKeyFiles keys = open();
        byte[] before = keys.derive("default", "anna-berg", NONCE, "answer");
        byte[] wrapped = Files.readAllBytes(files().getFirst());
        Path hardLink = Files.createLink(home.resolve("remnant"), files().getFirst());
        keys.destroy("default", "anna-berg");
        assertFalse(keys.exists("default", "anna-berg"));
        assertEquals(List.of(), files());
        assertFalse(Arrays.equals(wrapped, Files.readAllBytes(hardLink)), "the block was not overwritten in place");
        assertFalse(Arrays.equals(before, keys.derive("default", "anna-berg", NONCE, "answer")));
        keys.destroy("default", "nobody");
    }

    @Test
    void filesAreTheOwnersAndTellNoNames() throws IOException {
        SubjectKeyFiles keys = open();
        keys.derive("default", "anna-berg", NONCE, "answer");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("master.key"))));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files().getFirst())));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("keys"))));
        assertTrue(files().getFirst().getFileName().toString().matches("[0-9a-f]{64}\\.key"));
    }

    @Test
    void aKeyFileInAnothersPlaceOrDamagedDoesNotOpen() throws IOException {
        SubjectKeyFiles keys = open();
        keys.derive("default", "anna-berg", NONCE, "answer");
        Path anna = files().getFirst();
        keys.derive("default", "bo-lind", NONCE, "answer");
        Path bo = files().stream().filter(f -> !f.equals(anna)).findFirst().orElseThrow();
        keys.close();
        byte[] intact = Files.readAllBytes(anna);
        Files.copy(bo, anna, StandardCopyOption.REPLACE_EXISTING);
        assertThrows(ConsentUnavailableException.class, () -> open().derive("default", "anna-berg", NONCE, "answer"));
        for (int i = 0; i < intact.length; i++) {
            byte[] damaged = intact.clone();
            damaged[i] ^= 0x10;
            Files.write(anna, damaged);
            assertThrows(
                    ConsentUnavailableException.class, () -> open().derive("default", "anna-berg", NONCE, "answer"));
        }
        Files.write(anna, Arrays.copyOf(intact, intact.length - 1));
        assertThrows(ConsentUnavailableException.class, () -> open().derive("default", "anna-berg", NONCE, "answer"));
        Files.write(anna, intact);
        open().derive("default", "anna-berg", NONCE, "answer");
    }

    @Test
    void aLostOrOpenMasterKeyStopsTheStart() throws IOException {
        open().derive("default", "cli", NONCE, "answer");
        Path master = home.resolve("master.key");
        Files.setPosixFilePermissions(master, PosixFilePermissions.fromString("rw-r-----"));
        assertTrue(assertThrows(UncheckedIOException.class, this::open)
                .getMessage()
                .contains("chmod 600"));
        Files.setPosixFilePermissions(master, PosixFilePermissions.fromString("rw-------"));
        byte[] key = Files.readAllBytes(master);
        Files.delete(master);
        assertTrue(assertThrows(UncheckedIOException.class, this::open)
                .getMessage()
                .contains("restore it"));
        assertFalse(Files.exists(master));
        MasterKey.writeDurably(master, Arrays.copyOf(key, 31));
        assertTrue(assertThrows(UncheckedIOException.class, this::open)
                .getMessage()
                .contains("31 bytes"));
    }

    @Test
    void nonceAndLabelAreChecked() {
        SubjectKeyFiles keys = open();
        assertThrows(IllegalArgumentException.class, () -> keys.derive("t", "s", new byte[15], "answer"));
        assertThrows(IllegalArgumentException.class, () -> keys.derive("t", "s", new byte[65], "answer"));
        assertThrows(IllegalArgumentException.class, () -> keys.derive("t", "s", NONCE, "a\0b"));
        assertThrows(IllegalArgumentException.class, () -> keys.derive("", "s", NONCE, "a"));
    }

    @Test
    void aCopyDerivesTheSameKeys(@TempDir Path elsewhere) throws IOException {
        SubjectKeyFiles keys = open();
        byte[] anna = keys.derive("default", "anna", NONCE, "answer");
        keys.derive("default", "ben", NONCE, "answer");
        keys.destroy("default", "ben");
        keys.copy(elsewhere);
        Path consent = elsewhere.resolve("consent");
        Files.setPosixFilePermissions(consent.resolve("master.key"), PosixFilePermissions.fromString("rw-------"));
        SubjectKeyFiles copy = new SubjectKeyFiles(consent, new SecureRandom());
        assertArrayEquals(anna, copy.derive("default", "anna", NONCE, "answer"));
        assertFalse(copy.exists("default", "ben"));
    }
}
