package org.candor.policy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.policy.PolicyRequest;
import org.candor.policy.internal.cedar.CedarCore;
import org.candor.policy.internal.cedar.CompiledPolicies;
import org.candor.policy.internal.cedar.EntityId;
import org.candor.policy.internal.cedar.Evaluator;
import org.candor.policy.internal.cedar.NotCoveredException;
import org.candor.policy.internal.cedar.Situation;
import org.candor.policy.internal.cedar.Verdict;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What decides for a pack. Cedar's own core reads the policies and holds them against the schema; then the compiled
 * policies must say exactly what the core says, on the pack's tests, on requests of every kind, and on recent decisions.
 * Where they do not, or do not cover what the policies use, the core itself decides.
 */
final class PackCheck {

    private static final Logger LOG = LoggerFactory.getLogger(PackCheck.class);
    private static final int MOST_COMPARED = 4_000;

    /**
     * {@code name:version} of the packs that ship, by digest. The build compares them with the core, so that a start need not
     * load it; and they are trusted.
     */
    static final Map<String, String> SHIPPED = shipped();

    private PackCheck() {}

    /**
     * @param recent requests to compare on as well
     * @throws InvalidPackException in Cedar's own words, when it does not accept the pack
     */
    static CedarRules check(PolicyPack pack, List<PolicyRequest> recent) {
        return SHIPPED.containsKey(pack.id().digest()) ? trusted(pack) : compare(pack, recent);
    }

    /** As {@link #check}, whatever the build has compared. */
    static CedarRules compare(PolicyPack pack, List<PolicyRequest> recent) {
        CompiledPolicies compiled = null;
        String uncovered = null;
        try {
            compiled = CompiledPolicies.compile(pack.policies(), pack.entities());
        } catch (NotCoveredException e) {
            uncovered = e.getMessage();
        } catch (IllegalArgumentException e) {
            throw new InvalidPackException("entities.json: " + e.getMessage());
        }
        String missing = CedarCore.missing();
        if (missing != null) {
            if (compiled == null) {
                throw new InvalidPackException(missing + ", and the pack needs it: it uses " + uncovered);
            }
            LOG.warn("{} is not checked against Cedar's own core. {}", pack.id(), missing);
            return new CedarRules(pack, compiled);
        }
        CedarCore core = core(pack);
        if (compiled == null) {
            LOG.info("{} is decided by Cedar's own core: it uses {}", pack.id(), uncovered);
            return new CedarRules(pack, core);
        }
        String difference = difference(pack, compiled, core, recent);
        if (difference != null) {
            LOG.error("{} is decided by Cedar's own core: the compiled policies differ. {}", pack.id(), difference);
            return new CedarRules(pack, core);
        }
        return new CedarRules(pack, compiled);
    }

    /** Without the comparison: for a pack that passed it before. */
    static CedarRules trusted(PolicyPack pack) {
        try {
            return new CedarRules(pack, CompiledPolicies.compile(pack.policies(), pack.entities()));
        } catch (NotCoveredException | IllegalArgumentException e) {
            throw new InvalidPackException("the policies cannot be compiled: " + e.getMessage());
        }
    }

    /** By Cedar's own core: for a pack whose compiled policies were not equal to it, or do not cover it. */
    static CedarRules byCore(PolicyPack pack) {
        String missing = CedarCore.missing();
        if (missing != null) {
            throw new InvalidPackException(missing
                    + ", and the pack needs it: when it was activated its compiled policies were not equal to it");
        }
        return new CedarRules(pack, core(pack));
    }

    private static CedarCore core(PolicyPack pack) {
        try {
            CedarCore core = CedarCore.of(pack.policies(), pack.entities());
            List<String> errors = core.validate(pack.schema());
            if (!errors.isEmpty()) {
                throw new InvalidPackException("schema.cedarschema: " + String.join("; ", errors));
            }
            return core;
        } catch (InvalidPackException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvalidPackException(e.getMessage());
        }
    }

    private static String difference(PolicyPack pack, Evaluator compiled, Evaluator core, List<PolicyRequest> recent) {
        List<PolicyRequest> requests = new ArrayList<>(recent);
        pack.tests().forEach(test -> requests.add(test.request()));
        Set<String> purposes = new TreeSet<>(pack.purposes());
        purposes.add("question-answering");
        requests.addAll(Requests.everyKind(operations(pack), purposes));
        Collections.shuffle(requests, new Random(1));
        for (PolicyRequest request : requests.subList(0, Math.min(requests.size(), MOST_COMPARED))) {
            Situation situation = Requests.situation(request);
            Verdict ours = compiled.evaluate(situation);
            Verdict cores = core.evaluate(situation);
            if (!ours.equals(cores)) {
                return request + ": " + ours + " instead of " + cores;
            }
        }
        return null;
    }

    private static Map<String, String> shipped() {
        String file = "compared-packs.txt";
        try (InputStream in = PackCheck.class.getResourceAsStream(file)) {
            return Map.copyOf(PackTrust.pins(
                    file,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InvalidProofException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static Set<String> operations(PolicyPack pack) {
        Set<String> operations = new TreeSet<>(Set.of("answer", "admin.policies.activate", "unknown"));
        pack.tests().forEach(test -> operations.add(test.request().operation()));
        for (var policy : pack.policies()) {
            for (EntityId id : policy.entities()) {
                if (id.type().equals("Action")) {
                    operations.add(id.id().replace("*", "something"));
                }
            }
        }
        return operations;
    }
}
