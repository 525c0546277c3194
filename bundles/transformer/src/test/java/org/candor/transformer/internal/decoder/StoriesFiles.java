package org.candor.transformer.internal.decoder;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.candor.transformer.internal.weights.StoredType;

/** The files of llama2.c (karpathy/llama2.c, run.c and tokenizer.py say what is in them) as others name and write them. */
final class StoriesFiles {

    static final int BEGIN = 1;
    private static final int END = 2;
    private static final int SIZE = 512;
    /** A GGUF file's types of tokens. */
    private static final int NORMAL = 1;

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private static final String ADDED = "[%s,%s,%s]";
    private static final String NORMALIZER = """
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},\
            {"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]}""";
    private static final String POST_PROCESSOR = """
            {"type":"TemplateProcessing",\
            "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],\
            "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},\
            {"SpecialToken":{"id":"<s>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],\
            "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}""";
    private static final String DECODER = """
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},\
            {"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""";

    private StoriesFiles() {}

    /** The checkpoint of llama2.c in the files and names of transformers: config.json and model.safetensors. */
    static Map<String, Path> convert(Path checkpoint, Path model) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(checkpoint)).order(ByteOrder.LITTLE_ENDIAN);
        int hidden = bytes.getInt();
        int inner = bytes.getInt();
        int layers = bytes.getInt();
        int heads = bytes.getInt();
        int keyHeads = bytes.getInt();
        int vocabulary = bytes.getInt();
        int positions = bytes.getInt();
        int headSize = hidden / heads;
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        tensor(tensors, "model.embed_tokens.weight", bytes, vocabulary, hidden);
        String each = "model.layers.%d.";
        layers(tensors, each + "input_layernorm.weight", layers, bytes, hidden);
        halves(tensors, each + "self_attn.q_proj.weight", layers, bytes, heads, headSize, hidden);
        halves(tensors, each + "self_attn.k_proj.weight", layers, bytes, keyHeads, headSize, hidden);
        layers(tensors, each + "self_attn.v_proj.weight", layers, bytes, keyHeads * headSize, hidden);
        layers(tensors, each + "self_attn.o_proj.weight", layers, bytes, hidden, hidden);
        layers(tensors, each + "post_attention_layernorm.weight", layers, bytes, hidden);
        layers(tensors, each + "mlp.gate_proj.weight", layers, bytes, inner, hidden);
        layers(tensors, each + "mlp.down_proj.weight", layers, bytes, hidden, inner);
        layers(tensors, each + "mlp.up_proj.weight", layers, bytes, inner, hidden);
        tensor(tensors, "model.norm.weight", bytes, hidden);
        Path config = Files.writeString(model.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d, "max_position_embeddings": %d,
                 "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": true,
                 "bos_token_id": 1, "eos_token_id": [1, 2]}
                """.formatted(
                        hidden, inner, layers, heads, keyHeads, vocabulary, positions));
        return Map.of(
                "config.json",
                config,
                "model.safetensors",
                SafetensorsWriter.write(model.resolve("model.safetensors"), tensors));
    }

    private static void layers(
            Map<String, StoredTensor> tensors, String name, int layers, ByteBuffer bytes, int... shape) {
        for (int layer = 0; layer < layers; layer++) {
            tensor(tensors, name.formatted(layer), bytes, shape);
        }
    }

    private static void tensor(Map<String, StoredTensor> tensors, String name, ByteBuffer bytes, int... shape) {
        int count = 1;
        long[] dimensions = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            count *= shape[i];
            dimensions[i] = shape[i];
        }
        float[] values = new float[count];
        bytes.asFloatBuffer().get(values);
        bytes.position(bytes.position() + Float.BYTES * count);
        put(tensors, name, values, dimensions);
    }

    private static void put(Map<String, StoredTensor> tensors, String name, float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        tensors.put(
                name, new StoredTensor("stories", name, StoredType.F32, shape, MemorySegment.ofBuffer(data), false));
    }

    /** Rotary pairs are neighbours in llama2.c, and half a head apart in transformers. */
    private static void halves(
            Map<String, StoredTensor> tensors,
            String name,
            int layers,
            ByteBuffer bytes,
            int heads,
            int headSize,
            int hidden) {
        for (int layer = 0; layer < layers; layer++) {
            tensor(tensors, name.formatted(layer), bytes, heads * headSize, hidden);
            MemorySegment rows = tensors.get(name.formatted(layer)).data();
            float[] turned = new float[heads * headSize * hidden];
            for (int row = 0; row < heads * headSize; row++) {
                int in = row % headSize;
                int to = row - in + in / 2 + (in % 2) * (headSize / 2);
                for (int column = 0; column < hidden; column++) {
                    turned[to * hidden + column] =
                            rows.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (row * hidden + column));
                }
            }
            put(tensors, name.formatted(layer), turned, heads * headSize, hidden);
        }
    }

    /** The tokenizer of llama2.c as a GGUF file would hold it. */
    static EmbeddedVocabulary vocabulary(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.getInt(); // length of the longest token
        List<String> tokens = new ArrayList<>();
        float[] scores = new float[SIZE];
        int[] types = new int[scores.length];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = bytes.getFloat();
            byte[] text = new byte[bytes.getInt()];
            bytes.get(text);
            String token = new String(text, StandardCharsets.UTF_8);
            types[id] = switch (id) {
                case 0 -> UNKNOWN;
                case BEGIN, END -> CONTROL;
                default -> token.matches("<0x[0-9A-F]{2}>") ? BYTE : NORMAL;
            };
            tokens.add(types[id] == CONTROL ? token.strip() : token.replace(' ', '\u2581'));
        }
        return new EmbeddedVocabulary(
                "llama", null, tokens, scores, types, null, BEGIN, END, 0, true, false, true, false, null);
    }

    /**
     * The same tokenizer as a tokenizer.json. Pieces join in the order of their scores, so each way to divide one into two
     * others is a merge with the rank of its score.
     */
    static Path tokenizer(Path vocabularyFile, Path file) throws IOException {
        EmbeddedVocabulary vocabulary = vocabulary(vocabularyFile);
        List<String> tokens = vocabulary.tokens();
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            json.writeFieldName("added_tokens");
            json.writeRawValue(ADDED.formatted(special(0, tokens), special(BEGIN, tokens), special(END, tokens)));
            json.writeFieldName("normalizer");
            json.writeRawValue(NORMALIZER);
            json.writeNullField("pre_tokenizer");
            json.writeFieldName("post_processor");
            json.writeRawValue(POST_PROCESSOR);
            json.writeFieldName("decoder");
            json.writeRawValue(DECODER);
            json.writeObjectFieldStart("model");
            json.writeStringField("type", "BPE");
            json.writeStringField("unk_token", tokens.getFirst());
            json.writeBooleanField("fuse_unk", true);
            json.writeBooleanField("byte_fallback", true);
            json.writeObjectFieldStart("vocab");
            for (int id = 0; id < tokens.size(); id++) {
                json.writeNumberField(tokens.get(id), id);
            }
            json.writeEndObject();
            json.writeArrayFieldStart("merges");
            for (String[] merge : merges(vocabulary, ids)) {
                json.writeArray(merge, 0, merge.length);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
        return file;
    }

    private static List<String[]> merges(EmbeddedVocabulary vocabulary, Map<String, Integer> ids) {
        List<Integer> pieces = new ArrayList<>();
        for (int id = 0; id < SIZE; id++) {
            if (vocabulary.types()[id] == NORMAL) {
                pieces.add(id);
            }
        }
        pieces.sort(Comparator.comparing(id -> -vocabulary.scores()[id]));
        List<String[]> merges = new ArrayList<>();
        for (int id : pieces) {
            String piece = vocabulary.tokens().get(id);
            for (int cut = 1; cut < piece.length(); cut++) {
                Integer left = ids.get(piece.substring(0, cut));
                Integer right = ids.get(piece.substring(cut));
                if (left != null && right != null) {
                    merges.add(new String[] {piece.substring(0, cut), piece.substring(cut)});
                }
            }
        }
        return merges;
    }

    private static String special(int id, List<String> tokens) {
        return """
                {"id":%d,"content":"%s","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,\
                "special":true}""".formatted(id, tokens.get(id));
    }
}
