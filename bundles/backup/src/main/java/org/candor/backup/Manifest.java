package org.candor.backup;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.proof.Json;

/**
 * What an archive says of itself.
 *
 * @param created when it was made
 * @param version of the server that made it
 * @param parts what it holds, for people
 * @param log its copy of the log
 * @param files all of its files
 */
public record Manifest(Instant created, String version, List<String> parts, Log log, List<FileEntry> files) {

    /** The format that this code writes and reads. */
    public static final int FORMAT = 1;

    static final String NAME = "candor-backup.json";
    static final String PREFIX = "home/";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /**
     * @param origin of the log
     * @param size entries
     * @param checkpoint signed, of that size
     */
    public record Log(String origin, long size, String checkpoint) {}

    /**
     * @param path below the home, with {@code /}
     * @param bytes its length
     * @param sha256 hexadecimal
     */
    public record FileEntry(String path, long bytes, String sha256) {}

    /** Lists do not change. */
    public Manifest {
        parts = List.copyOf(parts);
        files = List.copyOf(files);
    }

    byte[] json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", FORMAT);
        json.put("created", created.toString());
        json.put("version", version);
        json.put("parts", parts);
        Map<String, Object> logJson = new LinkedHashMap<>();
        logJson.put("origin", log.origin());
        logJson.put("size", log.size());
        logJson.put("checkpoint", log.checkpoint());
        json.put("log", logJson);
        List<Object> list = new ArrayList<>();
        for (FileEntry file : files) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("path", file.path());
            entry.put("bytes", file.bytes());
            entry.put("sha256", file.sha256());
            list.add(entry);
        }
        json.put("files", list);
        return Json.write(json).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** @throws IOException when it is no manifest of this format, saying why */
    static Manifest parse(byte[] json) throws IOException {
        try {
            Map<String, Object> members = Json.parseObject(json);
            Object format = members.get("v");
            if (!(format instanceof Number number) || number.longValue() != FORMAT) {
                throw new IOException("it has format " + format + "; this release reads format " + FORMAT);
            }
            Map<?, ?> log = (Map<?, ?>) members.get("log");
            List<FileEntry> files = new ArrayList<>();
            Set<String> paths = new HashSet<>();
            for (Object each : (List<?>) members.get("files")) {
                Map<?, ?> file = (Map<?, ?>) each;
                FileEntry entry = new FileEntry(
                        plain((String) file.get("path")), ((Number) file.get("bytes")).longValue(), (String)
                                file.get("sha256"));
                if (!DIGEST.matcher(entry.sha256()).matches() || entry.bytes() < 0 || !paths.add(entry.path())) {
                    throw new IOException("its manifest is wrong about " + entry.path());
                }
                files.add(entry);
            }
            List<String> parts = new ArrayList<>();
            for (Object part : (List<?>) members.get("parts")) {
                parts.add((String) part);
            }
            return new Manifest(
                    Instant.parse((String) members.get("created")),
                    (String) members.get("version"),
                    parts,
                    new Log((String) log.get("origin"), ((Number) log.get("size")).longValue(), (String)
                            log.get("checkpoint")),
                    files);
        } catch (IllegalArgumentException | ClassCastException | NullPointerException | DateTimeException e) {
            throw new IOException("its manifest cannot be read: " + e.getMessage(), e);
        }
    }

    /** A relative path that stays where it is put. */
    static String plain(String path) throws IOException {
        if (path.isEmpty() || path.startsWith("/") || path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) {
            throw new IOException("it names the path \"" + path + "\"");
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IOException("it names the path \"" + path + "\"");
            }
        }
        return path;
    }
}
