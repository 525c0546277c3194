package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.candor.api.model.ModelFiles;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.candor.transformer.internal.weights.StoredType;

/** Writes adapters of random numbers as PEFT does. */
final class LoraFiles {

    private LoraFiles() {}

    /** An F32 tensor. */
    static StoredTensor tensor(String name, float[] values, long... shape) {
        MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
        for (int i = 0; i < values.length; i++) {
            data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, values[i]);
        }
        return new StoredTensor("test", name, StoredType.F32, shape, data, false);
    }

    static String config(List<String> targets, int rank, double alpha) {
        return "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"r\": " + rank + ", \"lora_alpha\": " + alpha
                + ", \"target_modules\": "
                + targets.stream().map(target -> '"' + target + '"').collect(Collectors.joining(", ", "[", "]"))
                + "}";
    }

    /** The tensors of an adapter on all modules of a base whose names end in a target. */
    static Map<String, StoredTensor> tensors(DecoderConfiguration base, List<String> targets, int rank, long seed) {
        Random random = new Random(seed);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (LoraModule module : LoraModule.of(base)) {
            if (targets.stream().anyMatch(target -> module.name().endsWith("." + target))) {
                String name = "base_model.model." + module.name();
                String a = name + ".lora_A.weight";
                String b = name + ".lora_B.weight";
                tensors.put(a, tensor(a, numbers(random, rank * module.inputs()), rank, module.inputs()));
                tensors.put(b, tensor(b, numbers(random, module.outputs() * rank), module.outputs(), rank));
            }
        }
        return tensors;
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (0.2 * random.nextGaussian());
        }
        return numbers;
    }

    static ModelFiles write(Path folder, String config, Map<String, StoredTensor> tensors) throws IOException {
        Files.createDirectories(folder);
        return Reference.files(Map.of(
                "adapter_config.json", Files.writeString(folder.resolve("adapter_config.json"), config),
                "adapter_model.safetensors",
                        SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), tensors)));
    }

    static ModelFiles write(Path folder, DecoderConfiguration base, List<String> targets, int rank, long seed)
            throws IOException {
        return write(folder, config(targets, rank, 2 * rank), tensors(base, targets, rank, seed));
    }

    /** config.json of a reference model. */
    static DecoderConfiguration base(Path folder) throws IOException {
        return DecoderConfiguration.read(ConfigurationKeys.read(folder.resolve("config.json")), null);
    }

    /** Ends of the names of all layers that may be adapted. */
    static List<String> targets(DecoderConfiguration base) {
        return LoraModule.of(base).stream()
                .map(module -> module.name().substring(module.name().lastIndexOf('.') + 1))
                .distinct()
                .toList();
    }
}
