package org.candor.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Platform.ComponentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

class WaitingTest {

    private final Set<String> services = new HashSet<>();
    private final ComponentDescriptionDTO description = new ComponentDescriptionDTO();
    private final ComponentConfigurationDTO configuration = new ComponentConfigurationDTO();

    WaitingTest() {
        description.name = "org.candor.transformer.internal.Loader";
        description.bundle = new BundleDTO();
        description.bundle.symbolicName = "org.candor.transformer";
        description.configurationPid = new String[] {"org.candor.transformer"};
        description.configurationPolicy = "optional";
        description.references = new ReferenceDTO[] {
            reference("tokenizers", "org.candor.api.tokenize.TokenizerFactory", "0..1"),
            reference("backend", "org.candor.api.compute.Backend", "1..1")
        };
        configuration.state = ComponentConfigurationDTO.ACTIVE;
        configuration.unsatisfiedReferences = new UnsatisfiedReferenceDTO[0];
        configuration.satisfiedReferences = new SatisfiedReferenceDTO[0];
    }

    private static ReferenceDTO reference(String name, String type, String cardinality) {
        ReferenceDTO reference = new ReferenceDTO();
        reference.name = name;
        reference.interfaceName = type;
        reference.cardinality = cardinality;
        return reference;
    }

    private static UnsatisfiedReferenceDTO unsatisfied(String name, String target) {
        UnsatisfiedReferenceDTO reference = new UnsatisfiedReferenceDTO();
        reference.name = name;
        reference.target = target;
        return reference;
    }

    private ComponentState state() {
        return new Waiting((type, target) -> services.contains(type)).configured(description, configuration, List.of());
    }

    @Test
    void whatRunsWaitsForNothing() {
        assertEquals(
                new ComponentState(
                        "org.candor.transformer.internal.Loader",
                        "org.candor.transformer",
                        "active",
                        List.of(),
                        List.of(),
                        "org.candor.transformer"),
                state());
        configuration.state = ComponentConfigurationDTO.SATISFIED;
        assertEquals("satisfied", state().state(), "made when somebody first asks for it");
    }

    @Test
    void aMissingServiceIsNamedInWordsWithItsTypeAndTheFilterItHasToMatch() {
        configuration.state = ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
        configuration.unsatisfiedReferences = new UnsatisfiedReferenceDTO[] {
            unsatisfied("tokenizers", null), unsatisfied("tokenizers", "(name=cpu)"), unsatisfied("unknown", null)
        };
        String service = "service tokenizer factory (org.candor.api.tokenize.TokenizerFactory)";
        assertEquals(List.of(service, service + " with (name=cpu)", "service unknown"), state().waitsFor());
        assertEquals("unsatisfied", state().state());
    }

    private static SatisfiedReferenceDTO satisfied(String name, int services) {
        SatisfiedReferenceDTO reference = new SatisfiedReferenceDTO();
        reference.name = name;
        reference.boundServices = new ServiceReferenceDTO[services];
        return reference;
    }

    @Test
    void anOptionalServiceThatIsNotThereIsNamedAndNotWaitedFor() {
        configuration.satisfiedReferences =
                new SatisfiedReferenceDTO[] {satisfied("tokenizers", 0), satisfied("backend", 1)};
        assertEquals(List.of(), state().waitsFor());
        assertEquals(
                List.of("service tokenizer factory (org.candor.api.tokenize.TokenizerFactory)"), state().without());
        configuration.satisfiedReferences[0].target = "(name=a)";
        assertEquals(
                List.of("service tokenizer factory (org.candor.api.tokenize.TokenizerFactory) with (name=a)"),
                state().without());
        configuration.satisfiedReferences[0].boundServices = new ServiceReferenceDTO[2];
        assertEquals(List.of(), state().without());
    }

    @Test
    void whatNobodyHasAskedForYetIsNotWithoutAServiceThatIsThere() {
        configuration.state = ComponentConfigurationDTO.SATISFIED;
        configuration.satisfiedReferences =
                new SatisfiedReferenceDTO[] {satisfied("tokenizers", 0), satisfied("backend", 0)};
        assertEquals(1, state().without().size(), "the backend is needed, so it is there");
        services.add("org.candor.api.tokenize.TokenizerFactory");
        assertEquals(List.of(), state().without());
    }

    @Test
    void aMissingConfigurationIsNamedByItsPid() {
        configuration.state = ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION;
        assertEquals(List.of("configuration org.candor.transformer"), state().waitsFor());
        assertEquals(List.of(), Waiting.withoutConfiguration(description, true).waitsFor(), "it needs none");
        description.configurationPolicy = "require";
        ComponentState waits = Waiting.withoutConfiguration(description, true);
        assertEquals(List.of("configuration org.candor.transformer"), waits.waitsFor());
        assertEquals("unsatisfied", waits.state());
    }

    @Test
    void whatIsSwitchedOffWaitsForNothing() {
        description.configurationPolicy = "require";
        ComponentState off = Waiting.withoutConfiguration(description, false);
        assertEquals("disabled", off.state());
        assertEquals(List.of(), off.waitsFor());
    }

    @Test
    void aFailedActivationSaysWhy() {
        configuration.state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        configuration.failure = "java.lang.IllegalArgumentException: threads is 0; allowed are 1 to 64\n\tat a.B.c\n";
        assertEquals("failed", state().state());
        assertEquals(List.of("threads is 0; allowed are 1 to 64"), state().waitsFor());
    }

    @Test
    void aValueThatIsNoNumberIsNamedWithItsKey() {
        configuration.state = ComponentConfigurationDTO.FAILED_ACTIVATION;
        configuration.failure =
                "org.osgi.service.component.ComponentException: java.lang.NumberFormatException: For input"
                        + " string: \"many\"\n\tat a.B.c\n";
        configuration.properties = Map.of("component.id", 7L, "passTokens", "many", "other", "few");
        assertEquals(
                List.of("org.candor.transformer: passTokens is \"many\", a number within its range is needed"),
                state().waitsFor());
        configuration.properties = Map.of("other", "few");
        assertEquals(
                List.of("java.lang.NumberFormatException: For input string: \"many\""),
                state().waitsFor(),
                "it came from elsewhere");
    }

    @Test
    void aComponentWithoutAPidHasAnEmptyOne() {
        description.configurationPid = null;
        assertEquals("", state().configurationPid());
    }

    @ParameterizedTest
    @CsvSource({
        "org.candor.api.policy.PolicyGate, policy gate",
        "javax.sql.DataSource, data source",
        "org.osgi.service.jdbc.DataSourceFactory, data source factory",
        "org.candor.api.operation.Platform$Inventory, inventory",
        "com.example.HTTPServer, HTTP server",
        "com.example.Int8Backend, int8 backend",
        "Backend, backend",
    })
    void aTypesNameIsReadAsWords(String type, String words) {
        assertEquals(words, Waiting.words(type));
    }
}
