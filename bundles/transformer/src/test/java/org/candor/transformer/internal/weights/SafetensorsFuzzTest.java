package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a safetensors file holds, its tensors lie within it, or it is refused by name. */
class SafetensorsFuzzTest {

    private static final Mutation HEADER = new JsonMutation(
            List.of("dtype", "shape", "data_offsets", "__metadata__", "F32", "BF16", "F4", "I64", "format"));

    @TempDir
    private Path folder;

    @Test
    void mutatedFilesEndInAnAnswerOrARefusal() throws IOException {
        List<byte[]> examples = new ArrayList<>();
        try (Stream<Path> files = Files.list(Reference.resource("whole-safetensors"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList()) {
                examples.add(Files.readAllBytes(file));
            }
        }
        Mutation mutation = Mutation.anyOf(new ByteMutation(List.of(), 300), inHeader(), inHeader(), inHeader());
        new Fuzz("safetensors", examples, mutation).run(this::read);
    }

    /** Changes the JSON; most of the time the length before it, and the data behind it, follow. */
    private static Mutation inHeader() {
        return (input, other, random) -> {
            int length = headerLength(input);
            if (length < 0) {
                return input.clone();
            }
            int otherLength = Math.max(0, headerLength(other));
            byte[] header = HEADER.apply(
                    Arrays.copyOfRange(input, 8, 8 + length), Arrays.copyOfRange(other, 8, 8 + otherLength), random);
            int data = input.length - 8 - length;
            ByteBuffer changed = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
            changed.putLong(random.nextInt(10) == 0 ? length : header.length);
            return changed.put(header).put(input, 8 + length, data).array();
        };
    }

    private static int headerLength(byte[] file) {
        if (file.length < 8) {
            return -1;
        }
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return length < 0 || length > file.length - 8 ? -1 : (int) length;
    }

    private int files;

    private boolean read(byte[] input) throws IOException {
        // Files keep their names: on some systems a mapped file cannot be written again.
        Path file = Files.write(folder.resolve("f" + files++ + ".safetensors"), input);
        try (Arena arena = Arena.ofConfined()) {
            Safetensors read = Safetensors.map(file, arena);
            check(read, input.length);
            again(read, input, arena);
            return true;
        } catch (ModelFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith(file.getFileName().toString()), refusal.getMessage());
            assertTrue(refusal.getMessage().length() < 4_000 + 2 * input.length, "a message without end");
            return false;
        } finally {
            Files.delete(file);
        }
    }

    private static void check(Safetensors read, int size) throws ModelFormatException {
        long total = 0;
        for (StoredTensor tensor : read.tensors().values()) {
            total += tensor.data().byteSize();
            if (tensor.type().layout() != null && tensor.size() > 0) {
                float[] values = new float[Math.toIntExact(tensor.size())];
                tensor.copy(0, values, values.length);
            }
        }
        assertTrue(total <= size, total + " bytes of tensors in " + size);
    }

    /** What was read, written again, is read as the same. */
    private void again(Safetensors read, byte[] input, Arena arena) throws IOException {
        if (read.tensors().keySet().stream().anyMatch(name -> !name.matches("[ -!#-\\[\\]-~]*"))) {
            return;
        }
        Path file = folder.resolve("again" + files + ".safetensors");
        SafetensorsWriter.write(file, read.tensors());
        Map<String, StoredTensor> second = Safetensors.map(file, arena).tensors();
        Files.delete(file);
        assertEquals(read.tensors().keySet(), second.keySet());
        for (StoredTensor tensor : read.tensors().values()) {
            assertEquals(-1, tensor.data().mismatch(second.get(tensor.name()).data()), tensor.name());
        }
    }
}
