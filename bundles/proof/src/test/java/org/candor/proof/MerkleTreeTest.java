package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MerkleTreeTest {

    /** The leaves of RFC 6962's reference tests. */
    private static final String[] LEAVES = {
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    };

    private static final String[] ROOTS = {
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    };

    private static MerkleTree.Nodes nodes(List<byte[]> hashes) {
        return new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                return level == 0
                        ? hashes.get((int) index)
                        : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
    }

    private static List<byte[]> leaves(int n) {
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            hashes.add(MerkleTree.leafHash(("leaf " + i).getBytes(StandardCharsets.UTF_8)));
        }
        return hashes;
    }

    @Test
    void hashesAndRootsAreThoseOfRfc6962() {
        assertEquals(
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                HexFormat.of().formatHex(MerkleTree.emptyRoot()));
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < LEAVES.length; i++) {
            hashes.add(MerkleTree.leafHash(HexFormat.of().parseHex(LEAVES[i])));
            assertEquals(ROOTS[i], HexFormat.of().formatHex(MerkleTree.root(i + 1, nodes(hashes))));
        }
    }

    @Test
    void theSharedConstantsAreMet() throws Exception {
        Map<String, Object> constants =
                Json.parseObject(Files.readAllBytes(Vectors.shared("merkle/rfc6962-constants.json")));
        int checked = 0;
        for (Object value : (List<?>) constants.get("cases")) {
            Map<String, Object> golden = Vectors.object(value);
            byte[] preimage = HexFormat.of().parseHex((String) golden.get("preimage_hex"));
            assertEquals(
                    golden.get("expected_sha256_hex"),
                    HexFormat.of().formatHex(MerkleTree.sha256().digest(preimage)));
            checked++;
        }
        assertEquals(4, checked);
        byte[] hello = MerkleTree.leafHash("Hello".getBytes(StandardCharsets.UTF_8));
        byte[] world = MerkleTree.leafHash("World".getBytes(StandardCharsets.UTF_8));
        byte[] joined = new byte[64];
        System.arraycopy(hello, 0, joined, 0, 32);
        System.arraycopy(world, 0, joined, 32, 32);
        assertFalse(java.util.Arrays.equals(MerkleTree.nodeHash(hello, world), MerkleTree.leafHash(joined)));
        assertFalse(java.util.Arrays.equals(MerkleTree.nodeHash(hello, world), MerkleTree.nodeHash(world, hello)));
    }

    @Test
    void everySharedInclusionCaseIsJudgedRight() throws Exception {
        int accepted = 0;
        int refused = 0;
        for (Path file : files("merkle/inclusion")) {
            Map<String, Object> golden = Json.parseObject(Files.readAllBytes(file));
            try {
                MerkleTree.verifyInclusion(
                        bytes(golden.get("leafHash")),
                        ((Number) golden.get("leafIdx")).longValue(),
                        ((Number) golden.get("treeSize")).longValue(),
                        list(golden.get("proof")),
                        bytes(golden.get("root")));
                assertEquals(false, golden.get("wantErr"), file.toString());
                accepted++;
            } catch (InvalidProofException e) {
                assertEquals(true, golden.get("wantErr"), file + ": " + e.getMessage());
                refused++;
            }
        }
        assertEquals(98, accepted + refused);
        assertTrue(accepted > 0 && refused > 0);
    }

    @Test
    void everySharedConsistencyCaseIsJudgedRight() throws Exception {
        int accepted = 0;
        int refused = 0;
        for (Path file : files("merkle/consistency")) {
            Map<String, Object> golden = Json.parseObject(Files.readAllBytes(file));
            try {
                MerkleTree.verifyConsistency(
                        ((Number) golden.get("size1")).longValue(),
                        ((Number) golden.get("size2")).longValue(),
                        bytes(golden.get("root1")),
                        bytes(golden.get("root2")),
                        list(golden.get("proof")));
                assertEquals(false, golden.get("wantErr"), file.toString());
                accepted++;
            } catch (InvalidProofException e) {
                assertEquals(true, golden.get("wantErr"), file + ": " + e.getMessage());
                refused++;
            }
        }
        assertEquals(98, accepted + refused);
        assertTrue(accepted > 0 && refused > 0);
    }

    private static List<Path> files(String folder) throws Exception {
        try (var files = Files.walk(Vectors.shared(folder))) {
            return files.filter(f -> f.toString().endsWith(".json")).toList();
        }
    }

    private static byte[] bytes(Object base64) {
        return base64 == null ? new byte[0] : Base64.getDecoder().decode((String) base64);
    }

    private static List<byte[]> list(Object values) {
        List<byte[]> hashes = new ArrayList<>();
        if (values != null) {
            ((List<?>) values).forEach(v -> hashes.add(bytes(v)));
        }
        return hashes;
    }

    @Test
    void everyProofOfSmallTreesVerifiesAndNoneAtAnotherPlace() throws InvalidProofException {
        List<byte[]> hashes = leaves(70);
        MerkleTree.Nodes nodes = nodes(hashes);
        for (int size = 1; size <= 70; size++) {
            byte[] root = MerkleTree.root(size, nodes);
            for (int index = 0; index < size; index++) {
                List<byte[]> proof = MerkleTree.inclusion(index, size, nodes);
                MerkleTree.verifyInclusion(hashes.get(index), index, size, proof, root);
                int other = (index + 1) % size;
                if (other != index) {
                    assertThrows(
                            InvalidProofException.class,
                            () -> MerkleTree.verifyInclusion(hashes.get(other), other, hashes.size(), proof, root));
                }
            }
            for (int from = 1; from <= size; from++) {
                List<byte[]> proof = MerkleTree.consistency(from, size, nodes);
                MerkleTree.verifyConsistency(from, size, MerkleTree.root(from, nodes), root, proof);
            }
        }
    }

    @Test
    void noFlippedBitOfAProofIsAccepted() throws InvalidProofException {
        List<byte[]> hashes = leaves(13);
        MerkleTree.Nodes nodes = nodes(hashes);
        byte[] root = MerkleTree.root(13, nodes);
        byte[] older = MerkleTree.root(6, nodes);
        List<byte[]> inclusion = MerkleTree.inclusion(5, 13, nodes);
        List<byte[]> consistency = MerkleTree.consistency(6, 13, nodes);
        for (List<byte[]> proof : List.of(inclusion, consistency)) {
            for (byte[] hash : proof) {
                for (int bit = 0; bit < 256; bit++) {
                    hash[bit / 8] ^= (byte) (1 << bit % 8);
                    assertThrows(InvalidProofException.class, () -> {
                        if (proof == inclusion) {
                            MerkleTree.verifyInclusion(hashes.get(5), 5, 13, proof, root);
                        } else {
                            MerkleTree.verifyConsistency(6, 13, older, root, proof);
                        }
                    });
                    hash[bit / 8] ^= (byte) (1 << bit % 8);
                }
            }
        }
        MerkleTree.verifyInclusion(hashes.get(5), 5, 13, inclusion, root);
        MerkleTree.verifyConsistency(6, 13, older, root, consistency);
        assertArrayEquals(root, MerkleTree.root(13, nodes));
    }
}
