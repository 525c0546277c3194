package org.candor.console.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.Checkpoint;
import org.candor.proof.Commitments;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.MerkleTree;
import org.candor.proof.SigningKey;
import org.candor.proof.TilePath;
import org.candor.proof.TlogProof;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The verifier that runs in browsers, run by Node: it decides as {@code bundles/proof} does, on the vectors of others and
 * on answers with one byte changed. Skipped where there is no Node 20.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BrowserVerifierTest {

    private static final Path VECTORS = Path.of("../proof/src/test/resources/org/candor/proof");

    private final Random random = new Random(20261125);
    private Process node;

    @BeforeAll
    void startNode() throws IOException, InterruptedException {
        String version = "none";
        try {
            Process asked = new ProcessBuilder("node", "--version")
                    .redirectErrorStream(true)
                    .start();
            version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            asked.waitFor();
        } catch (IOException e) {
            version = "none (" + e.getMessage() + ")";
        }
        assumeTrue(
                version.matches("v(2\\d|[3-9]\\d)\\..*"),
                "the browser's verifier is tested with Node 20 or later; found " + version);
        node = new ProcessBuilder("node", "src/test/js/verifier.mjs")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @AfterAll
    void stopNode() {
        if (node != null) {
            node.destroy();
        }
    }

    /** The value, or null when it was refused. */
    private Object ask(String kind, Map<String, ?> members) {
        Map<String, Object> line = new LinkedHashMap<>(members);
        line.put("kind", kind);
        try {
            node.getOutputStream().write((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8));
            node.getOutputStream().flush();
            return Json.parseObject(
                            node.inputReader(StandardCharsets.UTF_8).readLine().getBytes(StandardCharsets.UTF_8))
                    .get("value");
        } catch (IOException e) {
            throw new UncheckedIOException("node has ended", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void canonicalFormsAreThoseOfRfc8785sAuthors() throws IOException {
        try (Stream<Path> inputs = Files.list(VECTORS.resolve("jcs/input"))) {
            for (Path input : inputs.sorted().toList()) {
                String expected = HexFormat.of()
                        .formatHex(
                                Files.readAllBytes(VECTORS.resolve("jcs/output").resolve(input.getFileName())));
                assertEquals(
                        expected, ask("rounded", Map.of("json", base64(Files.readAllBytes(input)))), input.toString());
            }
        }
        List<String> numbers = Files.readAllLines(VECTORS.resolve("jcs/es6-numbers-1000.csv"));
        assertEquals(1000, numbers.size());
        for (String line : numbers) {
            String[] parts = line.split(",");
            byte[] bits = ByteBuffer.allocate(8)
                    .putLong(Long.parseUnsignedLong(parts[0], 16))
                    .array();
            assertEquals(parts[1], ask("number", Map.of("bits", base64(bits))), line);
        }
    }

    @Test
    void numbersThatWouldBeRoundedAreRefused() {
        for (String number : List.of(
                "-0", "-0.0e5", "1e-400", "9007199254740993", "0.1000000000000000055", "01", "1.", "1e999", "+1")) {
            assertEquals(
                    null,
                    ask("canonical", Map.of("json", base64(("[" + number + "]").getBytes(StandardCharsets.UTF_8)))),
                    number);
        }
        for (String number :
                List.of("0", "0.000", "0e7", "-1.50", "1e-07", "9007199254740994", "1E+22", "5e-324", "100e-2")) {
            byte[] json = ("[" + number + "]").getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    HexFormat.of().formatHex(Json.canonical(Json.parse(json))),
                    ask("canonical", Map.of("json", base64(json))),
                    number);
        }
    }

    @Test
    void merkleProofsAreJudgedAsTransparencyDevsVectorsSay() throws IOException {
        Path merkle = Path.of(System.getProperty("candor.shared"), "vectors/merkle");
        assumeTrue(Files.isDirectory(merkle), "the vectors " + merkle + " are not there");
        int cases = 0;
        for (String kind : List.of("inclusion", "consistency")) {
            try (Stream<Path> files = Files.walk(merkle.resolve(kind))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Map<String, Object> test = Json.parseObject(Files.readAllBytes(file));
                    boolean wrong = Boolean.TRUE.equals(test.get("wantErr"));
                    List<?> proof = test.get("proof") == null ? List.of() : (List<?>) test.get("proof");
                    Map<String, Object> members = new LinkedHashMap<>();
                    members.put("proof", proof);
                    if (kind.equals("inclusion")) {
                        members.put("leaf", test.get("leafHash"));
                        members.put("index", test.get("leafIdx"));
                        members.put("size", test.get("treeSize"));
                        members.put("root", test.get("root"));
                    } else {
                        members.put("from", test.get("size1"));
                        members.put("to", test.get("size2"));
                        members.put("fromRoot", test.get("root1"));
                        members.put("toRoot", test.get("root2"));
                    }
                    assertEquals(wrong ? null : true, ask(kind, members), file.toString());
                    cases++;
                }
            }
        }
        assertTrue(cases > 150, cases + " cases");
    }

    @Test
    void aLogIsProvenFromItsTilesAlone() {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            leaves.add(MerkleTree.leafHash(("entry " + i).getBytes(StandardCharsets.UTF_8)));
        }
        for (int size : new int[] {1, 2, 3, 7, 8, 255, 256, 257, 300}) {
            MerkleTree.Nodes nodes = nodes(leaves);
            Map<String, Object> tiles = new LinkedHashMap<>();
            for (int level = 0; size >> 8 * level > 0; level++) {
                int count = size >> 8 * level;
                for (int tile = 0; tile * 256 < count; tile++) {
                    int width = Math.min(256, count - tile * 256);
                    ByteBuffer bytes = ByteBuffer.allocate(32 * width);
                    for (int i = 0; i < width; i++) {
                        bytes.put(nodes.node(8 * level, tile * 256 + i));
                    }
                    tiles.put(new TilePath(level, tile, width).toString(), base64(bytes.array()));
                }
            }
            List<String> roots = new ArrayList<>();
            for (int from = 0; from <= size; from++) {
                roots.add(base64(MerkleTree.root(from, nodes)));
            }
            Map<String, Object> members = Map.of(
                    "size",
                    size,
                    "tiles",
                    tiles,
                    "leaves",
                    leaves.stream().map(BrowserVerifierTest::base64).toList(),
                    "roots",
                    roots);
            assertEquals(true, ask("tiles", members), "size " + size);
        }
        for (long index : new long[] {0, 7, 999, 1000, 1_234_067}) {
            assertEquals(
                    new TilePath(0, index, 256).toString(),
                    ask("tilePath", Map.of("level", 0, "index", index, "width", 256)));
        }
    }

    private static MerkleTree.Nodes nodes(List<byte[]> leaves) {
        return new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                return level == 0
                        ? leaves.get((int) index)
                        : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
    }

    @Test
    void itDecidesAsTheServersVerifierDoesWhateverByteIsChanged() throws InvalidProofException {
        SigningKey log = SigningKey.generate("example.com/log");
        AnswerVerifier verifier = new AnswerVerifier(log.verifier(), List.of());
        byte[] good = Json.write(answer(log)).getBytes(StandardCharsets.UTF_8);
        String key = log.verifier().toString();
        verifier.verify(good);
        assertEquals(true, ask("answer", Map.of("json", base64(good), "key", key)));
        assertEquals(
                false,
                ask(
                        "answer",
                        Map.of(
                                "json",
                                base64(good),
                                "key",
                                SigningKey.generate("example.com/log")
                                        .verifier()
                                        .toString())));
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            boolean expected = accepts(verifier, bad);
            refused += expected ? 0 : 1;
            assertEquals(
                    expected,
                    ask("answer", Map.of("json", base64(bad), "key", key)),
                    new String(bad, StandardCharsets.ISO_8859_1));
        }
        assertTrue(refused > 450, refused + " refused");
    }

    @Test
    void whatStandsAroundEvidenceIsNeverTakenForProven() throws InvalidProofException {
        SigningKey log = SigningKey.generate("example.com/log");
        String key = log.verifier().toString();
        Map<String, Object> answer = answer(log);
        Map<String, Object> evidence = new LinkedHashMap<>(evidence(log, "search", Map.of("policy", "p")));
        assertEquals(List.of(true, List.of()), text(answer, key));
        assertEquals(List.of(true, List.of()), text(evidence, key));
        assertEquals(List.of(true, List.of()), text(Map.of("evidence", evidence), key));
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("data", List.of("forged"));
        response.put("evidence", evidence);
        assertEquals(List.of(true, List.of("data")), text(response, key));
        assertEquals(
                List.of(true, List.of("error.message")),
                text(Map.of("error", new LinkedHashMap<>(Map.of("message", "forged", "evidence", evidence))), key));
        for (String wrapper : List.of("evidence", "candor", "error")) {
            for (Map<String, Object> real : List.of(evidence, answer)) {
                Map<String, Object> forged = new LinkedHashMap<>();
                forged.put("question", "Who?");
                forged.put("answer", "Whoever forged this.");
                forged.put("citations", List.of());
                forged.put(wrapper, wrapper.equals("error") ? Map.of("evidence", real) : real);
                assertEquals(List.of(false, List.of()), text(forged, key), wrapper);
                forged.remove("question");
                assertEquals(List.of(false, List.of()), text(forged, key), wrapper + " without a question");
                assertEquals(false, ask("evidence", Map.of("text", Json.write(forged), "key", key)), wrapper);
            }
        }
        Map<String, Object> withLeaf = new LinkedHashMap<>(Map.of("leaf", Map.of("operation", "answer")));
        withLeaf.put("evidence", evidence);
        assertEquals(List.of(false, List.of()), text(withLeaf, key));
    }

    @Test
    void anAnswerIsCheckedWholeWhateverIsLeftOut() throws InvalidProofException {
        SigningKey log = SigningKey.generate("example.com/log");
        String key = log.verifier().toString();
        Map<String, Object> given = answer(log, "It may be withdrawn.");
        assertEquals(List.of(true, List.of()), text(given, key));
        Map<String, Object> denied = new LinkedHashMap<>(given);
        denied.put("answer", null);
        denied.remove("question");
        assertEquals(List.of(false, List.of()), text(denied, key));
        assertEquals(List.of(false, List.of()), text(Map.of("evidence", denied), key));
        assertEquals(false, ask("evidence", Map.of("text", Json.write(denied), "key", key)), "null was not committed");
        denied.keySet().removeAll(List.of("answer", "citations"));
        assertEquals(List.of(false, List.of()), text(denied, key), "neither shown");
        Map<String, Object> refused = evidence(log, "answer", Map.of("policy", "deny"));
        assertEquals(List.of(true, List.of()), text(Map.of("evidence", refused), key), "a refusal has no answer");
    }

    @Test
    void aLogsKeyVouchesForNoOtherLog() throws InvalidProofException {
        SigningKey log = SigningKey.generate("example.com/log");
        String key = log.verifier().toString();
        byte[] root = MerkleTree.leafHash(new byte[0]);
        for (String origin : List.of("example.com/log", "example.com/rewritten")) {
            String note = log.sign(new Checkpoint(origin, 1, root, List.of()).text());
            assertEquals(
                    origin.equals("example.com/log") ? 1L : null,
                    ask("checkpoint", Map.of("note", note, "key", key)),
                    origin);
        }
    }

    @Test
    void aKeyThatCameWithALinkIsNotReliedOnUnasked() {
        assertEquals(
                List.of("log+01234567+A/b=", true, false, true, false, "another", true),
                ask("given", Map.of("hash", "#log+01234567+A%2Fb%3D")));
        assertEquals(
                List.of("100%", true, false, true, false, "another", true),
                ask("given", Map.of("hash", "#100%")),
                "no escape, no error");
        assertEquals(List.of("", false, true, true, true, "another", true), ask("given", Map.of("hash", "")));
    }

    private Object text(Map<String, Object> json, String key) {
        return ask("text", Map.of("text", Json.write(json), "key", key));
    }

    private static boolean accepts(AnswerVerifier verifier, byte[] json) {
        try {
            verifier.verify(json);
            return true;
        } catch (InvalidProofException e) {
            return false;
        }
    }

    /** An answer as entry 6 of a log of 11. */
    private Map<String, Object> answer(SigningKey log) throws InvalidProofException {
        return answer(log, null);
    }

    private Map<String, Object> answer(SigningKey log, String words) throws InvalidProofException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", "answer-1");
        answer.put("question", "Who may withdraw consent? 谁？");
        answer.put("answer", words);
        answer.put("citations", List.of(Map.of("document", "a.md", "start", 3L, "score", 0.1 + 0.2)));
        answer.put("models", List.of());
        answer.put("energy", Map.of("joules", 1.25e-7, "method", "estimate"));
        answer.put("policy", Map.of("decision", "permit"));
        Map<String, Object> committed = new LinkedHashMap<>(answer);
        committed.remove("id");
        answer.putAll(evidence(log, "answer", committed));
        return answer;
    }

    /** The members with what proves them. */
    private Map<String, Object> evidence(SigningKey log, String operation, Map<String, Object> members)
            throws InvalidProofException {
        Map<String, Object> evidence = new LinkedHashMap<>(members);
        Map<String, Object> commitments = new LinkedHashMap<>();
        Map<String, Object> openings = new LinkedHashMap<>();
        for (String member : members.keySet()) {
            byte[] key = new byte[Commitments.KEY_BYTES];
            random.nextBytes(key);
            openings.put(member, base64(key));
            commitments.put(member, Commitments.commit(key, members.get(member)));
        }
        Map<String, Object> leaf = Map.of("v", 1L, "operation", operation, "commitments", commitments);
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            leaves.add(MerkleTree.leafHash(i == 6 ? Json.canonical(leaf) : new byte[] {(byte) i}));
        }
        MerkleTree.Nodes nodes = nodes(leaves);
        String checkpoint =
                log.sign(new Checkpoint("example.com/log", 11, MerkleTree.root(11, nodes), List.of()).text());
        evidence.put("proof", new TlogProof(6, MerkleTree.inclusion(6, 11, nodes), checkpoint).text());
        evidence.put("leaf", leaf);
        evidence.put("openings", openings);
        return evidence;
    }
}
