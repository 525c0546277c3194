package org.candor.policy.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.policy.PolicyException;
import org.candor.api.policy.PolicyException.Kind;
import org.candor.api.policy.PolicyRequest;
import org.candor.api.policy.PolicyTests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a pack has to stand before it decides: Cedar's own core, its tests, and what was decided lately. Thread safe. */
final class PackTrials {

    private static final Logger LOG = LoggerFactory.getLogger(PackTrials.class);
    private static final int COMPARED = 1_000;

    private final DecisionJournal journal;

    /** What decides for a pack, by its digest: it is held against Cedar's own core once. */
    private final Map<String, CedarRules> checked = new HashMap<>();

    PackTrials(DecisionJournal journal) {
        this.journal = journal;
    }

    /** Its rules are checked again when they are wanted again. */
    void forget(PolicyPack pack) {
        synchronized (checked) {
            checked.remove(pack.id().digest());
        }
    }

    /** Runs the pack's own tests. */
    PolicyTests test(PolicyPack pack) {
        return run(pack, check(pack));
    }

    private static PolicyTests run(PolicyPack pack, Policy policy) {
        List<PolicyTests.Failure> failures = new ArrayList<>();
        for (PolicyTest test : pack.tests()) {
            PolicyTests.Failure failure = test.run(policy);
            if (failure != null) {
                failures.add(failure);
            }
        }
        return new PolicyTests(pack.id(), pack.tests().size(), failures);
    }

    /**
     * What decides for a pack: its rules, held against Cedar's own core over what was decided lately.
     *
     * @throws PolicyException REFUSED when they decide otherwise
     */
    CedarRules check(PolicyPack pack) {
        synchronized (checked) {
            CedarRules known = checked.get(pack.id().digest());
            if (known != null) {
                return known;
            }
        }
        try {
            CedarRules rules = PackCheck.check(pack, recent());
            synchronized (checked) {
                checked.put(pack.id().digest(), rules);
            }
            return rules;
        } catch (InvalidPackException e) {
            throw new PolicyException(
                    Kind.REFUSED, pack.id().name() + " " + pack.id().version() + ": " + e.getMessage(), e);
        }
    }

    /**
     * The pack's rules, checked and with its tests passed.
     *
     * @throws PolicyException REFUSED as for {@link #check}, TESTS_FAILED with the first test that fails
     */
    CedarRules tested(PolicyPack pack) {
        CedarRules rules = check(pack);
        PolicyTests tests = run(pack, rules);
        if (!tests.failures().isEmpty()) {
            PolicyTests.Failure first = tests.failures().getFirst();
            throw new PolicyException(
                    Kind.TESTS_FAILED,
                    "%s %s: %d of %d tests fail; \"%s\" expects %s and finds %s"
                            .formatted(
                                    pack.id().name(),
                                    pack.id().version(),
                                    tests.failures().size(),
                                    tests.run(),
                                    first.test(),
                                    first.expected(),
                                    first.found()),
                    null);
        }
        return rules;
    }

    private List<PolicyRequest> recent() {
        try {
            return newest(COMPARED, Set.of()).stream()
                    .map(DecisionJournal.Made::request)
                    .distinct()
                    .toList();
        } catch (PolicyException e) {
            LOG.warn("Recent decisions are not compared: {}", e.getMessage());
            return List.of();
        }
    }

    /**
     * The newest decisions, oldest first.
     *
     * @param subjects whom policies name
     * @throws PolicyException STORAGE when the journal cannot be read
     */
    List<DecisionJournal.Made> newest(int most, Set<String> subjects) {
        try {
            return journal.newest(most, subjects);
        } catch (IOException e) {
            throw new PolicyException(Kind.STORAGE, e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException(Kind.STORAGE, "interrupted while reading the decision journal", e);
        }
    }
}
