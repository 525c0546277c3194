package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.TextGenerator;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that write, beside models that encode, through the same life. */
final class GeneratingPacksTest {

    private static final Cause ANNA = new Cause("anna", "wanted");

    @TempDir
    Path folder;

    private final FakeGenerators generators = new FakeGenerators();
    private final AtomicInteger encoders = new AtomicInteger();
    private final Loaders loaders = new Loaders();
    private Revisions revisions;

    private final ModelLoader encoding = new ModelLoader() {
        @Override
        public boolean supports(String family) {
            return family.equals("fake");
        }

        @Override
        public TextEncoder loadEncoder(ModelFiles files, EncoderSettings settings) {
            return new FakeEncoder(encoders);
        }
    };

    @BeforeEach
    void start() throws IOException {
        loaders.add(encoding);
        loaders.add((GeneratorLoader) generators);
        loaders.add((TextGeneratorLoader) generators);
        restart();
    }

    private void restart() throws IOException {
        if (revisions != null) {
            revisions.close();
        }
        revisions =
                TestRevisions.in(folder, loaders, PackTrust.of(PackKind.MODEL, Map.of(), List.of(), List.of("true")));
    }

    @AfterEach
    void stop() throws IOException {
        revisions.close();
    }

    private Revision install(FakePack pack) throws IOException {
        return revisions.install(pack, ModelCard.read(pack), Cause.system("test"));
    }

    private ModelRevision described(String name, String version) {
        return revisions.installed().find(name, version).describe();
    }

    @Test
    void aModelThatWritesServesItsRouteAndIsClosedWithItsLastLease() throws IOException {
        install(FakePack.generating("stories", "1.0.0", "old"));
        install(FakePack.generating("stories", "1.1.0", "new"));
        revisions.activate("stories", "1.0.0", ANNA);
        assertEquals(new GeneratorSettings(WeightType.F32, 512, 4_096, 16), generators.settings);
        ModelLease<TextGenerator> lease = revisions.routes().lease("stories", TextGenerator.class);
        assertEquals("1.0.0", lease.id().version());
        assertEquals(FakeGenerator.BYTES, described("stories", "1.0.0").memoryBytes());
        revisions.activate("stories", "1.1.0", ANNA);
        assertEquals(FakeGenerator.VOCABULARY, lease.model().vocabulary(), "a running request keeps its model");
        assertEquals(ModelState.DRAINING, described("stories", "1.0.0").state());
        lease.close();
        assertEquals(ModelState.CLOSED, described("stories", "1.0.0").state());
        assertEquals(1, generators.open.get());
        assertEquals("1.0.0", revisions.rollBack("stories", ANNA).model().version());
        restart();
        assertEquals(0, generators.open.get());
        revisions.resume(revisions.routes().recorded().get("stories"));
        try (ModelLease<TextGenerator> again = revisions.routes().lease("stories", TextGenerator.class)) {
            assertEquals("1.0.0", again.id().version());
        }
    }

    @Test
    void whoeverLeasesForAnotherTaskIsTold() throws IOException {
        Revision writes = install(FakePack.generating("stories", "1.0.0", "w"));
        install(FakePack.of("encoder-en", "1.0.0", "w"));
        revisions.activate("stories", "1.0.0", ANNA);
        revisions.activate("encoder-en", "1.0.0", ANNA);
        String message = assertThrows(
                        ModelRefusedException.class, () -> revisions.routes().lease("stories", TextEncoder.class))
                .getMessage();
        assertTrue(message.startsWith("the route \"stories\" leads to stories 1.0.0 ("), message);
        assertTrue(message.endsWith("), whose task is generate and not embed"), message);
        assertTrue(assertThrows(
                        ModelRefusedException.class, () -> revisions.routes().lease("encoder-en", TextGenerator.class))
                .getMessage()
                .endsWith("whose task is embed and not generate"));
        assertTrue(assertThrows(
                        ModelRefusedException.class,
                        () -> revisions.leaseByDigest(writes.id().digest(), TextEncoder.class))
                .getMessage()
                .endsWith("whose task is generate and not embed"));
        assertEquals(0, described("stories", "1.0.0").leases());
    }

    @Test
    void aRouteKeepsItsTask() throws IOException {
        install(FakePack.of("model", "1.0.0", "encodes"));
        install(FakePack.generating("model", "2.0.0", "writes"));
        revisions.activate("model", "1.0.0", ANNA);
        String message = assertThrows(ModelRefusedException.class, () -> revisions.activate("model", "2.0.0", ANNA))
                .getMessage();
        assertEquals(
                "model 2.0.0 has the wrong task for the route \"model\": it is generate, and 1.0.0, which the route leads"
                        + " to, is for embed; install it under another name",
                message);
        revisions.routes().lease("model", TextEncoder.class).close();
        assertEquals(1, revisions.routes().history("model").size());
        assertEquals(ModelState.INSTALLED, described("model", "2.0.0").state(), "it was not even loaded");
        restart();
        install(FakePack.generating("model", "2.0.0", "writes"));
        assertThrows(ModelRefusedException.class, () -> revisions.activate("model", "2.0.0", ANNA));
    }

    @Test
    void aCardWithoutATaskOrWithTwoFitsNoRoute() throws IOException {
        FakePack both = FakePack.of("both", "1.0.0", "w");
        both.replace("card.json", "[\"embed\"]", "[\"embed\",\"generate\"]");
        install(both);
        assertEquals(
                "its tasks are [embed, generate], and the route \"both\" needs embed or generate",
                described("both", "1.0.0").reason());
        assertThrows(ModelRefusedException.class, () -> revisions.activate("both", "1.0.0", ANNA));
        assertEquals(0, encoders.get());
    }

    @Test
    void itWaitsForWhoeverServesTexts() throws IOException {
        Revision revision = install(FakePack.generating("stories", "1.0.0", "w"));
        loaders.remove((TextGeneratorLoader) generators);
        assertTrue(revisions.waitsForLoader(revision.id().digest()));
        ModelUnavailableException e =
                assertThrows(ModelUnavailableException.class, () -> revisions.activate("stories", "1.0.0", ANNA));
        assertEquals("stories 1.0.0 waits for a loader of family writing for generate", e.getMessage());
        assertEquals(ModelState.INSTALLED, described("stories", "1.0.0").state(), "that is no failure");
        loaders.add((TextGeneratorLoader) generators);
        assertFalse(revisions.waitsForLoader(revision.id().digest()));
        assertNotNull(revisions.activate("stories", "1.0.0", ANNA));
    }

    @Test
    void theCacheCountsWhereMemoryIsShort() throws IOException {
        install(FakePack.generating("stories", "1.0.0", "w"));
        revisions.memory().configured(4_095);
        ModelRefusedException e =
                assertThrows(ModelRefusedException.class, () -> revisions.activate("stories", "1.0.0", ANNA));
        assertTrue(e.getMessage().contains("not enough memory for it: about 4.1 kB are needed"), e.getMessage());
        revisions.memory().configured(4_096);
        revisions.activate("stories", "1.0.0", ANNA);
    }

    @Test
    void aModelThatWritesOtherTokensOrIsLessSureIsRefused() throws IOException {
        install(FakePack.generating("stories", "1.0.0", "w"));
        generators.off = 1;
        assertRefused("self-test case 0: token 0 that follows is 5, 4 expected");
        generators.off = 0;
        generators.less = 0.1;
        assertRefused("self-test case 0: the first token's log-probability is off by 0.1");
        generators.less = Double.NaN;
        assertRefused("self-test case 0: the first token's log-probability is off by NaN");
        assertEquals(0, generators.open.get());
        generators.less = 0.0005;
        revisions.activate("stories", "1.0.0", ANNA);
        assertEquals(0.0005, described("stories", "1.0.0").selfTest().worst(), 1e-9);
        assertTrue(Double.isNaN(described("stories", "1.0.0").selfTest().leastCosine()));
    }

    private void assertRefused(String reason) {
        assertThrows(ModelRefusedException.class, () -> revisions.activate("stories", "1.0.0", ANNA));
        ModelRevision revision = described("stories", "1.0.0");
        assertEquals(ModelState.FAILED, revision.state());
        assertTrue(revision.reason().contains(reason), revision.reason());
    }
}
