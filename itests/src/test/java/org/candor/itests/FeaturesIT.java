package org.candor.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.karaf.options.KarafDistributionOption;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Each room alone in a Karaf that has none of the others: it runs, or the health check that it brings names what it waits
 * for. That is asked as people ask it, with room:health: this test keeps no class of a room, which comes and goes.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class FeaturesIT {

    private static final int PATIENCE_TENTHS = 600;
    /** Features that are no room: shared libraries, the whole, and packs. */
    private static final Set<String> NO_ROOMS =
            Set.of("candor-http", "candor-libraries", "candor-policies", "candor-encoders", "candor-generators");
    /** What every room brings. */
    private static final Set<String> FOUNDATION = Set.of("org.candor.api", "org.candor.proof", "org.candor.health");

    private static final Pattern COMPONENT =
            Pattern.compile("org\\.candor\\.\\S+ (?:\\S+\\.)?(\\S+) is (\\w+)(?:: (.*?))?(?: without: (.*))?");

    private static final Pattern SERVICE = Pattern.compile("service [\\w ]+ \\((?:[\\w.]+[.$])(\\w+)\\)");

    /** What every room says of the command itself: the shell that it would give way to is not there. */
    private static final String COMMAND = "RoomCommand without Shell";

    /** What the components of each room lack when it is alone; rooms that lack nothing are not named. */
    private static final String WAITING = """
            candor-gateway: Gateway without Access Answers Backups Commands Consents Documents Embedding Energy Evidences\
             Generation Models Platform Policies TransparencyLog
            candor-generation: GenerationEngines unsatisfied for want of ChatTemplates GeneratorLoader TokenizerFactory
            candor-governor: AccessOperations without AccessRegister
            candor-governor: AnswerOperations without Retrieval
            candor-governor: BackupOperations without StatePart
            candor-governor: ConsentOperations without Library
            candor-governor: DocumentOperations without Library Retrieval
            candor-governor: EmbeddingOperations without ModelRegistry
            candor-governor: EnergyOperations without EnergyHistory
            candor-governor: GenerationOperations without ModelRegistry
            candor-governor: GovernedPath without ConsentRegister EnergyAccounting PersonalData PolicyGate SubjectKeys\
             TransparencyLog
            candor-governor: ModelOperations without ModelRegistry
            candor-governor: PlatformView without Library ModelRegistry Retrieval
            candor-governor: PolicyOperations without PolicyRegistry
            candor-governor: ShellOperations without Shell
            candor-models: PackRegistry without GeneratorLoader ModelAudit ModelListener ModelLoader TextGeneratorLoader
            candor-policy: PolicyPacks without SubjectKeys
            candor-retrieval: retrieval without ModelRegistry
            candor-transformer: TransformerLoader unsatisfied for want of Backend TokenizerFactory
            """;

    @Inject
    private BundleContext context;

    @Inject
    private FeaturesService features;

    @Inject
    private SessionFactory sessions;

    /** The distribution's Karaf with its bridge, without Candor's features. */
    @Configuration
    public Option[] plain() throws IOException {
        Option[] whole = new ContainerIT().distribution();
        Option[] plain = Arrays.copyOf(whole, whole.length + 1);
        plain[whole.length] = KarafDistributionOption.editConfigurationFilePut(
                "etc/org.apache.karaf.features.cfg",
                "featuresBoot",
                "framework, jaas, shell, feature, bundle, config, log, service, system, deployer, scr, eventadmin");
        return plain;
    }

    @Test
    public void eachRoomInstallsAloneAndSaysWhatItWaitsFor() throws Exception {
        assertEquals(Set.of(), ours());
        List<Feature> rooms = Stream.of(features.listFeatures())
                .filter(feature -> feature.getName().startsWith("candor-") && !NO_ROOMS.contains(feature.getName()))
                .toList();
        assertTrue(rooms.toString(), rooms.size() >= 14);
        Set<String> waiting = new TreeSet<>();
        for (Feature room : rooms) {
            String name = room.getName();
            features.installFeature(name, room.getVersion());
            awaitActive(name);
            Set<String> expected = new TreeSet<>(FOUNDATION);
            expected.add(name.replace("candor-", "org.candor."));
            Set<String> others = ours();
            others.removeAll(expected);
            others.remove("org.candor.backup"); // whose packages the governor uses
            assertEquals(name + " brings other rooms", Set.of(), others);
            String health = health();
            assertTrue(health, health.lines().toList().getLast().matches("\\d+ bundles, 0 not active; .*"));
            Set<String> lines = lacks(health);
            assertTrue(health, lines.remove(COMMAND));
            lines.forEach(line -> waiting.add(name + ": " + line));
            features.uninstallFeature(name, room.getVersion());
            assertEquals(name + " leaves bundles behind", Set.of(), ours());
        }
        assertEquals(WAITING, String.join("\n", waiting) + "\n");
    }

    private Set<String> ours() {
        return bundles().map(Bundle::getSymbolicName).collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<Bundle> bundles() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName() != null
                        && bundle.getSymbolicName().startsWith("org.candor."));
    }

    private void awaitActive(String name) throws InterruptedException {
        for (int i = 0; bundles().anyMatch(bundle -> bundle.getState() != Bundle.ACTIVE); i++) {
            assertTrue(name + " does not start", i < PATIENCE_TENTHS);
            Thread.sleep(100);
        }
    }

    /** What room:health prints. */
    private String health() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Session session = sessions.create(new ByteArrayInputStream(new byte[0]), print, print);
        try {
            session.execute("room:health");
        } finally {
            session.close();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The lines about components of ours, with the names of services alone. */
    private static Set<String> lacks(String health) {
        Set<String> lacks = new TreeSet<>();
        health.lines().map(COMPONENT::matcher).filter(Matcher::matches).forEach(line -> {
            if (line.group(3) != null) {
                lacks.add(line.group(1) + " " + line.group(2) + " for want of " + services(line.group(3)));
            }
            if (line.group(4) != null) {
                lacks.add(line.group(1) + " without " + services(line.group(4)));
            }
        });
        return lacks;
    }

    private static String services(String reasons) {
        return Stream.of(reasons.split("; "))
                .map(reason -> {
                    Matcher service = SERVICE.matcher(reason);
                    return service.matches() ? service.group(1) : reason;
                })
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
