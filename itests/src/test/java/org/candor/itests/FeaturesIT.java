package org.candor.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
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
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Each room alone in a Karaf that has none of the others: it runs, or its components name what they wait for. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class FeaturesIT {

    private static final int PATIENCE_TENTHS = 600;
    /** Features that are no room: shared libraries, the whole, and packs. */
    private static final Set<String> NO_ROOMS =
            Set.of("candor-http", "candor-libraries", "candor-policies", "candor-encoders");
    /** What has to run without anything else. */
    private static final Set<String> SELF_SUFFICIENT =
            Set.of("candor-tokenizer", "candor-template", "candor-compute-cpu", "candor-transparency", "candor-energy");

    @Inject
    private BundleContext context;

    @Inject
    private FeaturesService features;

    @Inject
    private ServiceComponentRuntime components;

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
    public void eachRoomInstallsAlone() throws Exception {
        assertEquals(Set.of(), ours());
        List<Feature> rooms = Stream.of(features.listFeatures())
                .filter(feature -> feature.getName().startsWith("candor-") && !NO_ROOMS.contains(feature.getName()))
                .toList();
        assertTrue(rooms.toString(), rooms.size() >= 14);
        for (Feature room : rooms) {
            String name = room.getName();
            features.installFeature(name, room.getVersion());
            awaitActive(name);
            Set<String> expected = new TreeSet<>(Set.of("org.candor.api", "org.candor.proof"));
            expected.add(name.replace("candor-", "org.candor."));
            Set<String> others = ours();
            others.removeAll(expected);
            others.remove("org.candor.backup"); // whose packages the governor uses
            assertEquals(name + " brings other rooms", Set.of(), others);
            Map<String, Set<String>> waiting = waiting();
            for (Map.Entry<String, Set<String>> component : waiting.entrySet()) {
                assertFalse(
                        name + ": " + component.getKey() + " does not run and names nothing",
                        component.getValue().isEmpty());
            }
            if (SELF_SUFFICIENT.contains(name)) {
                assertEquals(name, Map.of(), waiting);
            }
            features.uninstallFeature(name, room.getVersion());
            assertEquals(name + " leaves bundles behind", Set.of(), ours());
        }
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

    /** Components that are not satisfied, each with the services or the configuration it lacks. */
    private Map<String, Set<String>> waiting() {
        Map<String, Set<String>> waiting = new TreeMap<>();
        Bundle[] ours = bundles().toArray(Bundle[]::new);
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(ours)) {
            Set<String> lacks = new TreeSet<>();
            boolean runs = false;
            for (ComponentConfigurationDTO made : components.getComponentConfigurationDTOs(component)) {
                runs |= made.state == ComponentConfigurationDTO.ACTIVE
                        || made.state == ComponentConfigurationDTO.SATISFIED;
                Stream.of(made.unsatisfiedReferences).forEach(reference -> lacks.add(reference.name));
            }
            if ("require".equals(component.configurationPolicy)
                    && components.getComponentConfigurationDTOs(component).isEmpty()) {
                lacks.add("configuration " + String.join(", ", component.configurationPid));
            }
            if (!runs) {
                waiting.put(component.name, lacks);
            }
        }
        return waiting;
    }
}
