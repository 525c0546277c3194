package org.candor.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.candor.policy.internal.cedar.CedarCore;
import org.candor.policy.internal.cedar.CedarEntity;
import org.candor.policy.internal.cedar.CedarParser;
import org.candor.policy.internal.cedar.CedarPolicy;
import org.candor.policy.internal.cedar.CompiledPolicies;
import org.candor.policy.internal.cedar.EntityId;
import org.candor.policy.internal.cedar.Evaluator;
import org.candor.policy.internal.cedar.Situation;
import org.candor.policy.internal.cedar.Verdict;

/**
 * Decides 10,000 distinct requests in random order over 20 policies and 50 entities, by the compiled policies and by
 * Cedar's own core, and compares every verdict: decision, determining policies, failing policies. A time includes making
 * the request's entities. Arguments: requests=10000, rounds=5, seed=1.
 */
final class PolicyDecisions implements Benchmark {

    private static final List<String> ROLES = List.of("viewer", "operator", "steward", "auditor", "approver", "admin");
    private static final List<String> TEAMS = List.of("red", "green", "blue", "grey");
    private static final List<String> PURPOSES =
            List.of("question-answering", "research", "support", "advertising", "training");
    private static final List<String> OPERATIONS = List.of(
            "answer",
            "search",
            "embed",
            "models.list",
            "admin.documents.add",
            "admin.documents.delete",
            "admin.documents.mirror",
            "admin.consent.grant",
            "admin.consent.erase",
            "admin.models.activate",
            "admin.policies.activate",
            "admin.energy.history",
            "log.read",
            "unknown.operation");
    private static final int USERS = 36;

    private record Asked(String subject, String role, String operation, String purpose, String model, long hour) {}

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "requests", "rounds", "seed");
        int count = given.number("requests", 10_000);
        int rounds = given.number("rounds", 5);
        Random random = new Random(given.number("seed", 1));
        List<CedarPolicy> policies = CedarParser.parse("bench", policies());
        List<CedarEntity> entities = entities();
        Evaluator compiled = CompiledPolicies.compile(policies, entities);
        List<Asked> requests = requests(count, random);
        long[] ours = measure(compiled, requests, rounds, random);
        String missing = CedarCore.missing();
        if (missing != null) {
            throw new IllegalStateException(missing);
        }
        Evaluator core = CedarCore.of(policies, entities);
        int equal = 0;
        int permitted = 0;
        int failing = 0;
        for (Asked asked : requests) {
            Verdict verdict = compiled.evaluate(situation(asked));
            permitted += verdict.permitted() ? 1 : 0;
            failing += verdict.failing().isEmpty() ? 0 : 1;
            equal += verdict.equals(core.evaluate(situation(asked))) ? 1 : 0;
        }
        long[] cores = measure(core, requests, Math.min(2, rounds), random);
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"policy\",\"policies\":%d,\"entities\":%d,\"requests\":%d,\"equal\":%d,\"permitted\":%d,"
                        + "\"with_failing\":%d,\"p50_us\":%.2f,\"p99_us\":%.2f,\"core_p50_us\":%.1f,\"core_p99_us\":%.1f,"
                        + "\"load_average\":%.1f}%n",
                policies.size(),
                entities.size(),
                requests.size(),
                equal,
                permitted,
                failing,
                ours[ours.length / 2] / 1e3,
                ours[(int) (ours.length * 0.99)] / 1e3,
                cores[cores.length / 2] / 1e3,
                cores[(int) (cores.length * 0.99)] / 1e3,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        if (equal != requests.size()) {
            throw new IllegalStateException((requests.size() - equal) + " verdicts differ from Cedar's own core");
        }
    }

    /** Nanoseconds of every request in the last round, sorted; the rounds before it warm up. */
    private static long[] measure(Evaluator evaluator, List<Asked> requests, int rounds, Random random) {
        long[] nanos = new long[requests.size()];
        List<Asked> shuffled = new ArrayList<>(requests);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(shuffled, random);
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                evaluator.evaluate(situation(shuffled.get(i)));
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static <T> T one(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private static List<Asked> requests(int count, Random random) {
        Set<Asked> distinct = new LinkedHashSet<>();
        while (distinct.size() < count) {
            distinct.add(new Asked(
                    "user-" + random.nextInt(USERS + 4),
                    one(ROLES, random),
                    one(OPERATIONS, random),
                    one(PURPOSES, random),
                    random.nextBoolean() ? "encoder-en" : "encoder-zh",
                    random.nextInt(24)));
        }
        return new ArrayList<>(distinct);
    }

    /** As the gate makes it: the caller in a role, the operation in its groups, the tenant, the context. */
    private static Situation situation(Asked asked) {
        Set<EntityId> groups = new HashSet<>();
        for (int dot = asked.operation().lastIndexOf('.');
                dot > 0;
                dot = asked.operation().lastIndexOf('.', dot - 1)) {
            groups.add(new EntityId("Action", asked.operation().substring(0, dot) + ".*"));
        }
        groups.add(new EntityId("Action", "*"));
        Map<String, Object> context = new HashMap<>();
        context.put("purpose", asked.purpose());
        context.put("model", asked.model());
        context.put("hour", asked.hour());
        return new Situation(
                new CedarEntity(
                        new EntityId("User", asked.subject()),
                        Map.of("subject", asked.subject(), "tenant", "default"),
                        Set.of(new EntityId("Role", asked.role()))),
                new CedarEntity(new EntityId("Action", asked.operation()), Map.of(), groups),
                new CedarEntity(new EntityId("Tenant", "default"), Map.of(), Set.of()),
                context);
    }

    /** 36 people in four teams of one organisation, six roles in two groups, the tenant: 50 entities. */
    private static List<CedarEntity> entities() {
        List<CedarEntity> entities = new ArrayList<>();
        EntityId organisation = new EntityId("Team", "all");
        entities.add(new CedarEntity(organisation, Map.of(), Set.of()));
        for (String team : TEAMS) {
            entities.add(new CedarEntity(
                    new EntityId("Team", team), Map.of("budget", (long) team.length()), Set.of(organisation)));
        }
        EntityId any = new EntityId("Role", "any");
        EntityId reader = new EntityId("Role", "reader");
        entities.add(new CedarEntity(any, Map.of(), Set.of()));
        entities.add(new CedarEntity(reader, Map.of(), Set.of(any)));
        for (String role : ROLES) {
            entities.add(new CedarEntity(
                    new EntityId("Role", role), Map.of(), Set.of(role.equals("approver") ? any : reader)));
        }
        entities.add(new CedarEntity(
                new EntityId("Tenant", "default"), Map.of("purposes", Set.copyOf(PURPOSES.subList(0, 3))), Set.of()));
        for (int i = 0; i < USERS; i++) {
            Map<String, Object> attributes = new HashMap<>();
            attributes.put("clearance", (long) i % 5);
            if (i % 3 == 0) {
                attributes.put("manager", new EntityId("User", "user-" + (i + 1) % USERS));
            }
            entities.add(new CedarEntity(
                    new EntityId("User", "user-" + i), attributes, Set.of(new EntityId("Team", TEAMS.get(i % 4)))));
        }
        return entities;
    }

    private static String policies() {
        return """
                @id("p1") permit (principal in Role::"any", action == Action::"models.list", resource);
                @id("p2") permit (principal in Role::"any", action == Action::"log.read", resource);
                @id("p3") @obligation("mask") permit (principal in Role::"reader", action in [Action::"answer", Action::"search"], resource)
                  when { resource.purposes.contains(context.purpose) };
                @id("p4") permit (principal, action == Action::"embed", resource)
                  when { principal in [Role::"viewer", Role::"operator", Role::"steward", Role::"admin"] };
                @id("p5") permit (principal in Role::"admin", action in Action::"admin.*", resource);
                @id("p6") permit (principal in Role::"operator", action in Action::"admin.models.*", resource);
                @id("p7") permit (principal in Role::"steward", action in Action::"admin.consent.*", resource);
                @id("p8") permit (principal, action in Action::"admin.documents.*", resource)
                  when { principal in [Role::"operator", Role::"steward"] }
                  unless { action in [Action::"admin.documents.mirror", Action::"admin.documents.file"] };
                @id("p9") permit (principal in Role::"auditor", action == Action::"admin.energy.history", resource);
                @id("p10") permit (principal in Team::"red", action == Action::"search", resource)
                  when { principal has clearance && principal.clearance >= 3 };
                @id("p11") permit (principal in Team::"all", action == Action::"answer", resource)
                  when { principal has manager && principal.manager in Team::"green" };
                @id("p12") permit (principal == User::"user-7", action, resource) when { context.hour >= 8 && context.hour < 18 };
                @id("p13") @reason("night") forbid (principal in Role::"viewer", action in Action::"*", resource)
                  when { context.hour < 5 && context.purpose != "support" };
                @id("p14") @reason("no-advertising") forbid (principal, action, resource) when { context.purpose == "advertising" }
                  unless { principal in Role::"admin" };
                @id("p15") @reason("blue") forbid (principal in Team::"blue", action in Action::"admin.policies.*", resource);
                @id("p16") forbid (principal, action == Action::"embed", resource)
                  when { context.model like "encoder-z*" && !(principal in Team::"grey") && context.hour > 20 };
                @id("p17") permit (principal, action == Action::"embed", resource) when { principal.clearance * 2 + 1 > 5 };
                @id("p18") permit (principal is User in Team::"green", action == Action::"search", resource)
                  when { if principal.clearance > 2 then context.hour != 12 else ["research"].contains(context.purpose) };
                @id("p19") forbid (principal, action == Action::"admin.consent.erase", resource)
                  when { principal.manager.clearance < 1 };
                @id("p20") permit (principal in Role::"approver", action in [Action::"admin.policies.*", Action::"admin.models.*"], resource)
                  when { {purpose: context.purpose, night: context.hour < 6} != {purpose: "training", night: true} };
                """;
    }
}
