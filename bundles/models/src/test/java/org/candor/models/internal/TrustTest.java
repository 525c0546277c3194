package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.candor.proof.SigningKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may bring a model into this server, on whole packs. */
final class TrustTest {

    @TempDir
    Path folder;

    private final FakePack pack = FakePack.of("encoder-en", "1.0.0", "w");
    private SigningKey key;

    @BeforeEach
    void sign() throws IOException, InvalidProofException {
        key = SigningKey.generate("packs.example.org");
        pack.put(
                PackIdentity.SIGNATURE, key.sign(ModelCard.read(pack).identity().statement()));
    }

    private PackTrust trust(String... unsigned) {
        return PackTrust.of(PackKind.MODEL, Map.of(), List.of(key.verifier().toString()), List.of(unsigned));
    }

    private String check(PackTrust trust) throws IOException, InvalidProofException {
        return trust.check(ModelCard.read(pack).identity(), pack.signature());
    }

    private String refusal(PackTrust trust) {
        String message =
                assertThrows(InvalidProofException.class, () -> check(trust)).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void aTrustedKeysSignatureIsEnoughAndAnUnknownOneIsNamed() throws IOException, InvalidProofException {
        assertEquals("signed by packs.example.org", check(trust()));
        PackTrust others = PackTrust.of(
                PackKind.MODEL,
                Map.of(),
                List.of(SigningKey.generate("packs.example.org").verifier().toString()),
                List.of());
        String refusal = refusal(others);
        assertTrue(refusal.contains("it is not signed by a trusted key, but by packs.example.org+"), refusal);
        pack.files.remove(PackIdentity.SIGNATURE);
        assertTrue(refusal(trust()).contains("add encoder-en:1.0.0 to unsigned in etc/org.candor.models.cfg"));
        assertEquals("unsigned; the configuration allows this one", check(trust("encoder-en:1.0.0")));
    }

    @Test
    void aSignatureOfAPolicyPackIsNoneOfAModelPack() throws IOException {
        String digest = ModelCard.read(pack).id().digest();
        pack.put(
                PackIdentity.SIGNATURE,
                key.sign(new PackIdentity(PackKind.POLICY, "encoder-en", "1.0.0", digest).statement()));
        assertTrue(refusal(trust("true")).startsWith("card.sig is a signature over \"candor.org/policy-pack/v1"));
    }

    /** With the old card the file's digest tells when it is stored (RevisionsTest); with a new one the signature does. */
    @Test
    void everyFileThatIsChangedWithItsCardAfterTheSignatureIsRefused() throws IOException, InvalidProofException {
        byte[] signature = pack.files.get(PackIdentity.SIGNATURE);
        for (String changed : List.of("config.json", "tokenizer.json", "model.bin", "selftest.json", "card.json")) {
            FakePack other = FakePack.of("encoder-en", "1.0.0", "w");
            if (changed.equals("card.json")) {
                other.put(changed, new String(other.files.get(changed), StandardCharsets.UTF_8) + " ");
            } else {
                String card = new String(other.files.get("card.json"), StandardCharsets.UTF_8);
                String before = FakePack.sha256(other.files.get(changed));
                other.put("card.json", card.replace(before, FakePack.sha256(new byte[] {1})));
            }
            other.files.put(PackIdentity.SIGNATURE, signature);
            PackIdentity identity = ModelCard.read(other).identity();
            String refusal = assertThrows(
                            InvalidProofException.class, () -> trust("true").check(identity, other.signature()))
                    .getMessage();
            assertTrue(refusal.contains("not over this pack"), changed + ": " + refusal);
        }
    }

    @Test
    void aFileThatTheCardDoesNotListIsRefused() {
        for (String added : List.of("extra.bin", "sub/", ".hidden")) {
            pack.put(added, "x");
            String refusal = assertThrows(ModelFormatException.class, () -> ModelCard.read(pack))
                    .getMessage();
            assertTrue(refusal.startsWith("fake pack: card.json does not list " + added + ": "), refusal);
            pack.files.remove(added);
        }
    }

    @Test
    void aCardMayNotListTheSignatureOrItself() {
        String card = new String(pack.files.get("card.json"), StandardCharsets.UTF_8);
        for (String own : List.of("card.sig", "card.json")) {
            pack.put("card.json", card.replace("\"model.bin\":", "\"" + own + "\":"));
            String refusal = assertThrows(ModelFormatException.class, () -> ModelCard.read(pack))
                    .getMessage();
            assertTrue(refusal.contains(own), refusal);
        }
    }

    @Test
    void aMangledSignatureIsRefusedEvenWhereEverythingUnsignedIsAllowed() throws IOException, InvalidProofException {
        String right = new String(pack.files.get(PackIdentity.SIGNATURE), StandardCharsets.UTF_8);
        int last = right.length() - 6;
        String bent = right.substring(0, last) + (right.charAt(last) == 'A' ? 'B' : 'A') + right.substring(last + 1);
        for (String wrong : List.of("", "nonsense", bent, right.strip(), right.replace("1.0.0", "1.0.1"))) {
            pack.put(PackIdentity.SIGNATURE, wrong);
            assertTrue(refusal(trust("true")).startsWith("card.sig"), wrong);
        }
        pack.put(PackIdentity.SIGNATURE, "x".repeat(PackTrust.MOST_SIGNATURE + 10));
        assertTrue(refusal(trust("true")).contains("larger than"));
        pack.files.remove(PackIdentity.SIGNATURE);
        assertEquals("unsigned; the configuration allows all unsigned packs", check(trust("true")));
    }

    @Test
    void pinsComeFromAFileThatMayBeMissing() throws IOException, InvalidProofException {
        Path file = folder.resolve("pins.txt");
        assertTrue(RegistrySettings.pins(null).isEmpty());
        assertTrue(RegistrySettings.pins(file).isEmpty());
        pack.files.remove(PackIdentity.SIGNATURE);
        Files.writeString(file, "# packs\n\n" + ModelCard.read(pack).id().digest() + "  encoder-en 1.0.0\n");
        assertEquals(
                "ships with this build",
                check(PackTrust.of(PackKind.MODEL, RegistrySettings.pins(file), List.of(), List.of())));
        Files.writeString(file, "sha256:12  encoder-en 1.0.0\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> RegistrySettings.pins(file))
                .getMessage()
                .contains("line 1"));
    }

    /** The build's pins are the digests of the cards in packs/, all of them and no others. */
    @Test
    void theShippedPinsAreThoseOfTheShippedCards() throws IOException {
        Map<String, String> expected = new HashMap<>();
        try (var packs = Files.newDirectoryStream(Path.of("../../packs"), "*")) {
            for (Path each : packs) {
                Path card = each.resolve("src/main/model/card.json");
                if (Files.exists(card)) {
                    ModelId id = ModelCard.read(each.toString(), Files.readAllBytes(card))
                            .id();
                    expected.put(id.digest(), id.name() + ":" + id.version());
                }
            }
        }
        assertFalse(expected.isEmpty());
        assertEquals(
                expected,
                RegistrySettings.pins(Path.of("../../distribution/src/main/resources/etc/shipped-packs.txt")));
    }
}
