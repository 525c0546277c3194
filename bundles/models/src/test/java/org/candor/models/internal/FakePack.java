package org.candor.models.internal;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.candor.api.model.ModelId;

/** A pack in memory whose card is right unless a test damages it. */
final class FakePack implements ModelPack {

    final Map<String, byte[]> files = new TreeMap<>();

    /** @param weights anything; other weights give another digest */
    static FakePack of(String name, String version, String weights) {
        FakePack pack = new FakePack();
        pack.put("config.json", "{\"model_type\":\"fake\"}");
        pack.put("tokenizer.json", "{}");
        pack.put("model.bin", weights);
        pack.put(
                "selftest.json",
                "{\"tolerance\":0.001,\"cases\":[{\"text\":\"abc\",\"tokens\":3,\"vector\":[3.0,97.0]}]}");
        pack.card(name, version, "fake", """
                "tasks":["embed"],
                 "encoder":{"pooling":"first","normalize":true,"maxTokens":16,"queryPrefix":"q: ","weights":"F32"}""");
        return pack;
    }

    /** One whose model writes as {@link FakeGenerator} does. */
    static FakePack generating(String name, String version, String weights) {
        FakePack pack = new FakePack();
        pack.put("config.json", "{\"model_type\":\"writing\"}");
        pack.put("model.safetensors", weights);
        pack.put("selftest.json", """
                {"tolerance":0.001,"cases":[{"prompt":[1,2,3],"logprob":-0.25,
                 "ids":[4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]}]}""");
        pack.card(name, version, FakeGenerators.FAMILY, """
                "tasks":["generate"],
                 "generator":{"weights":"F32","maxTokens":512,"cacheTokens":4096,"blockTokens":16}""");
        return pack;
    }

    /** An adapter of one that writes, which adds {@code more} to each token. */
    static FakePack adapter(String name, String version, ModelId base, int more) {
        FakePack pack = new FakePack();
        pack.put("adapter_config.json", "{}");
        pack.put("adapter_model.safetensors", String.valueOf(more));
        pack.put(
                "selftest.json",
                "{\"tolerance\":0.001,\"cases\":[{\"prompt\":[1],\"logprob\":-0.25,\"ids\":"
                        + IntStream.rangeClosed(2, 17)
                                .map(id -> id + more)
                                .boxed()
                                .toList() + "}]}");
        pack.card(name, version, AdapterFolder.FAMILY, """
                "tasks":["generate"],
                 "adapter":{"base":{"name":"%s","version":"%s","digest":"%s"}}""".formatted(base.name(), base.version(), base.digest()));
        return pack;
    }

    private void card(String name, String version, String family, String use) {
        StringBuilder listed = new StringBuilder();
        files.forEach((file, content) -> listed.append(listed.isEmpty() ? "" : ",")
                .append("\"%s\":{\"sha256\":\"%s\",\"bytes\":%d}".formatted(file, sha256(content), content.length)));
        put("card.json", """
                {"name":"%s","version":"%s","family":"%s",%s,
                 "files":{%s}}""".formatted(name, version, family, use, listed));
    }

    /** Replaces a part of a file, once it is there. */
    void replace(String file, String part, String other) {
        String content = new String(files.get(file), StandardCharsets.UTF_8);
        if (!content.contains(part)) {
            throw new IllegalArgumentException(file + " does not contain " + part);
        }
        put(file, content.replace(part, other));
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(ModelCard.sha256().digest(content));
    }

    void put(String file, String content) {
        files.put(file, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String location() {
        return "fake pack";
    }

    @Override
    public Set<String> names() {
        return files.keySet();
    }

    @Override
    public InputStream open(String file) throws FileNotFoundException {
        byte[] content = files.get(file);
        if (content == null) {
            throw new FileNotFoundException(location() + " has no MODEL/" + file);
        }
        return new ByteArrayInputStream(content);
    }
}
