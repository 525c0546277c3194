package org.candor.transformer.internal.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.SmallDevice;
import org.junit.jupiter.api.Test;

/** What a model took of a device before its loading failed is given back, whatever it failed with. */
class MemoryTest {

    @Test
    void weightsAreGivenBackWhenMemoryRunsOut() {
        Path bert = Reference.resource("bert");
        try (CpuBackend cpu = Reference.cpu()) {
            SmallDevice device = new SmallDevice(cpu, 3);
            BertFamily family = new BertFamily(device, 64, 1);
            OutOfMemoryError e = assertThrows(
                    OutOfMemoryError.class,
                    () -> family.load(
                            Reference.files(Map.of(
                                    "config.json",
                                    bert.resolve("config.json"),
                                    "model.safetensors",
                                    bert.resolve("model.safetensors"))),
                            WeightType.F32,
                            BertLoader.Head.NONE));
            assertEquals("the device is full", e.getMessage());
            assertEquals(3, device.taken());
            assertEquals(0, device.held());
        }
    }
}
