package org.candor.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.policy.PolicyGate;
import org.candor.api.tokenize.TokenizerFactory;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** From inside the container: services are there to be injected, and the governed path holds for a bundle too. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ContainerIT {

    @Inject
    private BundleContext context;

    @Inject
    private TokenizerFactory tokenizers;

    @Inject
    private ModelRegistry models;

    @Inject
    private PolicyGate policy;

    @Inject
    private Answers answers;

    @Configuration
    public Option[] distribution() throws IOException {
        String root = System.getProperty("candor.root");
        return new Option[] {
            karafDistributionConfiguration()
                    .frameworkUrl("file:" + root + "/distribution/target/org.candor.distribution-"
                            + System.getProperty("candor.version") + ".tar.gz")
                    .karafVersion(System.getProperty("karaf.version"))
                    .unpackDirectory(new File("target/exam"))
                    .useDeployFolder(false)
                    .runEmbedded(false),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            editConfigurationFilePut("etc/system.properties", "candor.port", Integer.toString(freePort())),
            editConfigurationFilePut("etc/system.properties", "candor.ssh.port", Integer.toString(freePort())),
            // Pax Exam's own bundles are in the local Maven repository; the server's configuration knows system/ only.
            editConfigurationFilePut(
                    "etc/org.ops4j.pax.url.mvn.cfg",
                    "org.ops4j.pax.url.mvn.defaultRepositories",
                    "${karaf.home.uri}system@id=system.repository@snapshots,"
                            + Path.of(System.getProperty("candor.maven.repository"))
                                    .toUri() + "@id=local@snapshots"),
            // Pax Exam starts Karaf without bin/setenv.
            vmOption("-javaagent:lib/jdk25-bridge.jar"),
            vmOption("-Xmx1g"),
            vmOption("--add-modules=jdk.incubator.vector"),
            vmOption("--enable-native-access=ALL-UNNAMED")
        };
    }

    @Test
    public void everyBundleOfOursIsActive() throws InterruptedException {
        List<String> waiting = List.of("");
        // The gateway's start level comes last, after the container has called the test.
        for (int i = 0; i < 300 && !waiting.isEmpty(); i++) {
            Thread.sleep(100);
            waiting = ours().filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                    .map(Bundle::getSymbolicName)
                    .toList();
        }
        assertEquals(List.of(), waiting);
        assertTrue("bundles: " + ours().count(), ours().count() >= 13);
    }

    private Stream<Bundle> ours() {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName() != null
                        && bundle.getSymbolicName().startsWith("org.candor."));
    }

    @Test
    public void servicesOfTheRoomsAreInjected() {
        assertFalse(models.revisions().isEmpty());
        assertEquals("default", policy.policy().name());
        assertTrue(tokenizers.getClass().getName().startsWith("org.candor.tokenizer.internal."));
    }

    @Test
    public void theGateStandsBeforeAnswersForBundlesToo() throws InterruptedException {
        OperationException refused = refusal();
        // Bundles start in no order: until every required service is there, the operation is unavailable, never
        // ungoverned.
        for (int i = 0; i < 300 && refused.kind() == OperationException.Kind.UNAVAILABLE; i++) {
            Thread.sleep(100);
            refused = refusal();
        }
        assertEquals(refused.getMessage(), OperationException.Kind.DENIED, refused.kind());
    }

    @Test
    public void aPackIsDeployedAndWithdrawnWhileTheServerRuns() throws BundleException, InterruptedException {
        Bundle pack = null;
        for (Bundle bundle : context.getBundles()) {
            if ("org.candor.packs.encoder-en-int8".equals(bundle.getSymbolicName())) {
                pack = bundle;
            }
        }
        String location = pack.getLocation();
        pack.uninstall();
        assertTrue(models.revisions().stream().noneMatch(ContainerIT::isEightBit));
        context.installBundle(location).start();
        assertTrue(models.revisions().stream().anyMatch(ContainerIT::isEightBit));
        ModelRevision tested = null;
        for (int i = 0; i < 600 && tested == null; i++) {
            try {
                tested = models.verify(
                        "encoder-en",
                        "1.1.0",
                        new Caller("test", Caller.OPERATOR_TENANT, Set.of("admin")),
                        "deployed just now");
            } catch (ModelUnavailableException e) {
                Thread.sleep(100); // its loader is not there yet
            }
        }
        assertTrue(String.valueOf(tested), tested != null && tested.selfTest().passed());
        assertEquals("ships with this build", tested.trust());
    }

    private static boolean isEightBit(ModelRevision revision) {
        return revision.id().name().equals("encoder-en")
                && revision.id().version().equals("1.1.0");
    }

    private OperationException refusal() {
        Caller nobody = new Caller("nobody", "default", Set.of());
        return assertThrows(
                OperationException.class,
                () -> answers.answer(nobody, new Answers.Question("Who may ask?", null, null)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
