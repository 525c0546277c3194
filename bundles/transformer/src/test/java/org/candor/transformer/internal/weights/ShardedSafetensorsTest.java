package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedSafetensorsTest {

    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path folder;

    private void shard(String file, String... names) throws IOException {
        Map<String, StoredTensor> tensors = new TreeMap<>();
        for (String name : names) {
            byte[] one = {0, 0, (byte) 0x80, 0x3F};
            tensors.put(
                    name,
                    new StoredTensor(file, name, StoredType.F32, new long[] {1}, MemorySegment.ofArray(one), false));
        }
        SafetensorsWriter.write(folder.resolve(file), tensors);
    }

    private Checkpoint open(String weightMap) throws IOException {
        Files.writeString(folder.resolve(INDEX), "{\"weight_map\":" + weightMap + "}");
        return Checkpoint.open(Reference.files(folder, Map.of()));
    }

    private String refusal(String weightMap) {
        return assertThrows(ModelFormatException.class, () -> open(weightMap)).getMessage();
    }

    @Test
    void tensorsAreFoundInTheirShards() throws IOException {
        shard("one.safetensors", "a");
        shard("two.safetensors", "b");
        try (Checkpoint checkpoint = open("{\"b\":\"two.safetensors\",\"a\":\"one.safetensors\"}")) {
            assertEquals("two.safetensors", checkpoint.find("b").file());
            assertArrayEquals(new float[] {1}, checkpoint.find("a").vector(1));
            assertEquals(Set.of(), checkpoint.unused());
        }
    }

    @Test
    void aTensorThatTheIndexLeavesOutIsLeftOverNotHidden() throws IOException {
        shard("one.safetensors", "a", "hidden");
        try (Checkpoint checkpoint = open("{\"a\":\"one.safetensors\"}")) {
            checkpoint.find("a");
            assertEquals(Set.of("hidden"), checkpoint.unused());
        }
    }

    @Test
    void anIndexThatDoesNotFitIsRefusedByName() throws IOException {
        shard("one.safetensors", "a");
        shard("two.safetensors", "a", "b");
        assertEquals(
                INDEX + ": tensor a is in three.safetensors, which is missing",
                refusal("{\"a\":\"three.safetensors\"}"));
        assertTrue(refusal("{\"b\":\"one.safetensors\"}").startsWith("one.safetensors: tensor b is missing"));
        assertEquals(
                "two.safetensors: tensor a is also in one.safetensors",
                refusal("{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}"));
        assertEquals(INDEX + ": weight_map of tensor a must be a file name", refusal("{\"a\":1}"));
        assertEquals(INDEX + ": weight_map is missing or no object", refusal("[]"));
    }
}
