package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.candor.api.policy.PolicyCandidate;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.candor.proof.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may bring a policy into this server: signatures, pins and the configuration, on whole packs. */
class PackTrustTest {

    private static final String CEDAR = "@id(\"open\") permit (principal, action == Action::\"answer\", resource);";

    @TempDir
    Path home;

    private SigningKey key;
    private DecisionJournal journal;
    private PolicySwitch policies;

    @BeforeEach
    void open() throws IOException, InvalidProofException {
        key = SigningKey.generate("packs.example.org");
        journal = new DecisionJournal(
                home.resolve("decisions"), 1_000, DecisionJournalTest.PSEUDONYMS, Clock.systemUTC());
        policies = new PolicySwitch(
                new ActivationRecord(home.resolve("activations.jsonl")),
                new PackStore(home.resolve("packs")),
                journal,
                Clock.systemUTC(),
                () -> {});
        policies.trust(PolicySettings.read(Map.of("trustedKeys", key.verifier().toString()))
                .trust());
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        policies.close();
        journal.close();
    }

    private TestPack signed() {
        return new TestPack("mine", "1.0.0", CEDAR).signedBy(key);
    }

    private String refusal(TestPack pack) {
        String message = assertThrows(InvalidPackException.class, () -> policies.add(pack.pack()))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void aPackThatATrustedKeySignedMayBeActivatedAndSaysWhoSignedIt() {
        policies.add(signed().pack());
        PolicyCandidate candidate = policies.candidates().getFirst();
        assertEquals("signed by packs.example.org", candidate.trust());
        policies.activate("mine", "1.0.0", "ann", "why");
        assertEquals("mine", policies.policy().name());
    }

    @Test
    void theKeptCopyKeepsItsSignature() throws IOException {
        PolicyPack pack = signed().pack();
        policies.add(pack);
        policies.activate("mine", "1.0.0", "ann", "why");
        PolicyPack kept = new PackStore(home.resolve("packs")).find(pack.id()).orElseThrow();
        assertEquals(
                "signed by packs.example.org",
                kept.check(
                        PolicySettings.read(Map.of("trustedKeys", key.verifier().toString()))
                                .trust()));
    }

    @Test
    void anUnsignedPackIsRefusedAndSaysHowToTrustIt() {
        String refusal = refusal(new TestPack("mine", "1.0.0", CEDAR));
        assertTrue(refusal.startsWith("it is not signed by a trusted key: have it signed"), refusal);
        assertTrue(refusal.contains("add mine:1.0.0 to unsigned in etc/org.candor.policy.cfg"), refusal);
    }

    @Test
    void aPackOfAnUnknownKeyIsRefusedAndNamesTheKey() throws InvalidProofException {
        SigningKey other = SigningKey.generate("packs.example.org");
        String refusal = refusal(new TestPack("mine", "1.0.0", CEDAR).signedBy(other));
        assertTrue(refusal.contains("but by packs.example.org+"), refusal);
        assertTrue(refusal.contains("add that key to trustedKeys"), refusal);
    }

    @Test
    void aSignatureOfAModelPackIsNoneOfAPolicyPack() {
        TestPack pack = new TestPack("mine", "1.0.0", CEDAR);
        String digest = pack.pack().id().digest();
        pack.with(
                PackIdentity.SIGNATURE,
                key.sign(new PackIdentity(PackKind.MODEL, "mine", "1.0.0", digest).statement()));
        assertTrue(refusal(pack).startsWith("card.sig is a signature over \"candor.org/model-pack/v1"));
    }

    /** Whoever changes a file after the signature cannot hide it: not with the old card, and not with one written anew. */
    @Test
    void everyFileThatIsChangedAfterTheSignatureIsRefused() {
        for (String file : new TestPack("mine", "1.0.0", CEDAR).files.keySet()) {
            TestPack changed = signed();
            changed.files.computeIfPresent(file, (name, content) -> content + "\n");
            String refusal = refusal(changed);
            assertTrue(refusal.contains("card.sig is a signature over"), file + ": " + refusal);
            assertTrue(refusal.contains("not over this pack"), file + ": " + refusal);
        }
    }

    @Test
    void aFileThatIsAddedAfterTheSignatureIsRefused() {
        mangled(pack -> pack.with("more.cedar", CEDAR.replace("open", "more")), "card.sig is a signature over");
        for (String name : Set.of("more.cedar", "sub/", "entities.json.bak")) {
            TestPack pack = signed();
            String refusal = assertThrows(InvalidPackException.class, () -> PolicyPack.read(new Beside(pack, name)))
                    .getMessage();
            assertTrue(refusal.startsWith("card.json does not list " + name + ": "), refusal);
        }
    }

    @Test
    void everyFileThatIsMissingAfterTheSignatureIsRefused() {
        for (String file : new TestPack("mine", "1.0.0", CEDAR).files.keySet()) {
            TestPack cut = signed();
            cut.files.remove(file);
            String refusal = assertThrows(InvalidPackException.class, () -> policies.add(cut.pack()))
                    .getMessage();
            assertTrue(refusal.contains(file.endsWith(".cedar") ? "no policy" : file), file + ": " + refusal);
        }
    }

    private void mangled(Consumer<TestPack> change, String expected) {
        TestPack pack = signed();
        change.accept(pack);
        String refusal = refusal(pack);
        assertTrue(refusal.contains(expected), refusal);
    }

    @Test
    void aMangledSignatureIsRefusedEvenWhereEverythingUnsignedIsAllowed() {
        policies.trust(PolicySettings.read(Map.of("trustedKeys", key.verifier().toString(), "unsigned", "true"))
                .trust());
        String right = signed().files.get(PackIdentity.SIGNATURE);
        int last = right.length() - 6;
        String bent = right.substring(0, last) + (right.charAt(last) == 'A' ? 'B' : 'A') + right.substring(last + 1);
        for (String wrong : List.of("", "nonsense", bent, right.strip(), right.replace("1.0.0", "1.0.1"))) {
            mangled(pack -> pack.with(PackIdentity.SIGNATURE, wrong), "card.sig");
        }
        policies.add(new TestPack("mine", "1.0.0", CEDAR).pack());
    }

    @Test
    void aSignedPackCannotTakeTheNameOfAShippedOne() {
        for (String unsigned : List.of("", "default:1.2.0", "true")) {
            policies.trust(
                    PolicySettings.read(Map.of("trustedKeys", key.verifier().toString(), "unsigned", unsigned))
                            .trust());
            TestPack shadow = new TestPack("default", "1.2.0", CEDAR).signedBy(key);
            assertTrue(
                    refusal(shadow).startsWith("default:1.2.0 comes with this build, and this pack has other content"));
        }
    }

    @Test
    void aKeyThatIsTrustedNoMoreTakesNothingAwayFromWhatSomebodyActivated() throws Exception {
        policies.add(signed().pack());
        policies.activate("mine", "1.0.0", "ann", "why");
        policies.trust(PolicySettings.shipped());
        assertEquals("mine", policies.policy().name());
        assertFalse(policies.trusts(signed().pack()), "and none is taken in anew");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "mine", "mine:", ":1", "sha256:12", "Mine:1"})
    void whatMeansNothingInUnsignedIsNamed(String value) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> PolicySettings.read(Map.of("unsigned", value)))
                .getMessage();
        assertTrue(message.startsWith("org.candor.policy: unsigned holds \"" + value + "\"; allowed are name:version"));
    }

    @Test
    void whatIsNoKeyIsNamedAndListsOfBothKindsAreRead() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> PolicySettings.read(Map.of("trustedKeys", "packs.key")))
                .getMessage();
        assertTrue(message.startsWith("org.candor.policy: trustedKeys holds \"packs.key\""), message);
        PolicyPack unsigned = new TestPack("mine", "1.0.0", CEDAR).pack();
        for (Object listed : List.of("a:1, mine:1.0.0", List.of("a:1", "mine:1.0.0"), new String[] {"mine:1.0.0"})) {
            PackTrust trust = PolicySettings.read(Map.of("unsigned", listed)).trust();
            assertEquals("unsigned; the configuration allows this one", unsigned.check(trust));
        }
    }

    /** A pack with one more entry than its card knows of. */
    private record Beside(TestPack pack, String more) implements PackFiles {
        @Override
        public String location() {
            return pack.location();
        }

        @Override
        public Set<String> names() {
            Set<String> names = pack.names();
            names.add(more);
            return names;
        }

        @Override
        public java.util.Optional<byte[]> read(String file) {
            return pack.read(file);
        }
    }
}
