package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The two packs that ship take turns, each time read anew, as from a bundle that came and went: 300 times, or as often as the
 * system property {@code candor.policy.swaps} says. {@link PolicySwitchTest} does a thousand with small ones.
 */
class PolicySwapTest {

    private static final int SWAPS = Integer.getInteger("candor.policy.swaps", 300);
    private static final int ASKING = 3;
    private static final String[] NAMES = {"default", "strict"};

    @TempDir
    Path home;

    private static PolicyPack shipped(String name) throws IOException {
        return PolicyPack.read(new PackStore.Folder(Path.of("../../packs/policy-" + name + "/src/main/policy")));
    }

    @Test
    void swapsOfTheShippedPacksMixNothingAndLeaveNeitherPacksNorClassesBehind() throws Exception {
        List<PolicyRequest> requests = Requests.everyKind(
                Set.of("answer", "embed", "admin.policies.activate", "admin.documents.mirror", "unknown.operation"),
                Set.of("question-answering", "advertising"));
        Map<String, List<Decision>> alone = new HashMap<>();
        for (String name : NAMES) {
            Policy policy = PackCheck.trusted(shipped(name));
            alone.put(name, requests.stream().map(policy::decide).toList());
        }
        assertNotEquals(alone.get("default"), alone.get("strict"));
        DecisionJournal journal = new DecisionJournal(
                home.resolve("decisions"), 1_000, DecisionJournalTest.PSEUDONYMS, Clock.systemUTC());
        PolicySwitch policies = new PolicySwitch(
                new ActivationRecord(home.resolve("activations.jsonl")),
                new PackStore(home.resolve("packs")),
                journal,
                Clock.systemUTC(),
                () -> {});
        policies.trust(PolicySettings.shipped());
        policies.configure(null, "");
        List<WeakReference<PolicyPack>> gone = new ArrayList<>();
        PolicyPack active = shipped("default");
        policies.add(active);
        policies.activate("default", active.id().version(), "ann", "the first");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Object> wrong = new AtomicReference<>();
        AtomicLongArray decided = new AtomicLongArray(NAMES.length);
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < ASKING; i++) {
            Random random = new Random(i);
            asking.add(Thread.ofPlatform().start(() -> {
                try {
                    while (!stop.get()) {
                        int request = random.nextInt(requests.size());
                        Decision decision = policies.decide(requests.get(request));
                        String name = decision.policy().name();
                        if (!decision.equals(alone.get(name).get(request))) {
                            wrong.set(decision);
                        }
                        decided.incrementAndGet(name.equals(NAMES[0]) ? 0 : 1);
                    }
                } catch (RuntimeException e) {
                    wrong.set(e);
                }
            }));
        }
        long classes = 0;
        try {
            for (int i = 1; i <= SWAPS; i++) {
                PolicyPack next = shipped(NAMES[i % 2]);
                policies.add(next);
                policies.activate(NAMES[i % 2], next.id().version(), "ann", "swap " + i);
                policies.remove(active);
                gone.add(new WeakReference<>(active));
                active = next;
                if (i == SWAPS / 10) {
                    classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
                }
            }
        } finally {
            stop.set(true);
            for (Thread thread : asking) {
                thread.join();
            }
        }
        assertNull(wrong.get());
        assertTrue(decided.get(0) > SWAPS && decided.get(1) > SWAPS, "decisions: " + decided);
        assertEquals(SWAPS + 1, policies.history().size());
        long more = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() - classes;
        assertTrue(more < SWAPS / 5, more + " classes more than after a tenth of the swaps");
        assertEquals(0, held(gone), "policies that were in force are still held");
        policies.close();
        journal.close();
    }

    private static long held(List<WeakReference<PolicyPack>> gone) throws InterruptedException {
        long held = gone.size();
        for (int i = 0; i < 50 && held > 0; i++) {
            System.gc();
            Thread.sleep(20);
            held = gone.stream().filter(each -> each.get() != null).count();
        }
        return held;
    }
}
