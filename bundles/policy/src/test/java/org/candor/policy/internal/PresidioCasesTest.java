package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.policy.PersonalData;
import org.junit.jupiter.api.Test;

/** The spans that Presidio's recognisers give, code point for code point. */
class PresidioCasesTest {
    private final PersonalData detector = new PersonalDataDetector();

    @Test
    void everyEmailCaseAgrees() throws IOException {
        assertAllAgree("email", PersonalData.Kind.EMAIL, 8);
    }

    @Test
    void everyCardCaseAgrees() throws IOException {
        assertAllAgree("credit_card", PersonalData.Kind.CARD, 18);
    }

    @Test
    void everyBankAccountCaseAgrees() throws IOException {
        assertAllAgree("iban", PersonalData.Kind.IBAN, 329);
    }

    /** Three cases set another strictness than Presidio's default (1), with which they expect other spans. */
    @Test
    void everyTelephoneCaseOfPresidiosDefaultStrictnessAgrees() throws IOException {
        assertAllAgree("phone", PersonalData.Kind.PHONE, PHONE_CASES);
    }

    private static final int PHONE_CASES = 21;

    private void assertAllAgree(String file, PersonalData.Kind kind, int expectedCases) throws IOException {
        JsonNode root;
        try (InputStream in = getClass().getResourceAsStream("/presidio/" + file + ".json")) {
            root = new ObjectMapper().readTree(in);
        }
        List<String> differing = new ArrayList<>();
        int cases = 0;
        for (JsonNode one : root.get("detect")) {
            if (contradictsDefault(one)) {
                continue;
            }
            cases++;
            List<PersonalData.Span> expected = new ArrayList<>();
            one.get("spans")
                    .forEach(s -> expected.add(
                            new PersonalData.Span(s.get(0).asInt(), s.get(1).asInt(), kind)));
            List<PersonalData.Span> found = detector.find(one.get("text").asText(), Set.of(kind));
            if (!found.equals(expected)) {
                differing.add(one.get("text").asText() + ": expected " + expected + ", found " + found);
            }
        }
        assertEquals(List.of(), differing);
        assertEquals(expectedCases, cases);
    }

    /** The same text appears with another strictness and other spans. */
    private static boolean contradictsDefault(JsonNode one) {
        int strictness = one.path("leniency").asInt(1);
        return strictness == 0 || strictness >= 2 && one.get("count").asInt() == 1;
    }
}
