package org.candor.passwords.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.karaf.jaas.modules.Encryption;
import org.junit.jupiter.api.Test;

class Pbkdf2Test {

    private final Encryption encryption = new Pbkdf2Service().createEncryption(Map.of("iterations", "100000"));

    @Test
    void hashesAreThoseOfPythonsHashlib() {
        // hashlib.pbkdf2_hmac("sha512", b"password", b"salt", 4096, 32).hex()
        assertEquals(
                "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5",
                HexFormat.of().formatHex(Pbkdf2.hash("password", "salt".getBytes(StandardCharsets.UTF_8), 4096)));
    }

    @Test
    void aPasswordMatchesItsHashAndNoOther() {
        String stored = encryption.encryptPassword("correct horse 電池");
        assertTrue(encryption.checkPassword("correct horse 電池", stored));
        assertFalse(encryption.checkPassword("correct horse 電", stored));
        assertFalse(encryption.checkPassword("", stored));
        assertFalse(stored.contains("correct"));
        assertFalse(stored.contains(","), "a comma would end the password in users.properties");
    }

    @Test
    void equalPasswordsHaveDifferentHashes() {
        assertNotEquals(encryption.encryptPassword("same"), encryption.encryptPassword("same"));
    }

    @Test
    void aHashOutlivesAChangeOfIterations() {
        String stored = encryption.encryptPassword("kept");
        assertTrue(new Pbkdf2Service().createEncryption(Map.of()).checkPassword("kept", stored));
    }

    @Test
    void whatIsNoHashMatchesNothing() {
        String stored = encryption.encryptPassword("p");
        for (String damaged : List.of(
                "",
                "p",
                "100000",
                "100000..",
                stored + "A",
                stored.substring(1),
                "99999999" + stored.substring(6),
                "0" + stored)) {
            assertFalse(encryption.checkPassword("p", damaged), damaged);
        }
        assertFalse(encryption.checkPassword(null, stored));
        assertFalse(encryption.checkPassword("p", null));
    }

    @Test
    void wrongOptionsAreNamed() {
        for (String wrong : List.of("0", "99999", "10000001", "many", "")) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new Pbkdf2Service()
                    .createEncryption(Map.of("iterations", wrong)));
            assertTrue(refused.getMessage().contains("\"" + wrong + "\""), refused.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class, () -> new Pbkdf2Service().createEncryption(Map.of("rounds", "12")));
    }

    @Test
    void optionsThatKarafFillsInAreNoObstacle() {
        Encryption filledIn =
                new Pbkdf2Service().createEncryption(Map.of("algorithm", "MD5", "encoding", "hexadecimal"));
        assertTrue(filledIn.checkPassword("p", encryption.encryptPassword("p")));
    }
}
