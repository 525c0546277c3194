package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NotesTest {

    private static final Map<String, Object> NOTES = Json.parseObject(Vectors.resource("notes.json"));

    @Test
    void publishedNotesVerifyWithTheirKeys() throws InvalidProofException {
        int checked = 0;
        for (Object value : (List<?>) NOTES.get("cases")) {
            Map<String, Object> golden = Vectors.object(value);
            List<VerifierKey> keys = new ArrayList<>();
            for (Object key : (List<?>) golden.get("verifier_keys")) {
                keys.add(VerifierKey.parse((String) key));
                assertEquals(key, keys.getLast().toString());
            }
            SignedNote note = SignedNote.parse((String) golden.get("note"));
            assertEquals(
                    golden.get("valid_signatures_from"),
                    note.verify(keys).stream().map(VerifierKey::name).toList());
            checked++;
        }
        assertEquals(3, checked);
    }

    @Test
    void anotherImplementationIsGivenTheKeyAndSigns() throws InvalidProofException {
        SigningKey key = SigningKey.generate("candor.example/log");
        List<byte[]> signed = new ArrayList<>();
        SigningKey other = key.signingBy((seed, publicKey, message) -> {
            assertEquals(32, seed.length);
            assertArrayEquals(key.verifier().publicKey(), publicKey);
            signed.add(message);
            return signatureOf(key, message);
        });
        String note = other.sign("a note\n");
        assertEquals(key.sign("a note\n"), note);
        assertArrayEquals("a note\n".getBytes(StandardCharsets.UTF_8), signed.getLast());
        assertEquals(key.secret(), other.secret());
    }

    @Test
    void anImplementationThatSignsOtherwiseIsRefused() throws InvalidProofException {
        SigningKey key = SigningKey.generate("candor.example/log");
        assertThrows(
                IllegalStateException.class,
                () -> key.signingBy((seed, publicKey, message) -> {
                    byte[] signature = signatureOf(key, message);
                    signature[63] ^= 1;
                    return signature;
                }));
    }

    private static byte[] signatureOf(SigningKey key, byte[] message) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            byte[] encoded = Base64.getDecoder().decode(key.secret().split(" ")[2]);
            ed25519.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
            ed25519.update(message);
            return ed25519.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyMangledKeyIsRefused() throws InvalidProofException {
        Map<String, Object> rejects = Vectors.object(NOTES.get("verifier_key_rejects"));
        String good = (String) rejects.get("valid_key");
        VerifierKey.parse(good);
        for (int begin = 0; begin < good.length(); begin++) {
            for (int end = begin; end <= good.length(); end++) {
                String part = good.substring(begin, end);
                if (!part.equals(good)) {
                    assertThrows(InvalidProofException.class, () -> VerifierKey.parse(part), part);
                }
            }
        }
        for (int i = 0; i < good.length(); i++) {
            StringBuilder text = new StringBuilder(good);
            text.setCharAt(i, (char) (text.charAt(i) + 1));
            assertThrows(InvalidProofException.class, () -> VerifierKey.parse(text.toString()), text.toString());
        }
        for (Object rejected : (List<?>) rejects.get("rejected_keys")) {
            String key = (String) Vectors.object(rejected).get("key");
            assertThrows(InvalidProofException.class, () -> VerifierKey.parse(key), key);
        }
    }

    @Test
    void twoKeysWithOneNameAndIdAreAmbiguous() throws InvalidProofException {
        SigningKey key = SigningKey.generate("example.com/log");
        SignedNote note = SignedNote.parse(key.sign("text\n"));
        assertThrows(InvalidProofException.class, () -> note.verify(List.of(key.verifier(), key.verifier())));
    }

    @Test
    void noChangedByteOfANoteIsAccepted() throws InvalidProofException {
        SigningKey key = SigningKey.generate("example.com/log");
        String good = key.sign(new Checkpoint("example.com/log", 7, MerkleTree.emptyRoot(), List.of()).text());
        assertEquals(List.of(key.verifier()), SignedNote.parse(good).verify(List.of(key.verifier())));
        for (int i = 0; i < good.length(); i++) {
            for (int step : new int[] {1, -1, 0x20}) {
                StringBuilder text = new StringBuilder(good);
                text.setCharAt(i, (char) (text.charAt(i) + step));
                assertThrows(
                        InvalidProofException.class,
                        () -> SignedNote.parse(text.toString()).verify(List.of(key.verifier())),
                        "character " + i);
            }
            String shorter = good.substring(0, i) + good.substring(i + 1);
            assertThrows(
                    InvalidProofException.class,
                    () -> SignedNote.parse(shorter).verify(List.of(key.verifier())),
                    "without character " + i);
        }
        String twice = good + good.substring(good.indexOf('\u2014'));
        assertThrows(InvalidProofException.class, () -> SignedNote.parse(twice).verify(List.of(key.verifier())));
    }

    @Test
    void aSigningKeySurvivesItsText() throws InvalidProofException {
        for (int i = 0; i < 50; i++) {
            SigningKey key = SigningKey.generate("example.com/log");
            SigningKey read = SigningKey.parse(key.secret());
            assertEquals(key.verifier(), read.verifier());
            assertEquals(key.sign("text\n"), read.sign("text\n"), "Ed25519 is deterministic");
        }
        SigningKey one = SigningKey.generate("a");
        SigningKey two = SigningKey.generate("a");
        String crossed =
                one.secret().replace(one.verifier().toString(), two.verifier().toString());
        assertThrows(InvalidProofException.class, () -> SigningKey.parse(crossed));
        assertThrows(InvalidProofException.class, () -> SigningKey.generate("a b"));
        assertThrows(InvalidProofException.class, () -> SigningKey.generate(""));
    }

    @Test
    void ed25519SignaturesOfWycheproofAreJudgedRight() throws Exception {
        Path file;
        try (var files = Files.walk(Vectors.shared("crypto/wycheproof"))) {
            file = files.filter(f -> f.getFileName().toString().startsWith("ed25519"))
                    .findFirst()
                    .orElseThrow();
        }
        Map<String, Object> tests = Json.parseObject(Files.readAllBytes(file));
        int judged = 0;
        for (Object value : (List<?>) tests.get("testGroups")) {
            Map<String, Object> group = Vectors.object(value);
            VerifierKey key = VerifierKey.of("wycheproof", HexFormat.of().parseHex((String)
                    Vectors.object(group.get("publicKey")).get("pk")));
            for (Object test : (List<?>) group.get("tests")) {
                Map<String, Object> golden = Vectors.object(test);
                assertEquals(
                        golden.get("result").equals("valid"),
                        key.verify(
                                HexFormat.of().parseHex((String) golden.get("msg")),
                                HexFormat.of().parseHex((String) golden.get("sig"))),
                        "case " + golden.get("tcId"));
                judged++;
            }
        }
        assertTrue(judged >= 150, judged + " cases");
    }

    @Test
    void aLogWrittenByAnotherImplementationIsRead() throws Exception {
        Map<String, Object> golden = Json.parseObject(Files.readAllBytes(Vectors.shared("tlog/log-expected.json")));
        VerifierKey key = VerifierKey.parse((String) golden.get("verifier_key"));
        Path log = Vectors.shared("tlog/log");
        List<byte[]> hashes = new ArrayList<>();
        for (Object value : (List<?>) golden.get("leaves")) {
            Map<String, Object> leaf = Vectors.object(value);
            byte[] entry = ((String) leaf.get("entry_utf8")).getBytes(StandardCharsets.UTF_8);
            hashes.add(MerkleTree.leafHash(entry));
            assertEquals(leaf.get("leaf_hash_hex"), HexFormat.of().formatHex(hashes.getLast()));
        }
        MerkleTree.Nodes nodes = new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                return level == 0
                        ? hashes.get((int) index)
                        : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
        for (int size = 0; size <= 15; size++) {
            SignedNote note = SignedNote.parse(Files.readString(log.resolve("checkpoint." + size)));
            assertEquals(List.of(key), note.verify(List.of(key)));
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            assertEquals(golden.get("origin"), checkpoint.origin());
            assertEquals(size, checkpoint.size());
            assertArrayEquals(MerkleTree.root(size, nodes), checkpoint.root());
            assertEquals(note.text(), checkpoint.text());
            if (size > 0) {
                ByteArrayOutputStream tile = new ByteArrayOutputStream();
                hashes.subList(0, size).forEach(tile::writeBytes);
                assertArrayEquals(
                        tile.toByteArray(), Files.readAllBytes(log.resolve(new TilePath(0, 0, size).toString())));
            }
        }
    }

    @Test
    void checkpointsWithAnythingAmissAreRefused() throws InvalidProofException {
        String root = Base64.getEncoder().encodeToString(MerkleTree.emptyRoot());
        String good = "example.com/log\n12\n" + root + "\n";
        assertEquals(12, Checkpoint.parse(good).size());
        for (String bad : List.of(
                "",
                "\n",
                "example.com/log\n12\n",
                "\n12\n" + root + "\n",
                "example.com/log\n012\n" + root + "\n",
                "example.com/log\n-1\n" + root + "\n",
                "example.com/log\n+1\n" + root + "\n",
                "example.com/log\n0x1\n" + root + "\n",
                "example.com/log\n9999999999999999999\n" + root + "\n",
                "example.com/log\n12\n" + root.substring(1) + "\n",
                "example.com/log\n12\n" + root,
                "example.com/log\n12\n" + root + "\n\n",
                "example.com/log\n\u0661\n" + root + "\n",
                "example.com/log\n12\nAAAA\n")) {
            assertThrows(InvalidProofException.class, () -> Checkpoint.parse(bad), bad);
        }
    }

    @Test
    void tilePathsAreThoseOfC2sp() {
        assertEquals("tile/0/x001/x234/067", new TilePath(0, 1_234_067, 256).toString());
        assertEquals("tile/entries/000.p/5", new TilePath(TilePath.ENTRIES, 0, 5).toString());
        for (String good : List.of("tile/0/000", "tile/5/x001/000.p/255", "tile/entries/x999/999")) {
            assertEquals(good, TilePath.parse(good).orElseThrow().toString());
        }
        for (String bad : List.of(
                "tile/0/0",
                "tile/6/000",
                "tile/-1/000",
                "tile/00/000",
                "tile/0/000.p/256",
                "tile/0/000.p/0",
                "tile/0/000.p/01",
                "tile/0/x000/001",
                "tile/0/001/000",
                "tile/0/x01/000",
                "tile/0/../000",
                "tile/data/000",
                "tile/0/000.p/",
                "tile/0/",
                "tile/",
                "",
                "checkpoint",
                "tile/0/x001x/000",
                "tile/0/+00")) {
            assertTrue(TilePath.parse(bad).isEmpty(), bad);
        }
        Map<String, Object> math = Vectors.object(
                Json.parseObject(Vectors.resource("tile-math.json")).get("c2sp_tile_counts"));
        for (Object value : (List<?>) math.get("cases")) {
            Map<String, Object> golden = Vectors.object(value);
            long size = (Long) golden.get("tree_size");
            for (Object level : (List<?>) golden.get("levels")) {
                Map<String, Object> expected = Vectors.object(level);
                int l = ((Long) expected.get("level")).intValue();
                long full = (Long) expected.get("full_tiles");
                int partial = ((Long) expected.get("partial_width")).intValue();
                assertTrue(full == 0 || new TilePath(l, full - 1, 256).existsAt(size));
                assertTrue(!new TilePath(l, full, 256).existsAt(size));
                assertTrue(partial == 0 || new TilePath(l, full, partial).existsAt(size));
                assertTrue(!new TilePath(l, full, partial + 1).existsAt(size));
            }
        }
    }
}
