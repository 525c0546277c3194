package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackTrustTest {

    private static final String OURS = "sha256:" + "a".repeat(64);
    private static final String THEIRS = "sha256:" + "b".repeat(64);
    private static final PackIdentity PACK = new PackIdentity(PackKind.POLICY, "mine", "1.0.0", THEIRS);

    private SigningKey key;

    @BeforeEach
    void makeKey() throws InvalidProofException {
        key = SigningKey.generate("packs.example.org");
    }

    private static PackTrust unsigned(String... allowed) {
        return PackTrust.of(PackKind.POLICY, Map.of(), List.of(), List.of(allowed));
    }

    private static PackTrust keys(SigningKey... trusted) {
        return PackTrust.of(
                PackKind.POLICY,
                Map.of(),
                Arrays.stream(trusted).map(each -> each.verifier().toString()).toList(),
                List.of());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] signature(PackIdentity over) {
        return bytes(key.sign(over.statement()));
    }

    private static String refusal(PackTrust trust, PackIdentity pack, byte[] signature) {
        String message = assertThrows(InvalidProofException.class, () -> trust.check(pack, signature))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @ParameterizedTest
    @EnumSource(PackKind.class)
    void theTextThatIsSignedNamesKindNameVersionAndDigest(PackKind kind) {
        assertEquals(
                "candor.org/" + (kind == PackKind.MODEL ? "model" : "policy") + "-pack/v1\nmine 1.0.0\n" + THEIRS
                        + "\n",
                new PackIdentity(kind, "mine", "1.0.0", THEIRS).statement());
    }

    /** printf 'x' >a; printf '{}' >card.json; sha256sum * | sha256sum */
    @Test
    void theDigestIsWhatSha256sumPrints() {
        assertEquals(
                "sha256:443e423748173ab6329336060ba4b4d022019f12c1b317372e2cfecd97f2974e",
                PackIdentity.digest(
                        Map.of("a", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"), bytes("{}")));
    }

    @Test
    void aTrustedKeysSignatureIsEnough() throws InvalidProofException {
        assertEquals("signed by packs.example.org", keys(key).check(PACK, signature(PACK)));
        SigningKey second = SigningKey.generate("two.example.org");
        String line = second.sign(PACK.statement()).substring(PACK.statement().length() + 1);
        byte[] both = bytes(key.sign(PACK.statement()) + line);
        assertEquals(
                "signed by packs.example.org, two.example.org",
                keys(second, key).check(PACK, both));
        assertEquals("signed by two.example.org", keys(second).check(PACK, both), "other signers do no harm");
    }

    @Test
    void anUnsignedPackAnUnknownKeyAndAForeignNamesakeAreToldApart() throws InvalidProofException {
        String unsigned = refusal(keys(key), PACK, null);
        assertTrue(unsigned.contains("add mine:1.0.0 to unsigned in etc/org.candor.policy.cfg"), unsigned);
        assertTrue(unsigned.contains(THEIRS), unsigned);
        for (String name : List.of("other.example.org", "packs.example.org")) {
            SigningKey other = SigningKey.generate(name);
            String unknown = refusal(keys(other), PACK, signature(PACK));
            String id = key.verifier().toString().split("\\+")[1];
            assertTrue(unknown.contains("but by packs.example.org+" + id + ": add that key to trustedKeys"), unknown);
        }
    }

    @Test
    void aSignatureOverAnotherPackOrAnotherKindIsRefusedEvenWhereUnsignedOnesAreAllowed() {
        PackTrust all =
                PackTrust.of(PackKind.POLICY, Map.of(), List.of(key.verifier().toString()), List.of("true"));
        for (PackIdentity other : List.of(
                new PackIdentity(PackKind.MODEL, "mine", "1.0.0", THEIRS),
                new PackIdentity(PackKind.POLICY, "mine", "1.0.1", THEIRS),
                new PackIdentity(PackKind.POLICY, "thine", "1.0.0", THEIRS),
                new PackIdentity(PackKind.POLICY, "mine", "1.0.0", OURS))) {
            String refusal = refusal(all, PACK, signature(other));
            assertTrue(refusal.startsWith("card.sig is a signature over \"") && refusal.contains("not over this pack"));
        }
        assertTrue(refusal(all, new PackIdentity(PackKind.MODEL, "m", "1", THEIRS), null)
                .contains("no pack"));
    }

    /** No bit of a signature file may be flipped, and none of its bytes be missing. */
    @Test
    void everyMangledSignatureIsRefusedEvenWhereUnsignedOnesAreAllowed() throws InvalidProofException {
        PackTrust all =
                PackTrust.of(PackKind.POLICY, Map.of(), List.of(key.verifier().toString()), List.of("true"));
        byte[] right = signature(PACK);
        assertEquals("signed by packs.example.org", all.check(PACK, right));
        for (int i = 0; i < right.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bent = right.clone();
                bent[i] ^= (byte) (1 << bit);
                assertNeverSigned(all, bent);
            }
            assertNeverSigned(all, Arrays.copyOf(right, i));
        }
        Random random = new Random(17);
        for (int i = 0; i < 500; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            assertTrue(refusal(all, PACK, noise).startsWith("card.sig: "));
        }
        assertTrue(refusal(all, PACK, new byte[PackTrust.MOST_SIGNATURE + 1]).contains("larger than"));
        assertTrue(refusal(all, PACK, new byte[0]).startsWith("card.sig: "));
    }

    /** A flip in a signer's name or key id makes a key of it that nobody trusts: unsigned, then, and never "signed". */
    private static void assertNeverSigned(PackTrust all, byte[] mangled) {
        try {
            String trust = all.check(PACK, mangled);
            assertTrue(trust.startsWith("unsigned; "), trust + ": " + new String(mangled, StandardCharsets.UTF_8));
        } catch (InvalidProofException e) {
            assertTrue(e.getMessage().startsWith("card.sig"), e.getMessage());
        }
    }

    @Test
    void unsignedPacksAreAllowedByNameOrDigestOrAll() throws InvalidProofException {
        for (String allowed : List.of("mine:1.0.0", THEIRS, "true", " a:1 , mine:1.0.0", "a:1,,mine:1.0.0,")) {
            assertTrue(unsigned(allowed).check(PACK, null).startsWith("unsigned; the configuration allows"), allowed);
        }
        for (String other : List.of("mine:1.1.0", OURS, "false", "")) {
            assertTrue(refusal(unsigned(other), PACK, null).contains(THEIRS));
        }
        assertTrue(unsigned("a:1", "b:2").allowsUnsigned("b", "2"));
        assertFalse(unsigned("a:1").allowsUnsigned("a", "2"));
    }

    @Test
    void theNameOfAPackOfThisBuildIsNobodyElsesNotEvenWithATrustedSignature() throws InvalidProofException {
        PackIdentity ours = new PackIdentity(PackKind.POLICY, "default", "1.1.0", OURS);
        PackIdentity shadow = new PackIdentity(PackKind.POLICY, "default", "1.1.0", THEIRS);
        Map<String, String> pins = Map.of(OURS, "default:1.1.0");
        for (String allowed : List.of("", "default:1.1.0", "true")) {
            PackTrust trust =
                    PackTrust.of(PackKind.POLICY, pins, List.of(key.verifier().toString()), List.of(allowed));
            assertEquals("ships with this build", trust.check(ours, null));
            assertTrue(refusal(trust, shadow, null).contains("has other content"), allowed);
            assertTrue(refusal(trust, shadow, signature(shadow)).contains("has other content"), allowed);
            assertFalse(trust.allowsUnsigned("default", "1.1.0"));
        }
        PackTrust meant = PackTrust.of(PackKind.POLICY, pins, List.of(), List.of(THEIRS));
        assertTrue(meant.check(shadow, null).startsWith("unsigned"), "its digest says that this very one is meant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "mine", "mine:", ":1", "sha256:12", "Mine:1", "mine:1:2", "mine:1 ours:2"})
    void whatMeansNothingInUnsignedIsNamed(String value) {
        String message = assertThrows(IllegalArgumentException.class, () -> unsigned(value))
                .getMessage();
        assertTrue(message.startsWith("org.candor.policy: unsigned holds \"" + value + "\"; allowed are name:version"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "name+00000000+AQ", "name+zz+AQ==", "+1+1", "packs.key"})
    void whatIsNoKeyIsNamed(String value) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> PackTrust.of(PackKind.MODEL, Map.of(), List.of(value), List.of()))
                .getMessage();
        assertTrue(message.startsWith("org.candor.models: trustedKeys holds \"" + value + "\"; allowed are verifier"));
    }

    @Test
    void aKeyThatIsTrustedTwiceIsTrustedOnce() throws InvalidProofException {
        assertEquals("signed by packs.example.org", keys(key, key).check(PACK, signature(PACK)));
    }

    @Test
    void pinsAreReadLineByLine() throws InvalidProofException {
        assertEquals(
                Map.of(OURS, "default:1.1.0"),
                PackTrust.pins("pins.txt", List.of("# packs", "", OURS + "  default 1.1.0")));
        for (String wrong :
                List.of("sha256:12 default 1.1.0", OURS, OURS + " default", OURS + " default 1 0", OURS + " D 1")) {
            String message = assertThrows(
                            InvalidProofException.class, () -> PackTrust.pins("pins.txt", List.of("# packs", wrong)))
                    .getMessage();
            assertTrue(message.startsWith("pins.txt, line 2: "), message);
        }
    }

    @Test
    void filesThatTheCardDoesNotListAreNamed() throws InvalidProofException {
        Set<String> listed = Set.of("a.cedar", "tests.json");
        PackIdentity.covers(List.of("a.cedar", "card.json", "card.sig", "tests.json"), listed);
        PackIdentity.covers(List.of("a.cedar"), listed);
        assertTrue(uncovered(List.of("a.cedar", "b.cedar", "x/"), listed).contains("does not list b.cedar, x/: "));
        assertTrue(uncovered(List.of(), Set.of("card.sig")).contains("lists card.sig"));
        assertTrue(uncovered(List.of(), Set.of("card.json")).contains("lists card.json"));
    }

    private static String uncovered(Collection<String> present, Collection<String> listed) {
        return assertThrows(InvalidProofException.class, () -> PackIdentity.covers(present, listed))
                .getMessage();
    }
}
