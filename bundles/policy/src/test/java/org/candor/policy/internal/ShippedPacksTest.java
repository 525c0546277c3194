package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.operation.Operations;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyRequest;
import org.candor.policy.internal.cedar.CedarCore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedPacksTest {

    private static PolicyPack shipped(String name) throws IOException {
        return PolicyPack.read(new PackStore.Folder(Path.of("../../packs/policy-" + name + "/src/main/policy")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "strict"})
    void aShippedPackIsDecidedByCompiledPoliciesThatEqualCedarsCore(String name) throws IOException {
        PolicyPack pack = shipped(name);
        assertNull(CedarCore.missing());
        CedarRules rules = PackCheck.compare(pack, List.of());
        assertTrue(rules.isCompiled());
        for (PolicyTest test : pack.tests()) {
            assertNull(test.run(rules), test.name());
        }
        try (InputStream in = PackCheck.class.getResourceAsStream("compared-packs.txt")) {
            String compared = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(
                    compared.lines().anyMatch(line -> line.startsWith(pack.id().digest())),
                    "compared-packs.txt needs the line " + pack.id().digest() + " "
                            + pack.id().name() + " " + pack.id().version());
        }
    }

    @Test
    void theDefaultPackDecidesAsTheRulesOfTheOlderConfigurationFile() throws IOException {
        Map<String, Object> properties = new HashMap<>(rules("rules-of-ask.cfg"));
        rules("rules-since-ask.cfg").forEach((key, value) -> assertNull(properties.put(key, value), key));
        Policy before = new ConfigurationSource(properties).read();
        Policy now = PackCheck.trusted(shipped("default"));
        Set<String> operations =
                new TreeSet<>(Set.of("something.else", "admin", "admin.policies.activate", "answer.all"));
        for (String key : properties.keySet()) {
            if (key.startsWith("operation.") && key.endsWith(".roles")) {
                String pattern = key.substring("operation.".length(), key.length() - ".roles".length());
                operations.add(pattern.replace("*", "something"));
            }
        }
        operations.addAll(Operations.ALL);
        int permitted = 0;
        for (PolicyRequest request : Requests.everyKind(operations, Set.of("question-answering", "advertising"))) {
            Decision was = before.decide(request);
            Decision is = now.decide(request);
            assertEquals(was.permitted(), is.permitted(), () -> request + ": " + was + " then, now " + is);
            assertEquals(was.code(), is.code(), request::toString);
            assertEquals(
                    ObligationText.texts(was.obligations()), ObligationText.texts(is.obligations()), request::toString);
            permitted += is.permitted() ? 1 : 0;
        }
        assertTrue(permitted > 100, "permits: " + permitted);
    }

    private static Map<String, Object> rules(String name) throws IOException {
        Properties file = new Properties();
        try (InputStream in = ShippedPacksTest.class.getResourceAsStream(name)) {
            file.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
        Map<String, Object> rules = new HashMap<>();
        file.forEach((key, value) -> rules.put((String) key, value));
        return rules;
    }

    @Test
    void whoKeptTheOlderRulesCanStillChangeAFirstPasswordAndIsToldWhatNobodyMayDo() throws IOException {
        RolePolicy kept = (RolePolicy) new ConfigurationSource(rules("rules-of-ask.cfg")).read();
        Requests.everyKind(Set.of("access.password"), Set.of("question-answering")).stream()
                .filter(request -> !request.caller().roles().isEmpty())
                .forEach(request -> assertTrue(kept.decide(request).permitted(), request::toString));
        assertEquals(
                List.of("generate", "tokenize"),
                kept.uncovered(Operations.ALL),
                "an older file has a rule for all administration, and none for what came later");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "strict"})
    void everyOperationOfTheSchemaIsKnown(String name) throws IOException {
        Set<String> actions = new TreeSet<>();
        Matcher each = Pattern.compile("\"([a-z]+(\\.[a-z-]+)*)\"(?=[,\\s])")
                .matcher(shipped(name).schema().replaceAll("\\{[^}]*}", ""));
        while (each.find()) {
            actions.add(each.group(1));
        }
        assertTrue(actions.contains("answer") && actions.contains("admin.models.verify"), actions.toString());
        actions.removeAll(Operations.ALL);
        assertEquals(Set.of(), actions);
    }

    @Test
    void theStrictPackDiffersWhereOneLooks() throws IOException {
        Policy plain = PackCheck.trusted(shipped("default"));
        Policy strict = PackCheck.trusted(shipped("strict"));
        PolicyRequest ask =
                Requests.everyKind(Set.of("answer"), Set.of("research")).get(1);
        assertNotEquals(
                ObligationText.texts(plain.decide(ask).obligations()),
                ObligationText.texts(strict.decide(ask).obligations()));
        assertEquals(
                "purpose-not-permitted",
                strict.decide(Requests.withPurpose(ask, "advertising")).code());
        assertTrue(plain.decide(Requests.withPurpose(ask, "advertising")).permitted());
        Decision closed = strict.decide(Requests.everyKind(Set.of("admin.documents.mirror"), Set.of("x"))
                .get(1));
        assertEquals("server-files-closed", closed.code());
        assertEquals(List.of("no-server-files"), closed.determining());
        assertTrue(
                closed.messages().get("zh").contains("本机文件"), closed.messages().get("zh"));
    }
}
