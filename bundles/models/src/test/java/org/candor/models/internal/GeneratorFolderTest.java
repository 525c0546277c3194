package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelLoader;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.TextEncoder;
import org.junit.jupiter.api.Test;

/** Models that write become packs by reference, wherever they lie. */
final class GeneratorFolderTest extends FoldersFixture {

    private Path huggingFace(String name, String... more) throws IOException {
        Path at = Files.createDirectories(folder.resolve(name));
        Files.writeString(at.resolve("config.json"), "{\"model_type\":\"writing\"}");
        Files.writeString(at.resolve("model.safetensors"), "weights");
        Files.writeString(at.resolve("README.md"), "none of the model's files");
        for (String file : more) {
            Files.writeString(at.resolve(file), "{}");
        }
        return at;
    }

    private Path gguf(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, FakeGenerators.FAMILY);
    }

    private ModelRevision install(Path path) {
        return folders.install(ModelSource.of(path), ANNA);
    }

    private String refusal(ModelSource source) {
        return assertThrows(ModelRefusedException.class, () -> folders.install(source, ANNA))
                .getMessage();
    }

    private static Map<?, ?> generator(ModelRevision revision) {
        return (Map<?, ?>) revision.card().get("generator");
    }

    private Set<String> files() {
        return generators.files.files().keySet();
    }

    @Test
    void aFolderWithATokenizerIsTestedWithTexts() throws IOException {
        Path at = huggingFace("tiny-1.0.0", "tokenizer.json", "tokenizer_config.json", "generation_config.json");
        Files.writeString(at.resolve("chat_template.jinja"), "{{ messages }}");
        ModelRevision revision = install(at);
        assertEquals("tiny", revision.id().name());
        assertEquals("writing", revision.family());
        assertEquals(Set.of("generate"), revision.tasks());
        assertEquals(ModelState.CLOSED, revision.state(), "tested, and let go");
        assertEquals(SelfTest.TEXTS.size(), revision.selfTest().cases());
        assertEquals(List.of(), revision.card().get("notes"));
        assertEquals(
                Set.of(
                        "config.json",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "generation_config.json",
                        "chat_template.jinja",
                        "selftest.json"),
                files());
        assertEquals(
                Map.of("weights", "F32", "maxTokens", 20_000, "cacheTokens", 65_536, "blockTokens", 16),
                generator(revision),
                "no text is longer than the cache");
        assertEquals(0, generators.open.get());
        restart();
        revisions.activate("tiny", "1.0.0", ANNA);
        try (ModelLease<TextGenerator> lease = revisions.routes().lease("tiny", TextGenerator.class)) {
            assertEquals(20_000, lease.model().maxTokens());
        }
        assertEquals(0, revisions.usage().bytes(), "the weights stay where they are");
    }

    @Test
    void whatItWritesLaterHasToBeWhatItWroteWhenItWasInstalled() throws IOException {
        install(huggingFace("tiny-1.0.0", "tokenizer.json"));
        generators.off = 1;
        assertTrue(assertThrows(ModelRefusedException.class, () -> revisions.activate("tiny", "1.0.0", ANNA))
                .getMessage()
                .contains("self-test case 0: token 0 that follows"));
    }

    @Test
    void aFolderWithoutATokenizerSaysThatItTakesTokenIds() throws IOException {
        generators.positions = 512;
        ModelRevision revision = install(huggingFace("tiny-1.0.0"));
        assertEquals(1, revision.selfTest().cases());
        assertEquals(
                List.of("requests give token ids, because the folder has no tokenizer.json"),
                revision.card().get("notes"));
        assertEquals(512, generator(revision).get("maxTokens"));
    }

    /** A token takes a byte in these models. */
    @Test
    void theCacheIsAsLargeAsTheMemoryForItAllows() throws IOException {
        revisions.memory().configuredCache(10_007);
        assertEquals(10_000, generator(install(huggingFace("one-1.0.0"))).get("cacheTokens"), "whole blocks of 16");
        revisions.memory().configuredCache(0);
        revisions.memory().configured(80_000);
        ModelRevision eighth = install(huggingFace("two-1.0.0"));
        assertEquals(10_000, generator(eighth).get("cacheTokens"));
        assertEquals(10_000, generators.settings.cacheTokens());
        assertEquals(eighth, install(folder.resolve("two-1.0.0")), "the same again, whatever is loaded meanwhile");
        revisions.memory().configured(2_500);
        assertEquals(
                CacheRoom.FEWEST, generator(install(huggingFace("three-1.0.0"))).get("cacheTokens"));
        revisions.memory().configured(2_000);
        String refused = refusal(ModelSource.of(huggingFace("four-1.0.0")));
        assertTrue(refused.contains("there is not enough memory for it: about 2"), refused);
    }

    @Test
    void theCacheIsHeldAsConfiguredAndItsBytesGiveMoreTokensThen() throws IOException {
        revisions.memory().configuredCache(10_007);
        revisions.memory().configuredCacheType(CacheType.BF16);
        ModelRevision half = install(huggingFace("one-1.0.0"));
        assertEquals("BF16", generator(half).get("cache"));
        assertEquals(CacheType.BF16, generators.settings.cache());
        assertEquals(20_000, generator(half).get("cacheTokens"), "whole blocks of 16, of half a byte each");
        revisions.memory().configuredCacheType(CacheType.F32);
        assertFalse(generator(install(huggingFace("two-1.0.0"))).containsKey("cache"));
    }

    @Test
    void theTypeOfTheWeightsIsTheInstallersChoice() throws IOException {
        Path at = huggingFace("tiny-1.0.0");
        ModelRevision revision = folders.install(new ModelSource(at, "mini", "2.1", WeightType.BF16), ANNA);
        assertEquals("BF16", generator(revision).get("weights"));
        assertEquals(WeightType.BF16, generators.settings.weights());
    }

    @Test
    void anEncoderAndAPackHaveNoSuchChoice() throws IOException {
        loaders.add(new ModelLoader() {
            @Override
            public boolean supports(String family) {
                return family.equals("fake");
            }

            @Override
            public TextEncoder loadEncoder(ModelFiles files, EncoderSettings settings) {
                throw new IllegalStateException("it is refused before");
            }
        });
        Path at = huggingFace("tiny-1.0.0", "tokenizer.json");
        Files.writeString(at.resolve("config.json"), "{\"model_type\":\"fake\"}");
        assertTrue(refusal(new ModelSource(at, null, null, WeightType.BF16)).contains("for models that write only"));
        Path pack = Files.createDirectories(folder.resolve("pack"));
        for (Map.Entry<String, byte[]> file :
                FakePack.generating("stories", "1.0.0", "w").files.entrySet()) {
            Files.write(pack.resolve(file.getKey()), file.getValue());
        }
        assertTrue(
                refusal(new ModelSource(pack, null, null, WeightType.F32)).contains("card.json says how its weights"));
        assertEquals(Set.of("generate"), install(pack).tasks());
    }

    @Test
    void ofShardsAllAreTakenThatTheIndexNames() throws IOException {
        Path at = huggingFace("tiny-1.0.0", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
        Files.delete(at.resolve("model.safetensors"));
        Files.writeString(at.resolve("consolidated.safetensors"), "the same again");
        Files.writeString(
                at.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}");
        install(at);
        assertEquals(
                Set.of(
                        "config.json",
                        "model.safetensors.index.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "selftest.json"),
                files());
        Path other = huggingFace("tiny-2.0.0");
        Files.delete(other.resolve("model.safetensors"));
        Files.copy(at.resolve("model.safetensors.index.json"), other.resolve("model.safetensors.index.json"));
        assertTrue(refusal(ModelSource.of(other)).contains("model-00001-of-00002.safetensors is missing, which"));
        for (String elsewhere : List.of("../tiny-1.0.0/config.json", "/", "", "\\u0000")) {
            Files.writeString(
                    other.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"a\":\"" + elsewhere + "\"}}");
            assertTrue(refusal(ModelSource.of(other)).contains("is missing, which"), elsewhere);
        }
    }

    @Test
    void aGgufFileIsAModelByItself() throws IOException {
        gguf("models/other-7b.gguf");
        Path file = gguf("models/Tiny-v1.0-Q8.gguf");
        Files.writeString(file.resolveSibling("tokenizer.json"), "of whatever model");
        ModelRevision revision = install(file);
        assertEquals("tiny", revision.id().name());
        assertEquals("1.0-q8", revision.id().version());
        assertEquals("STORED", generator(revision).get("weights"), "as the file has them");
        assertEquals(Set.of("Tiny-v1.0-Q8.gguf", "selftest.json"), files());
        restart();
        revisions.activate("tiny", "1.0-q8", ANNA);
        Files.writeString(file, "writing!");
        assertTrue(revisions.verify("tiny", "1.0-q8", ANNA).reason().isEmpty(), "what is loaded is loaded");
        restart();
        assertTrue(revisions.verify("tiny", "1.0-q8", ANNA).reason().contains("another content"));
    }

    @Test
    void aGgufModelInPartsIsTakenWhole() throws IOException {
        gguf("models/tiny-v1.0-00001-of-00002.gguf");
        Path second = gguf("models/tiny-v1.0-00002-of-00002.gguf");
        ModelRevision revision = install(second);
        assertEquals("1.0", revision.id().version());
        Set<String> parts = Set.of("tiny-v1.0-00001-of-00002.gguf", "tiny-v1.0-00002-of-00002.gguf", "selftest.json");
        assertEquals(parts, files());
        folders.install(new ModelSource(second.getParent(), "whole", "1", null), ANNA);
        assertEquals(parts, files());
    }

    @Test
    void aFolderWithSeveralGgufModelsNeedsAChoice() throws IOException {
        Path file = gguf("models-1/a.gguf");
        gguf("models-1/b.gguf");
        assertTrue(refusal(ModelSource.of(file.getParent()))
                .endsWith("holds the models [a, b]: give the path of one of their files"));
        assertEquals(
                "a",
                folders.install(new ModelSource(file, "a", "1", null), ANNA)
                        .id()
                        .name());
    }

    @Test
    void whatIsNoModelIsRefusedAndNothingIsKept() throws IOException {
        Path at = huggingFace("tiny-1.0.0");
        assertTrue(
                refusal(ModelSource.of(at.resolve("README.md"))).contains("neither a folder nor a file that ends in"));
        Path foreign = gguf("x-1.gguf");
        Files.writeString(foreign, "mamba");
        assertTrue(refusal(ModelSource.of(foreign)).contains("models of family mamba are not supported"));
        assertTrue(refusal(ModelSource.of(gguf("home/tiny-1.0.gguf"))).contains("server's own folder"));
        Files.createSymbolicLink(folder.resolve("linked-1.0.gguf"), gguf("home/inner.gguf"));
        assertTrue(refusal(ModelSource.of(folder.resolve("linked-1.0.gguf"))).contains("into the server's own folder"));
        generators.less = Double.NaN;
        assertTrue(refusal(ModelSource.of(at)).contains("computes no usable scores"));
        generators.less = 0;
        generators.positions = 20;
        assertTrue(refusal(ModelSource.of(at)).contains("takes 20 tokens, which are too few for a self-test"));
        generators.positions = 512;
        revisions.memory().configured(2_047);
        assertTrue(refusal(ModelSource.of(at)).contains("not enough memory"));
        Files.delete(at.resolve("model.safetensors"));
        assertTrue(refusal(ModelSource.of(at)).contains("no weights: a file that ends in .safetensors or .gguf"));
        Files.delete(at.resolve("config.json"));
        assertTrue(refusal(ModelSource.of(at)).contains("config.json is missing"));
        assertEquals(List.of(), revisions.installed().describe());
        assertEquals(0, generators.open.get());
        try (var records = Files.list(home.resolve("models/references"))) {
            assertFalse(records.findAny().isPresent());
        }
    }
}
