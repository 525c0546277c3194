package org.candor.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.candor.api.operation.Platform.BundleState;
import org.candor.api.operation.Platform.ComponentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.launch.Framework;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Bundles in a real framework; what the component runtime says of components is made up. */
class ComponentInventoryTest {

    private Framework framework;
    private List<ComponentDescriptionDTO> descriptions = List.of();
    private List<ComponentConfigurationDTO> configurations = List.of();
    private ComponentInventory inventory;

    @BeforeEach
    void start(@TempDir Path cache) throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        cache.toString(),
                        Constants.FRAMEWORK_STORAGE_CLEAN,
                        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT));
        framework.start();
        inventory = new ComponentInventory(runtime(), framework.getBundleContext());
    }

    @AfterEach
    void stop() throws BundleException, InterruptedException {
        inventory.deactivate();
        framework.stop();
        framework.waitForStop(0);
    }

    private ServiceComponentRuntime runtime() {
        return (ServiceComponentRuntime) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServiceComponentRuntime.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getComponentDescriptionDTOs" -> descriptions;
                    case "getComponentConfigurationDTOs" -> configurations;
                    case "isComponentEnabled" -> true;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** @param headers name and value by turns */
    private Bundle install(String name, String... headers) throws IOException, BundleException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        for (int i = 0; i < headers.length; i += 2) {
            main.putValue(headers[i], headers[i + 1]);
        }
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        new JarOutputStream(jar, manifest).close();
        return framework.getBundleContext().installBundle(name, new ByteArrayInputStream(jar.toByteArray()));
    }

    private BundleState state(String name) {
        return inventory.components().bundles().stream()
                .filter(bundle -> bundle.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aBundleThatRunsWaitsForNothingAndTheChangeHasATime() throws Exception {
        Bundle bundle = install("runs");
        assertEquals(List.of(), state("runs").waitsFor(), "it could run");
        assertEquals("installed", state("runs").state());
        bundle.start();
        assertEquals("active", state("runs").state());
        assertNotNull(state("runs").since());
        assertNull(state("org.apache.felix.framework").since(), "it was there before");
        bundle.uninstall();
        assertTrue(inventory.components().bundles().stream()
                .noneMatch(each -> each.name().equals("runs")));
    }

    @Test
    void aBundleThatIsNotResolvedNamesEachPackageAndCapabilityThatIsMissing() throws Exception {
        install(
                "waits",
                "Import-Package",
                "org.osgi.framework,org.example.plain;version=0,org.example.versioned;version=\"[1,2)\","
                        + "org.example.spare;resolution:=optional",
                "Require-Capability",
                "org.candor.model;filter:=\"(name=base)\",org.example.later;effective:=active",
                "Provide-Capability",
                "org.example.own",
                "Export-Package",
                "org.example.mine");
        List<String> waits = state("waits").waitsFor();
        assertEquals(3, waits.size(), waits.toString());
        assertTrue(waits.get(0).startsWith("package org.example.plain"), waits.toString());
        assertTrue(waits.get(1).startsWith("package org.example.versioned with (&"), waits.toString());
        assertEquals("capability org.candor.model with (name=base), which no bundle offers", waits.get(2));
    }

    @Test
    void aBundleNamesTheOneThatIsNotResolvedEither() throws Exception {
        install("consumer", "Import-Package", "org.example.shared");
        install("provider", "Export-Package", "org.example.shared", "Import-Package", "org.example.nowhere");
        List<String> waits = state("consumer").waitsFor();
        assertEquals(1, waits.size(), waits.toString());
        assertTrue(
                waits.getFirst().startsWith("package org.example.shared")
                        && waits.getFirst().endsWith(" of provider, which is not resolved either"),
                waits.toString());
    }

    @Test
    void whatABundleOffersItselfIsNotMissing() throws Exception {
        install(
                "alone",
                "Provide-Capability",
                "org.example.own",
                "Require-Capability",
                "org.example.own,org.example.other");
        assertEquals(
                List.of("capability org.example.other, which no bundle offers"),
                state("alone").waitsFor());
    }

    @Test
    void aFragmentOfAResolvedHostAndALazyBundleDoAllTheyCan() throws Exception {
        Bundle host = install("host", "Bundle-ActivationPolicy", "lazy");
        install("fragment", "Fragment-Host", "host");
        host.start(Bundle.START_ACTIVATION_POLICY);
        assertEquals("active", state("fragment").state());
        assertEquals("active", state("host").state());
    }

    @Test
    void componentsAreListedByBundleAndNameWithEachConfigurationTheyHave() {
        ComponentDescriptionDTO one = description("b", "Two");
        ComponentDescriptionDTO two = description("a", "One");
        descriptions = List.of(one, two);
        assertEquals(
                List.of("a One unsatisfied", "b Two unsatisfied"), lines(), "no configuration at all: they need one");
        ComponentConfigurationDTO active = new ComponentConfigurationDTO();
        active.state = ComponentConfigurationDTO.ACTIVE;
        active.unsatisfiedReferences = new UnsatisfiedReferenceDTO[0];
        active.satisfiedReferences = new SatisfiedReferenceDTO[0];
        configurations = List.of(active, active);
        assertEquals(List.of("a One active", "a One active", "b Two active", "b Two active"), lines());
    }

    private static ComponentDescriptionDTO description(String bundle, String name) {
        ComponentDescriptionDTO description = new ComponentDescriptionDTO();
        description.name = name;
        description.bundle = new BundleDTO();
        description.bundle.symbolicName = bundle;
        description.configurationPid = new String[] {name};
        description.configurationPolicy = "require";
        return description;
    }

    private List<String> lines() {
        return inventory.components().components().stream()
                .map((ComponentState component) ->
                        component.bundle() + " " + component.name() + " " + component.state())
                .toList();
    }
}
