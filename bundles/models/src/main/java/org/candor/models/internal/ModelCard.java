package org.candor.models.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackKind;

/**
 * The card.json of a pack: what the model is, how it is used, and the digest of every other file. The revision's digest
 * is the SHA-256 of one line {@code <sha256 hex>  <name>\n} per file, the card included, sorted by name: what {@code
 * sha256sum *|sha256sum} prints in the pack's MODEL folder.
 *
 * @param id name, version and digest
 * @param family the {@code model_type}
 * @param tasks for example {@code embed}, {@code generate}
 * @param use how it is used for the one task that a route can have, or null where it has none or several of these
 * @param files SHA-256 in hexadecimal and size by name, the card itself left out
 * @param values the card as JSON values
 * @param json the card as it is, not to be changed
 */
record ModelCard(
        ModelId id,
        String family,
        Set<String> tasks,
        ModelUse use,
        Map<String, FileDigest> files,
        Map<String, Object> values,
        byte[] json) {

    /** Most bytes of a card. */
    static final int MAX_BYTES = 1 << 20;

    /** Names and versions of models. */
    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    /** Names of a pack's files. */
    static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * @param sha256 64 hexadecimal digits
     * @param bytes size
     */
    record FileDigest(String sha256, long bytes) {}

    /** Reads a pack's card. */
    static ModelCard read(ModelPack pack) throws IOException {
        byte[] json;
        try (InputStream in = pack.open("card.json")) {
            json = in.readNBytes(MAX_BYTES + 1);
        }
        if (json.length > MAX_BYTES) {
            throw new ModelFormatException(pack.location() + ": card.json is larger than " + MAX_BYTES + " bytes");
        }
        ModelCard card = read(pack.location(), json);
        card.covers(pack.location(), pack.names());
        return card;
    }

    /**
     * Reads a card.
     *
     * @param location of the pack, for messages
     * @throws ModelFormatException naming location, key and what is allowed
     */
    static ModelCard read(String location, byte[] json) throws ModelFormatException {
        Map<String, Object> values;
        try {
            values = JSON.readValue(json, new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (JacksonException e) {
            throw new ModelFormatException(location + ": card.json is no JSON object: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ModelFormatException(location + ": card.json cannot be read: " + e.getMessage(), e);
        }
        if (values == null) {
            throw new ModelFormatException(location + ": card.json is no JSON object");
        }
        CardReader card = new CardReader(location, values);
        String name = card.matching("name", NAME);
        String version = card.matching("version", NAME);
        String family = card.matching("family", NAME);
        Set<String> tasks = new TreeSet<>();
        for (Object task : card.list("tasks")) {
            tasks.add(String.valueOf(task));
        }
        if (tasks.isEmpty()
                || !tasks.stream().allMatch(task -> NAME.matcher(task).matches())) {
            throw new ModelFormatException(location + ": card.json: tasks are " + tasks + ", names are needed");
        }
        Map<String, FileDigest> files = new TreeMap<>();
        for (Map.Entry<String, Object> entry : card.object("files").entrySet()) {
            CardReader file = new CardReader(location, card.object("files"), "files.").inside(entry.getKey());
            if (!FILE.matcher(entry.getKey()).matches() || entry.getKey().equals("card.json")) {
                throw new ModelFormatException(location + ": card.json: files: \"" + entry.getKey()
                        + "\" is no name of a pack's file (letters, digits, dot, dash and underscore)");
            }
            files.put(
                    entry.getKey(), new FileDigest(file.matching("sha256", SHA256), file.whole("bytes", 0, 1L << 40)));
        }
        Task task = Task.of(tasks);
        boolean adapter = values.containsKey(ModelUse.Adapting.KEY);
        for (String needed : needed(task, adapter, files.keySet())) {
            if (!files.containsKey(needed)) {
                throw new ModelFormatException(location + ": card.json: files lists no " + needed);
            }
        }
        return new ModelCard(
                new ModelId(name, version, digest(files, json)),
                family,
                tasks,
                task == null ? null : card.use(task),
                files,
                values,
                json);
    }

    /** A model that writes may serve token ids alone; a GGUF file has the configuration in itself, an adapter that of its base. */
    private static List<String> needed(Task task, boolean adapter, Set<String> files) {
        if (task != Task.GENERATE) {
            return List.of("config.json", "tokenizer.json", "selftest.json");
        }
        if (adapter) {
            return List.of(AdapterFolder.CONFIG, AdapterFolder.WEIGHTS, "selftest.json");
        }
        return files.stream().anyMatch(name -> name.endsWith(".gguf"))
                ? List.of("selftest.json")
                : List.of("config.json", "selftest.json");
    }

    private static String digest(Map<String, FileDigest> files, byte[] card) {
        Map<String, String> digests = new TreeMap<>();
        files.forEach((name, file) -> digests.put(name, file.sha256()));
        return PackIdentity.digest(digests, card);
    }

    /** What a signature of the pack stands over. */
    PackIdentity identity() {
        return identity(id);
    }

    static PackIdentity identity(ModelId id) {
        return new PackIdentity(PackKind.MODEL, id.name(), id.version(), id.digest());
    }

    /** Refuses files that the card does not list, and a card that lists what it cannot. */
    void covers(String location, Set<String> names) throws ModelFormatException {
        try {
            PackIdentity.covers(names, files.keySet());
        } catch (InvalidProofException e) {
            throw new ModelFormatException(location + ": " + e.getMessage(), e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
