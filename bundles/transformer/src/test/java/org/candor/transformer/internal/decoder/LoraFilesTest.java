package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.StoredTensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that are damaged, ask for something else or do not fit are refused with the reason. */
class LoraFilesTest {

    private static final List<String> TARGETS = List.of("c_attn", "c_proj");
    private static final String FIRST = "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight";

    @TempDir
    private Path folder;

    private CpuBackend backend;
    private DecoderConfiguration base;
    private Generator generator;

    @BeforeEach
    void load() throws IOException {
        backend = Reference.cpu();
        Path there = DecoderReference.folder("gpt2");
        base = LoraFiles.base(there);
        generator = new DecoderFamily(backend)
                .generator(Reference.files(there, Map.of()), new GeneratorSettings(WeightType.F32, 0, 64, 8));
    }

    @AfterEach
    void close() {
        generator.close();
        backend.close();
    }

    private String refusal(String config, Map<String, StoredTensor> tensors) throws IOException {
        ModelFiles files = LoraFiles.write(folder, config, tensors);
        return assertThrows(ModelFormatException.class, () -> generator.adapt(files))
                .getMessage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"peft_type\": \"LOHA\" | peft_type \"LOHA\" is not supported (allowed: LORA)",
                "\"task_type\": \"SEQ_CLS\" | task_type \"SEQ_CLS\" is not supported (allowed: CAUSAL_LM)",
                "\"task_type\": null | task_type is missing (allowed: CAUSAL_LM)",
                "\"r\": 0 | r \"0\" is not supported (allowed: a whole number from 1 to 1024)",
                "\"r\": 1025 | r \"1025\" is not supported (allowed: a whole number from 1 to 1024)",
                "\"lora_alpha\": -1 | lora_alpha \"-1\" is not supported",
                "\"bias\": \"all\" | bias \"all\" is not supported (allowed: none)",
                "\"lora_bias\": true | lora_bias \"true\" is not supported",
                "\"use_dora\": true | use_dora \"true\" is not supported",
                "\"layers_to_transform\": [0] | layers_to_transform \"[0]\" is not supported",
                "\"init_lora_weights\": \"pissa\" | init_lora_weights \"pissa\" is not supported",
                "\"something_new\": 3 | something_new \"3\" is not supported (allowed: absent, null, false or empty)",
                "\"target_modules\": [] | target_modules \"[]\" is not supported",
                "\"target_modules\": \".*attn\" | target_modules \".*attn\" is not supported",
                "\"target_modules\": [\"q_proj\"] | target_modules \"q_proj\" is no linear layer of a block of this gpt2"
                        + " model (allowed: c_attn, c_fc, c_proj)",
                "\"target_modules\": [\"lm_head\"] | target_modules \"lm_head\" is no linear layer",
                "\"rank_pattern\": {\"c_(attn)?\": 2} | rank_pattern.c_(attn)? \"2\" is not supported",
                "\"rank_pattern\": {\"c_attn\": 0} | rank_pattern.c_attn \"0\" is not supported",
                "\"alpha_pattern\": {\"c_attn\": \"x\"} | alpha_pattern.c_attn \"x\" is not supported"
            })
    void whatIsNotSupportedIsRefusedByKey(String member, String message) throws IOException {
        String key = member.substring(0, member.indexOf(':'));
        String config = LoraFiles.config(TARGETS, 4, 8);
        Map<String, Object> plain = StrictJson.object(Files.writeString(folder.resolve("plain.json"), config));
        // The key's own value, where it is there, gives way.
        String name = key.replace("\"", "");
        String changed = plain.containsKey(name)
                ? config.replaceFirst(key + ": (\\[[^]]*]|[^,}]+)", java.util.regex.Matcher.quoteReplacement(member))
                : config.replace("{\"peft", "{" + member + ", \"peft");
        String refusal = refusal(changed, LoraFiles.tensors(base, TARGETS, 4, 1));
        assertTrue(refusal.startsWith("adapter_config.json: " + message), refusal);
    }

    @Test
    void everyTensorIsThereAndFits() throws IOException {
        String config = LoraFiles.config(TARGETS, 4, 8);
        Map<String, StoredTensor> tensors = LoraFiles.tensors(base, TARGETS, 4, 1);
        generator.adapt(LoraFiles.write(folder, config, tensors)).close();

        Map<String, StoredTensor> missing = new LinkedHashMap<>(tensors);
        missing.remove(FIRST);
        assertEquals(
                "adapter_model.safetensors: missing tensors that adapter_config.json and the base ask for: " + FIRST,
                refusal(config, missing));

        Map<String, StoredTensor> more = new LinkedHashMap<>(tensors);
        more.put("base_model.model.lm_head.weight", LoraFiles.tensor("x", new float[4], 2, 2));
        assertEquals(
                "adapter_model.safetensors: tensors that no adapted layer of the base takes:"
                        + " base_model.model.lm_head.weight",
                refusal(config, more));

        Map<String, StoredTensor> other = new LinkedHashMap<>(tensors);
        other.put(FIRST, LoraFiles.tensor(FIRST, new float[12], 4, 3));
        String refusal = refusal(config, other);
        assertTrue(refusal.contains(FIRST + " has shape [4, 3]"), refusal);

        refusal = refusal(LoraFiles.config(TARGETS, 3, 8), tensors);
        assertTrue(refusal.contains("has shape [4, "), refusal);
    }

    @Test
    void filesAreMissedByName() throws IOException {
        Map<String, Path> files = new LinkedHashMap<>(
                LoraFiles.write(folder, LoraFiles.config(TARGETS, 4, 8), LoraFiles.tensors(base, TARGETS, 4, 1))
                        .files());
        files.put("adapter_model.bin", files.remove("adapter_model.safetensors"));
        assertEquals(
                "test: adapter_model.safetensors is missing; adapter_model.bin is a pickle, and reading one can run any code"
                        + " in it",
                assertThrows(ModelFormatException.class, () -> generator.adapt(Reference.files(files)))
                        .getMessage());
        assertEquals(
                "test: adapter_config.json is missing",
                assertThrows(ModelFormatException.class, () -> generator.adapt(Reference.files(Map.of())))
                        .getMessage());
    }

    @Test
    void aModelWithAnEncoderTakesNone() throws IOException {
        ModelFiles files =
                LoraFiles.write(folder, LoraFiles.config(TARGETS, 4, 8), LoraFiles.tensors(base, TARGETS, 4, 1));
        try (Generator withEncoder = new DecoderFamily(backend)
                .generator(
                        Reference.files(DecoderReference.folder("t5-gated"), Map.of()),
                        new GeneratorSettings(WeightType.F32, 64, 64, 8))) {
            ModelFormatException refusal = assertThrows(ModelFormatException.class, () -> withEncoder.adapt(files));
            assertTrue(refusal.getMessage().contains("its base is a t5 model"), refusal.getMessage());
        }
    }

    @Test
    void aNameEndsBehindADot() {
        LoraConfiguration.NameEnd end = new LoraConfiguration.NameEnd("attn.c_proj", false);
        assertTrue(end.matches("transformer.h.0.attn.c_proj"));
        assertTrue(end.matches("attn.c_proj"));
        assertFalse(end.matches("transformer.h.0.cross_attn.c_proj"));
        assertFalse(new LoraConfiguration.NameEnd("attn.c_proj", true).matches("transformer.h.0.attn.c_proj"));
    }

    @Test
    void mutatedConfigurationsAreReadOrRefused() throws IOException {
        String patterns = "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"r\": 4, \"lora_alpha\": 8,"
                + " \"target_modules\": [\"c_attn\"], \"rank_pattern\": {\"h\\\\.0\\\\.attn\\\\.c_attn\": 2},"
                + " \"alpha_pattern\": {\"^transformer.h.1.attn.c_attn$\": 3.5}, \"use_rslora\": true, \"bias\": \"none\","
                + " \"modules_to_save\": null, \"loftq_config\": {}, \"init_lora_weights\": \"gaussian\"}";
        List<byte[]> examples = List.of(
                patterns.getBytes(StandardCharsets.UTF_8),
                LoraFiles.config(List.of("all-linear", "c_proj"), 8, 16).getBytes(StandardCharsets.UTF_8));
        List<String> words = List.of(
                "LORA",
                "CAUSAL_LM",
                "r",
                "lora_alpha",
                "target_modules",
                "all-linear",
                "rank_pattern",
                "alpha_pattern",
                "use_rslora",
                "use_dora",
                "modules_to_save",
                "bias",
                "none",
                "init_lora_weights",
                "pissa",
                "^",
                "$");
        new Fuzz("adapter-configuration", examples, Mutation.anyOf(new JsonMutation(words)))
                .rounds(2_500)
                .run(this::read);
    }

    private boolean read(byte[] input) throws IOException {
        Path file = Files.write(folder.resolve("adapter_config.json"), input);
        try {
            LoraConfiguration read = LoraConfiguration.read(ConfigurationKeys.read(file));
            for (LoraModule module : LoraModule.of(base)) {
                read.targets(module.name());
                assertTrue(read.rank(module.name()) >= 1 && read.rank(module.name()) <= LoraConfiguration.MOST_RANK);
                assertTrue(read.scale(module.name()) > 0 && Double.isFinite(read.scale(module.name())));
            }
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith("adapter_config.json"), refusal.getMessage());
            return false;
        }
    }
}
