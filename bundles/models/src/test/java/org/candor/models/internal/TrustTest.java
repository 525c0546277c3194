package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustTest {

    private static final String[] NONE = {};

    @TempDir
    Path folder;

    private final FakePack pack = FakePack.of("encoder-en", "1.0.0", "w");

    private ModelId id() throws IOException {
        return ModelCard.read(pack).id();
    }

    private static Trust keys(SigningKey... keys) {
        return Trust.of(
                Map.of(),
                Arrays.stream(keys).map(key -> key.verifier().toString()).toArray(String[]::new),
                NONE);
    }

    private String refusal(Trust trust) {
        return assertThrows(ModelFormatException.class, () -> trust.check(pack, id()))
                .getMessage();
    }

    @Test
    void aTrustedKeysSignatureOverTheDigestIsEnough() throws IOException, InvalidProofException {
        SigningKey key = SigningKey.generate("packs.example.org");
        pack.put(Trust.SIGNATURE, key.sign(Trust.statement(id())));
        assertEquals("signed by packs.example.org", keys(key).check(pack, id()));
        assertTrue(refusal(keys(SigningKey.generate("other.example.org"))).contains("not signed by a trusted key"));
        assertTrue(refusal(keys()).contains("add encoder-en:1.0.0 to unsigned"));
    }

    @Test
    void aSignatureOverAnythingElseIsRefusedEvenWhereUnsignedPacksAreAllowed()
            throws IOException, InvalidProofException {
        SigningKey key = SigningKey.generate("packs.example.org");
        Trust trust = Trust.of(Map.of(), new String[] {key.verifier().toString()}, new String[] {"true"});
        ModelId other = new ModelId("encoder-en", "1.0.0", "sha256:" + "0".repeat(64));
        pack.put(Trust.SIGNATURE, key.sign(Trust.statement(other)));
        assertTrue(refusal(trust).contains("not over this pack"));
        String right = key.sign(Trust.statement(id()));
        pack.put(Trust.SIGNATURE, right);
        trust.check(pack, id());
        int last = right.length() - 6;
        String bent = right.substring(0, last) + (right.charAt(last) == 'A' ? 'B' : 'A') + right.substring(last + 1);
        pack.put(Trust.SIGNATURE, bent);
        assertTrue(refusal(trust).contains("card.sig"), refusal(trust));
        pack.put(Trust.SIGNATURE, "nonsense");
        assertTrue(refusal(trust).contains("card.sig"), refusal(trust));
    }

    @Test
    void unsignedPacksAreAllowedByNameOrDigestOrAll() throws IOException {
        for (String allowed : new String[] {"encoder-en:1.0.0", id().digest(), "true", " a:1 , encoder-en:1.0.0"}) {
            Trust trust = Trust.of(Map.of(), NONE, new String[] {allowed});
            assertTrue(trust.check(pack, id()).startsWith("unsigned; the configuration allows"), allowed);
        }
        for (String other : new String[] {"encoder-en:1.1.0", "sha256:" + "0".repeat(64), "false", ""}) {
            assertTrue(refusal(Trust.of(Map.of(), NONE, new String[] {other})).contains(id().digest()));
        }
    }

    @Test
    void whatMeansNothingIsRefusedByKeyAndValue() {
        for (String wrong : new String[] {"yes", "encoder-en", ":1", "a:", "sha256:12"}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Trust.of(Map.of(), NONE, new String[] {wrong}));
            assertTrue(e.getMessage().contains("unsigned holds \"" + wrong), e.getMessage());
        }
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> Trust.of(Map.of(), new String[] {"name+00000000+AQ"}, NONE));
        assertTrue(e.getMessage().contains("trustedKeys holds"), e.getMessage());
    }

    @Test
    void pinsAreReadLineByLine() throws IOException {
        Path file = folder.resolve("pins.txt");
        assertTrue(Trust.pins(file).isEmpty());
        Files.writeString(file, "# packs\n\n" + id().digest() + "  encoder-en 1.0.0\n");
        assertEquals(
                "ships with this build", Trust.of(Trust.pins(file), NONE, NONE).check(pack, id()));
        Files.writeString(file, "sha256:12  encoder-en 1.0.0\n");
        assertTrue(assertThrows(IOException.class, () -> Trust.pins(file))
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
                    expected.put(id.digest(), id.name() + " " + id.version());
                }
            }
        }
        assertFalse(expected.isEmpty());
        assertEquals(expected, Trust.pins(Path.of("../../distribution/src/main/resources/etc/shipped-packs.txt")));
    }
}
