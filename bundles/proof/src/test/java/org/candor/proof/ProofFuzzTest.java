package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Whatever an offline verifier is given, only the proof that the log signed passes. */
class ProofFuzzTest {

    private static final byte[] ENTRY = "{\"v\":1}".getBytes(StandardCharsets.UTF_8);

    @Test
    void onlyTheGenuineProofPasses() throws InvalidProofException {
        SigningKey log = SigningKey.generate("example.com/log");
        byte[] other = MerkleTree.leafHash(new byte[] {1});
        byte[] root = MerkleTree.nodeHash(MerkleTree.leafHash(ENTRY), other);
        String checkpoint = log.sign(new Checkpoint("example.com/log", 2, root, List.of()).text());
        String genuine = new TlogProof(0, List.of(other), checkpoint).text();
        Mutation mutation = Mutation.anyOf(new ByteMutation(List.of(
                "\n", "\n\n", "c2sp.org/tlog-proof@v1", "index ", "0", "9223372036854775808", "\u2014 ", "=", " ")));
        // None but what was not changed is accepted, so there is no least share.
        new Fuzz("proof", List.of(genuine.getBytes(StandardCharsets.UTF_8)), mutation)
                .rounds(10_000)
                .leastOfEach(0)
                .run(input -> read(input, genuine, log.verifier()));
    }

    private static boolean read(byte[] input, String genuine, VerifierKey log) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            TlogProof proof = TlogProof.parse(text);
            assertEquals(text, proof.text(), "what is read is written as it was");
            proof.verify(ENTRY, log, List.of());
            assertEquals(genuine, text);
            return true;
        } catch (InvalidProofException refusal) {
            assertTrue(!refusal.getMessage().isBlank());
            return false;
        }
    }
}
