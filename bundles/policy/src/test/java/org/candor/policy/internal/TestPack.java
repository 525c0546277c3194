package org.candor.policy.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.candor.proof.PackIdentity;
import org.candor.proof.SigningKey;

/** A small policy pack in memory, to be changed in one file at a time. */
final class TestPack implements PackFiles {

    final Map<String, String> files = new TreeMap<>();
    private final String name;
    private final String version;

    TestPack(String name, String version, String cedar) {
        this.name = name;
        this.version = version;
        files.put("rules.cedar", cedar);
        files.put("schema.cedarschema", """
                entity Role;
                entity User in [Role] = { "subject": String, "tenant": String };
                entity Tenant;
                action "*";
                action "answer", "embed" in ["*"] appliesTo {
                  principal: User, resource: Tenant, context: { "purpose": String, "model"?: String } };
                """);
        files.put("entities.json", "[]");
        files.put("detectors.json", "{\"kinds\": [\"email\"], \"keep\": [\"help@example.com\"]}");
        String messages =
                "{\"permitted\": \"P\", \"no-rule\": \"N {operation}\", \"role-missing\": \"R {roles} {held}\", "
                        + "\"purpose-not-permitted\": \"U {purpose} {purposes}\", \"forbidden\": \"F\", "
                        + "\"obligations-conflict\": \"C\", \"policy-failed\": \"X\"}";
        files.put("messages-en.json", messages);
        files.put("messages-zh.json", messages.replace("\"N", "\"无"));
        files.put(
                "tests.json",
                "[{\"name\": \"nobody\", \"operation\": \"nothing\", \"expect\": {\"decision\": \"deny\"}}]");
    }

    TestPack with(String file, String content) {
        files.put(file, content);
        return this;
    }

    TestPack message(String code, String text) {
        for (String file : new String[] {"messages-en.json", "messages-zh.json"}) {
            files.computeIfPresent(
                    file,
                    (f, old) -> old.replace("{\"permitted\"", "{\"" + code + "\": \"" + text + "\", \"permitted\""));
        }
        return this;
    }

    String card() {
        return "{\"name\": \"%s\", \"version\": \"%s\", \"files\": {%s}}"
                .formatted(
                        name,
                        version,
                        files.entrySet().stream()
                                .filter(file -> !file.getKey().equals(PackIdentity.SIGNATURE))
                                .map(file -> "\"" + file.getKey() + "\": {\"sha256\": \""
                                        + PolicyCard.sha256(file.getValue().getBytes(StandardCharsets.UTF_8)) + "\"}")
                                .collect(Collectors.joining(", ")));
    }

    PolicyPack pack() {
        try {
            return PolicyPack.read(this);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String location() {
        return "test " + name + " " + version;
    }

    /** Signed over what its files are now. */
    TestPack signedBy(SigningKey key) {
        files.put(
                PackIdentity.SIGNATURE,
                key.sign(PolicyCard.identity(pack().id()).statement()));
        return this;
    }

    @Override
    public Set<String> names() {
        Set<String> names = new TreeSet<>(files.keySet());
        names.add(PackIdentity.CARD);
        return names;
    }

    @Override
    public Optional<byte[]> read(String file) {
        String content = file.equals("card.json") ? card() : files.get(file);
        return Optional.ofNullable(content).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
