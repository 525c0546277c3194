package org.candor.itests;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.candor.proof.Json;
import org.candor.proof.SigningKey;

/**
 * Model packs of 300 KB around the reference BERT of the transformer's tests. A pack is a map of files whose card says the
 * truth until a test changes one of them.
 */
final class TinyPack {

    private static final Path WEIGHTS =
            Server.root().resolve("bundles/transformer/src/test/resources/reference/bert/model.safetensors");

    final String name;
    final String version;
    /** Without the card, which {@link #card} makes of them and of {@link #values}. */
    final Map<String, byte[]> files = new TreeMap<>();

    final Map<String, Object> values;
    /** Another content than the one the card was made of. */
    final Map<String, byte[]> damaged = new TreeMap<>();
    /** What signs it, or null. */
    SigningKey key;

    private TinyPack(String name, String version, Map<String, Object> values) {
        this.name = name;
        this.version = version;
        this.values = values;
    }

    /** The model as Hugging Face publishes one. */
    static void huggingFace(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(WEIGHTS, folder.resolve("model.safetensors"));
        Files.copy(WEIGHTS.resolveSibling("config.json"), folder.resolve("config.json"));
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]").forEach(token -> vocabulary.put(token, vocabulary.size()));
        for (String prefix : List.of("", "##")) {
            for (char letter = 'a'; letter <= 'z'; letter++) {
                vocabulary.put(prefix + letter, vocabulary.size());
            }
        }
        Files.writeString(folder.resolve("tokenizer.json"), Json.write(tokenizer(vocabulary)));
    }

    private static Map<String, Object> tokenizer(Map<String, Object> vocabulary) {
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("version", "1.0");
        tokenizer.put("normalizer", Map.of("type", "BertNormalizer", "lowercase", true));
        tokenizer.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
        tokenizer.put(
                "post_processor",
                Map.of("type", "BertProcessing", "cls", List.of("[CLS]", 2), "sep", List.of("[SEP]", 3)));
        tokenizer.put(
                "model",
                Map.of(
                        "type", "WordPiece",
                        "unk_token", "[UNK]",
                        "continuing_subword_prefix", "##",
                        "max_input_chars_per_word", 100,
                        "vocab", vocabulary));
        return tokenizer;
    }

    /** A pack of the folder, with the card and self-test that the server made of it when it was installed. */
    static TinyPack of(Path folder, Path reference, String name, String version) throws IOException {
        Map<String, Object> card = new LinkedHashMap<>(Server.json(Files.readString(reference.resolve("card.json"))));
        card.put("name", name);
        card.put("version", version);
        TinyPack pack = new TinyPack(name, version, card);
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            pack.files.put(file, Files.readAllBytes(folder.resolve(file)));
        }
        // The server keeps content by its digest: with the same weights, it would not need those of the pack. This is
        // the lowest
        // byte of the last number, which moves no vector that one could see.
        byte[] weights = pack.files.get("model.safetensors");
        weights[weights.length - Float.BYTES] = (byte) version.hashCode();
        pack.files.put("selftest.json", Files.readAllBytes(reference.resolve("selftest.json")));
        return pack;
    }

    private byte[] card() {
        Map<String, Object> listed = new TreeMap<>();
        files.forEach(
                (file, content) -> listed.put(file, Map.of("sha256", sha256(content), "bytes", (long) content.length)));
        values.put("files", listed);
        return Json.write(values).getBytes(StandardCharsets.UTF_8);
    }

    /** The digest of the revision. */
    String digest() {
        Map<String, byte[]> all = new TreeMap<>(files);
        all.put("card.json", card());
        StringBuilder lines = new StringBuilder();
        all.forEach((file, content) ->
                lines.append(sha256(content)).append("  ").append(file).append('\n'));
        return "sha256:" + sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The signature that {@link #key} makes. */
    String signature() {
        return key.sign("candor.org/model-pack/v1\n" + name + " " + version + "\n" + digest() + "\n");
    }

    /** Writes it as a bundle. */
    void write(Path jar) throws IOException {
        Map<String, byte[]> all = new TreeMap<>(files);
        all.put("card.json", card());
        if (key != null) {
            all.put("card.sig", signature().getBytes(StandardCharsets.UTF_8));
        }
        all.putAll(damaged);
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.example." + name + "-" + version.replace('.', '_'));
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue(
                "Provide-Capability",
                "org.candor.model;name=\"" + name + "\";version:Version=\"" + version
                        + "\";family=bert;task:List<String>=embed");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> file : all.entrySet()) {
                zip.putNextEntry(new ZipEntry("MODEL/" + file.getKey()));
                zip.write(file.getValue());
            }
        }
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
