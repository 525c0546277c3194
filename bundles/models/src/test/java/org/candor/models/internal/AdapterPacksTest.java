package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Adapters become packs that pin their base, serve beside it and hold it. */
final class AdapterPacksTest extends FoldersFixture {

    @AfterEach
    @Override
    void stop() throws IOException {
        super.stop();
        assertEquals(0, generators.open.get());
    }

    private ModelId base(String version) throws IOException {
        return base(version, "weights of " + version);
    }

    private ModelId base(String version, String weights) throws IOException {
        Path at = Files.createDirectories(folder.resolve("base-" + version));
        Files.writeString(at.resolve("config.json"), "{\"model_type\":\"writing\"}");
        Files.writeString(at.resolve("model.safetensors"), weights);
        Files.writeString(at.resolve("tokenizer.json"), "{}");
        return folders.install(new ModelSource(at, "base", version, null), ANNA).id();
    }

    private void activate(String name, String version) {
        revisions.activate(name, version, ANNA);
    }

    private Path adapter(int more) throws IOException {
        Path at = Files.createDirectories(folder.resolve("adapter-" + more));
        Files.writeString(at.resolve("adapter_config.json"), "{\"base_model_name_or_path\":\"meta/llama\"}");
        Files.writeString(at.resolve("adapter_model.safetensors"), String.valueOf(more));
        return at;
    }

    private static ModelSource source(Path at, String version, String base) {
        return new ModelSource(at, "tales", version, null, base);
    }

    private ModelRevision install(int more, String version, String base) throws IOException {
        return folders.install(source(adapter(more), version, base), ANNA);
    }

    private String refusal(ModelSource source) {
        String said = assertThrows(ModelUnavailableException.class, () -> folders.install(source, ANNA))
                .getMessage();
        assertEquals(1, said.lines().count(), said);
        return said;
    }

    private int writes(String route) {
        try (ModelLease<TextGenerator> lease = revisions.routes().lease(route, TextGenerator.class)) {
            return write(lease.model());
        }
    }

    /** The token after 100. */
    private static int write(TextGenerator model) {
        GenerationRequest request = new GenerationRequest(
                new int[] {100},
                1,
                1,
                Sampling.GREEDY,
                List.of(),
                Set.of(),
                null,
                false,
                "default",
                Duration.ofMinutes(1));
        return model.generate(List.of(request), piece -> true).continuations().getFirst().tokens().stream()
                .map(GeneratedToken::id)
                .findFirst()
                .orElseThrow();
    }

    private ModelRevision revision(String name, String version) {
        return revisions.installed().describe().stream()
                .filter(each ->
                        each.id().name().equals(name) && each.id().version().equals(version))
                .findFirst()
                .orElseThrow();
    }

    private List<Activation> recorded() {
        return revisions.bases().adaptersLast(revisions.routes().recorded().values());
    }

    /** As the registry does it after a start. */
    private void resume() {
        recorded().forEach(revisions::resume);
    }

    @Test
    void anAdapterServesBesideItsBaseAndNamesIt() throws IOException {
        ModelId base = base("1.0.0");
        activate("base", "1.0.0");
        ModelRevision installed = install(7, "1.0.0", "base");
        assertEquals("lora", installed.family());
        assertEquals(Set.of("generate"), installed.tasks());
        assertEquals(base, installed.base());
        assertEquals(
                Map.of("base", Map.of("name", "base", "version", "1.0.0", "digest", base.digest())),
                installed.card().get("adapter"));
        assertTrue(installed.selfTest().passed());
        assertNull(revision("base", "1.0.0").base());
        activate("tales", "1.0.0");
        assertEquals(101, writes("base"));
        assertEquals(108, writes("tales"));
        try (ModelLease<TextGenerator> lease = revisions.routes().lease("tales", TextGenerator.class);
                ModelLease<TextGenerator> other = revisions.routes().lease("base", TextGenerator.class)) {
            assertEquals(base, lease.base());
            assertNull(other.base());
        }
        assertEquals(7, revision("tales", "1.0.0").memoryBytes());
        assertEquals(1, revision("base", "1.0.0").leases(), "the adapter's");
        assertEquals(
                installed.id(),
                install(7, "1.0.0", "base:1.0.0").id(),
                "the same folder on the same base is the same revision");
    }

    @Test
    void whatIsWrongWithAnAdapterIsSaidAndNothingIsKept() throws IOException {
        Path at = adapter(7);
        assertTrue(refusal(source(at, "1.0.0", "base")).contains("the base \"base\" is not active: no model \"base\""));
        ModelId base = base("1.0.0");
        assertTrue(refusal(source(at, "1.0.0", "base")).contains("\"base\" is not active: "));
        assertTrue(refusal(source(at, "1.0.0", "base:1.0.0"))
                .endsWith("needs its base: base 1.0.0 was never active: activate it first"));
        activate("base", "1.0.0");
        String unsaid = refusal(source(at, "1.0.0", null));
        assertTrue(
                unsaid.contains("(of \"meta/llama\", as its files say): say which installed model is its base"),
                unsaid);
        assertTrue(refusal(source(at, "1.0.0", "base:9")).contains("has no version 9, installed are [1.0.0]"));
        String whole = refusal(source(folder.resolve("base-1.0.0"), "1.0.0", "base"));
        assertTrue(whole.contains("is no low-rank adapter, since it has no adapter_config.json"), whole);
        assertTrue(refusal(new ModelSource(at, "tales", "1.0.0", WeightType.Q8, "base"))
                .contains("the weights' type is its base's"));
        assertTrue(refusal(source(adapter(666), "1.0.0", "base")).contains("tensor q does not fit"));
        Files.writeString(at.resolve("tokenizer.json"), "{}");
        Files.writeString(at.resolve("chat_template.jinja"), "{{ messages }}");
        String template = refusal(source(at, "1.0.0", "base"));
        assertTrue(template.contains("chat_template.jinja is another one than that of the base base 1.0.0"), template);
        Files.delete(at.resolve("adapter_model.safetensors"));
        Files.writeString(at.resolve("adapter_model.bin"), "pickle");
        assertTrue(refusal(source(at, "1.0.0", "base")).contains("adapter_model.bin is a pickle"));
        assertEquals(
                List.of(base),
                revisions.installed().describe().stream().map(ModelRevision::id).toList());
        activate("base", "1.0.0");
        install(8, "1.0.0", "base");
        activate("tales", "1.0.0");
        assertTrue(refusal(source(adapter(9), "2.0.0", "tales"))
                .contains("tales 1.0.0 takes no adapters: it is one itself"));
    }

    @Test
    void anAdapterHoldsItsBaseWhateverTheRouteLeadsTo() throws IOException {
        base("1.0.0");
        base("2.0.0");
        activate("base", "1.0.0");
        install(7, "1.0.0", "base");
        activate("tales", "1.0.0");
        activate("base", "2.0.0");
        assertEquals(ModelState.DRAINING, revision("base", "1.0.0").state(), "held");
        assertEquals(108, writes("tales"));
        String held = assertThrows(ModelRefusedException.class, () -> revisions.remove("base", "1.0.0", ANNA))
                .getMessage();
        assertEquals("base 1.0.0 is the base of tales 1.0.0 (active): remove what needs it first", held);
        install(9, "2.0.0", "base");
        activate("tales", "2.0.0");
        assertEquals(110, writes("tales"));
        assertEquals(ModelState.CLOSED, revision("base", "1.0.0").state(), "nobody holds it");
        assertEquals("2.0.0", revision("tales", "2.0.0").base().version());
        assertEquals("1.0.0", revisions.rollBack("tales", ANNA).model().version());
        assertEquals(108, writes("tales"), "its base was loaded for it");
        activate("tales", "2.0.0");
        revisions.remove("tales", "1.0.0", ANNA);
        revisions.remove("base", "1.0.0", ANNA);
    }

    @Test
    void afterAStartBothComeBackWhateverTheRouteOfTheBaseLeadsTo() throws IOException {
        base("1.0.0");
        base("2.0.0");
        activate("base", "1.0.0");
        install(7, "1.0.0", "base");
        activate("tales", "1.0.0");
        activate("base", "2.0.0");
        restart();
        resume();
        assertEquals(108, writes("tales"));
        assertEquals("1.0.0", revision("tales", "1.0.0").base().version());
        assertEquals(ModelState.ACTIVE, revision("base", "2.0.0").state());
    }

    @Test
    void anAdapterWaitsForABaseThatIsNotThereAndSaysSo() throws IOException {
        ModelId base = base("1.0.0");
        activate("base", "1.0.0");
        install(7, "1.0.0", "base");
        activate("tales", "1.0.0");
        Path record = home.resolve("models/references/base-1.0.0");
        Files.move(record, folder.resolve("away"));
        Durable.delete(home.resolve("models/cards"));
        restart();
        assertThrows(ModelUnavailableException.class, this::resume);
        String waits = "base 1.0.0 (" + base.digest() + ") is not installed";
        assertEquals(ModelState.INSTALLED, revision("tales", "1.0.0").state());
        assertEquals(waits, revision("tales", "1.0.0").reason());
        assertEquals(
                "model \"tales\" does not serve now: 1.0.0, which was activated last, is installed (" + waits + ")",
                revisions.routes().waitsFor("tales"));
        assertTrue(revisions.bases().awaited(base));
        String refused = assertThrows(ModelRefusedException.class, () -> revisions.activate("tales", "1.0.0", ANNA))
                .getMessage();
        assertEquals("tales 1.0.0 needs its base: " + waits, refused);
        Files.move(folder.resolve("away"), record);
        restart();
        resume();
        assertEquals(108, writes("tales"));
    }

    @Test
    void anotherContentOfTheBasesVersionIsNoBase() throws IOException {
        ModelId first = base("1.0.0");
        activate("base", "1.0.0");
        install(7, "1.0.0", "base");
        Durable.delete(home.resolve("models/references/base-1.0.0"));
        Durable.delete(home.resolve("models/cards"));
        restart();
        ModelId second = base("1.0.0", "others");
        assertNotEquals(first, second);
        activate("base", "1.0.0");
        String refused = assertThrows(ModelRefusedException.class, () -> revisions.activate("tales", "1.0.0", ANNA))
                .getMessage();
        assertEquals(
                "tales 1.0.0 needs its base: base 1.0.0 is installed with digest " + second.digest() + ", and "
                        + first.digest() + " is needed",
                refused);
        assertEquals(101, writes("base"));
    }

    @Test
    void anAdapterAndItsBaseServeFromTheStoreWhenTheirPacksHaveGone() throws IOException {
        FakePack ofBase = FakePack.generating("base", "1.0.0", "weights");
        Revision base = revisions.install(ofBase, ModelCard.read(ofBase), ANNA);
        activate("base", "1.0.0");
        FakePack pack = FakePack.adapter("tales", "1.0.0", base.id(), 7);
        Revision adapter = revisions.install(pack, ModelCard.read(pack), ANNA);
        activate("tales", "1.0.0");
        FakePack next = FakePack.generating("base", "2.0.0", "others");
        revisions.install(next, ModelCard.read(next), ANNA);
        activate("base", "2.0.0");
        revisions.withdraw(base, ofBase, ANNA);
        revisions.withdraw(adapter, pack, ANNA);
        assertEquals(base, revisions.installed().get(base.id().digest()), "an adapter serves on it");
        revisions.clean();
        assertEquals(108, writes("tales"));
        restart();
        resume();
        assertEquals(108, writes("tales"), "cards and files of both are kept");
        FakePack plain = FakePack.adapter(
                "tales", "2.0.0", revisions.installed().find("base", "2.0.0").id(), 9);
        revisions.install(plain, ModelCard.read(plain), ANNA);
        activate("tales", "2.0.0");
        assertNull(revisions.installed().get(base.id().digest()), "nobody needs it any more");
    }

    @Test
    void aNewLoaderRenewsBaseAndAdapter() throws IOException {
        base("1.0.0");
        activate("base", "1.0.0");
        install(7, "1.0.0", "base");
        activate("tales", "1.0.0");
        FakeGenerators next = new FakeGenerators();
        loaders.remove((TextGeneratorLoader) generators);
        loaders.add((TextGeneratorLoader) next);
        recorded().forEach(revisions::renew);
        assertEquals(0, generators.open.get(), "nothing of the old loader is left");
        assertEquals(2, next.open.get());
        assertEquals(108, writes("tales"));
    }

    @Test
    void whatDoesNotFitTheMemoryIsRefused() throws IOException {
        base("1.0.0");
        activate("base", "1.0.0");
        revisions.memory().configured(FakeGenerator.BYTES + 50);
        assertTrue(refusal(source(adapter(51), "1.0.0", "base")).contains("there is not enough memory for it"));
        install(50, "1.0.0", "base");
        activate("tales", "1.0.0");
        assertTrue(refusal(source(adapter(1), "2.0.0", "base")).contains("there is not enough memory for it"));
    }
}
