package org.candor.policy.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PolicyId;
import org.candor.policy.internal.cedar.CedarEntity;
import org.candor.policy.internal.cedar.CedarParser;
import org.candor.policy.internal.cedar.CedarPolicy;
import org.candor.policy.internal.cedar.CedarSyntaxException;
import org.candor.policy.internal.cedar.EntityId;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackTrust;

/**
 * A policy pack that was read completely: every file has the digest that the card gives, every text was understood. What
 * decides is in memory, so the bundle may go while its policy is in force. Immutable.
 */
final class PolicyPack {

    /** Most bytes of all files together. */
    static final int MOST_BYTES = 4 << 20;

    private static final int MOST_RULES = 2_000;
    private static final String CARD = PackIdentity.CARD;
    private static final String CEDAR = ".cedar";
    private static final Set<String> FILES = Set.of(
            "schema.cedarschema",
            "entities.json",
            "detectors.json",
            "messages-en.json",
            "messages-zh.json",
            "tests.json");
    private static final Set<String> ANNOTATIONS = Set.of("id", "obligation", "reason", "description");

    /** What a policy's annotations say. */
    record Rule(String id, boolean permits, String reason, List<Obligation> obligations) {
        Rule {
            obligations = List.copyOf(obligations);
        }
    }

    private final String location;
    private final PolicyCard card;
    private final Map<String, byte[]> files;
    private final byte[] signature;
    private final List<CedarPolicy> policies;
    private final Map<String, Rule> rules;
    private final List<CedarEntity> entities;
    private final PolicyMessages messages;
    private final Map<String, String> permitted;
    private final List<PolicyTest> tests;
    private final Set<String> purposes;

    private PolicyPack(String location, PolicyCard card, Map<String, byte[]> files, byte[] signature) {
        this.location = location;
        this.card = card;
        this.files = files;
        this.signature = signature;
        Detectors detectors = Detectors.read(files.get("detectors.json"));
        policies = new ArrayList<>();
        rules = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (file.getKey().endsWith(CEDAR)) {
                read(file.getKey(), text(file.getKey(), file.getValue()), detectors);
            }
        }
        if (policies.isEmpty()) {
            throw new InvalidPackException("the pack has no policy; its policies lie in files that end in " + CEDAR);
        }
        entities = EntityJson.read(files.get("entities.json"));
        Set<String> codes = new TreeSet<>(Set.of(CedarRules.FORBIDDEN, CedarRules.CONFLICT, CedarRules.FAILED));
        rules.values().stream().filter(rule -> !rule.permits()).forEach(rule -> codes.add(rule.reason()));
        messages = PolicyMessages.read(
                Map.of("en", files.get("messages-en.json"), "zh", files.get("messages-zh.json")), codes);
        permitted = messages.of(RolePolicy.PERMITTED, Map.of());
        tests = PolicyTest.read(files.get("tests.json"));
        purposes = new TreeSet<>();
        policies.forEach(policy -> purposes.addAll(policy.texts()));
        purposes.removeIf(text -> !text.matches(ConfigurationSource.PURPOSE.pattern()));
    }

    /**
     * @throws InvalidPackException naming file, key, value and what is allowed
     * @throws IOException when a file cannot be read
     */
    static PolicyPack read(PackFiles from) throws IOException {
        byte[] json = from.read(CARD).orElseThrow(() -> new InvalidPackException("the pack has no " + CARD));
        checkSize(CARD, json, 0);
        PolicyCard card = PolicyCard.read(json);
        try {
            PackIdentity.covers(from.names(), card.files().keySet());
        } catch (InvalidProofException e) {
            throw new InvalidPackException(e.getMessage());
        }
        Map<String, byte[]> files = new TreeMap<>();
        files.put(CARD, json);
        long total = json.length;
        for (Map.Entry<String, String> listed : card.files().entrySet()) {
            String name = listed.getKey();
            if (!FILES.contains(name) && !name.endsWith(CEDAR)) {
                throw new InvalidPackException(CARD + ": files lists " + name + "; allowed are *.cedar, "
                        + String.join(", ", new TreeSet<>(FILES)));
            }
            byte[] content = from.read(name)
                    .orElseThrow(() -> new InvalidPackException("the pack has no " + name + ", which its card lists"));
            total = checkSize(name, content, total);
            String found = PolicyCard.sha256(content);
            if (!found.equals(listed.getValue())) {
                throw new InvalidPackException(name + " has the SHA-256 " + found + "; the card says "
                        + listed.getValue() + ": the pack is damaged, or its card was not written again");
            }
            files.put(name, content);
        }
        for (String needed : new TreeSet<>(FILES)) {
            if (!files.containsKey(needed)) {
                throw new InvalidPackException(CARD + ": files lists no " + needed);
            }
        }
        return new PolicyPack(from.location(), card, files, signature(from));
    }

    private static byte[] signature(PackFiles from) throws IOException {
        return from.read(PackIdentity.SIGNATURE).orElse(null);
    }

    private static long checkSize(String name, byte[] content, long before) {
        long total = before + content.length;
        if (total > MOST_BYTES) {
            throw new InvalidPackException(name + " makes the pack larger than " + MOST_BYTES + " bytes");
        }
        return total;
    }

    private static String text(String file, byte[] content) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidPackException(file + " is not in UTF-8");
        }
    }

    private void read(String file, String text, Detectors detectors) {
        List<CedarPolicy> read;
        try {
            read = CedarParser.parse(file.substring(0, file.length() - CEDAR.length()), text);
        } catch (CedarSyntaxException e) {
            throw new InvalidPackException(file + ", " + e.getMessage());
        }
        for (CedarPolicy policy : read) {
            Rule rule = rule(file, policy, detectors);
            if (rules.put(policy.id(), rule) != null) {
                throw new InvalidPackException(file + ": the policy " + policy.id() + " is there twice");
            }
            if (rules.size() > MOST_RULES) {
                throw new InvalidPackException(file + ": a pack has at most " + MOST_RULES + " policies");
            }
            policies.add(policy);
        }
    }

    private static Rule rule(String file, CedarPolicy policy, Detectors detectors) {
        Map<String, String> annotations = policy.annotations();
        for (String name : annotations.keySet()) {
            if (!ANNOTATIONS.contains(name)) {
                throw new InvalidPackException(file + ": policy " + policy.id() + ": @" + name
                        + " means nothing; allowed are @" + String.join(", @", new TreeSet<>(ANNOTATIONS)));
            }
        }
        String reason = annotations.getOrDefault("reason", CedarRules.FORBIDDEN);
        if (!reason.matches("[a-z][a-z0-9-]{0,63}") || PolicyMessages.ALWAYS.contains(reason)) {
            throw new InvalidPackException(file + ": policy " + policy.id() + ": @reason(\"" + reason
                    + "\"): 1 to 64 small letters, digits and hyphens, and none of "
                    + String.join(", ", new TreeSet<>(PolicyMessages.ALWAYS)));
        }
        if (policy.permits() && annotations.containsKey("reason")) {
            throw new InvalidPackException(
                    file + ": policy " + policy.id() + ": @reason belongs to forbid; a permit needs none");
        }
        String obligation = annotations.get("obligation");
        if (!policy.permits() && obligation != null) {
            throw new InvalidPackException(
                    file + ": policy " + policy.id() + ": @obligation belongs to permit; what is denied has none");
        }
        try {
            return new Rule(
                    policy.id(),
                    policy.permits(),
                    reason,
                    obligation == null ? List.of() : ObligationText.parse(obligation, detectors));
        } catch (IllegalArgumentException e) {
            throw new InvalidPackException(file + ": policy " + policy.id() + ": @obligation: " + e.getMessage());
        }
    }

    PolicyId id() {
        return card.id();
    }

    PolicyCard card() {
        return card;
    }

    String location() {
        return location;
    }

    /** Every file with its content, the card included and the signature left out. */
    Map<String, byte[]> files() {
        return files;
    }

    /** Content of the signature's file, or null where the pack has none. */
    byte[] signature() {
        return signature;
    }

    /**
     * Whether the rules of this moment trust the pack.
     *
     * @return why, in a few words
     * @throws InvalidPackException saying why not, and what to do
     */
    String check(PackTrust trust) {
        try {
            return trust.check(PolicyCard.identity(id()), signature);
        } catch (InvalidProofException e) {
            throw new InvalidPackException(e.getMessage());
        }
    }

    List<CedarPolicy> policies() {
        return policies;
    }

    String schema() {
        return text("schema.cedarschema", files.get("schema.cedarschema"));
    }

    List<CedarEntity> entities() {
        return entities;
    }

    List<Rule> rules() {
        return List.copyOf(rules.values());
    }

    Rule rule(String id) {
        return rules.get(id);
    }

    PolicyMessages messages() {
        return messages;
    }

    /** The message of every permit, by language. */
    Map<String, String> permitted() {
        return permitted;
    }

    List<PolicyTest> tests() {
        return tests;
    }

    /**
     * Persons and programs whom the pack may mean: those whom its policies and entities name, and every text that a policy
     * could compare a subject with.
     */
    Set<String> subjects() {
        Set<String> subjects = new TreeSet<>();
        policies.forEach(policy -> {
            policy.entities().forEach(id -> named(id, subjects));
            subjects.addAll(policy.texts());
        });
        entities.forEach(entity -> {
            named(entity.id(), subjects);
            entity.parents().forEach(id -> named(id, subjects));
            named(entity.attributes(), subjects);
        });
        return subjects;
    }

    private static void named(Object value, Set<String> into) {
        switch (value) {
            case String text -> into.add(text);
            case EntityId id -> {
                if (id.type().equals("User")) {
                    into.add(id.id());
                }
            }
            case Map<?, ?> values -> values.values().forEach(each -> named(each, into));
            case Set<?> values -> values.forEach(each -> named(each, into));
            default -> {
                // Nobody's name.
            }
        }
    }

    /** Texts in the policies that could be purposes. */
    Set<String> purposes() {
        return purposes;
    }
}
