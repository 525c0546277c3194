package org.candor.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code install} was asked.
 *
 * @param path absolute, a model's folder or GGUF file, or an adapter's folder
 * @param name of the model and its route, or null for that of the folder
 * @param version or null for that of the folder
 * @param weights how a model that writes holds its weights, or null for as they are
 * @param base the installed model that an adapter changes, NAME or NAME:VERSION, or null
 * @param activate whether it shall serve at once
 * @param reason why, for the record and the log
 */
record InstallArguments(
        Path path, String name, String version, String weights, String base, boolean activate, String reason) {

    static final String USUAL_REASON = "installed from the command line";
    private static final List<String> WEIGHTS = List.of("f32", "bf16", "f16", "i8", "q8", "q4", "stored");

    /** @param directory what a relative path is relative to */
    static InstallArguments parse(List<String> words, Path directory) {
        Options options = new Options("install", words);
        String name = null;
        String version = null;
        String weights = null;
        String base = null;
        boolean activate = false;
        String reason = USUAL_REASON;
        for (String option = options.option(); option != null; option = options.option()) {
            switch (option) {
                case "--name" -> name = options.value();
                case "--version" -> version = options.value();
                case "--weights" -> weights = options.oneOf(WEIGHTS);
                case "--base" -> base = options.value();
                case "--activate" -> activate = true;
                case "--reason" -> reason = options.value();
                default -> throw options.unknown();
            }
        }
        String place = options.only("a model's folder or GGUF file, or an adapter's folder");
        Path path = directory.resolve(place).normalize();
        if (!Files.exists(path)) {
            throw Failure.wrong("install " + place + ": there is no such folder or file");
        }
        return new InstallArguments(path, name, version, weights, base, activate, reason);
    }

    /** The request that installs it. */
    String body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("folder", path.toString());
        body.put("name", name);
        body.put("version", version);
        body.put("weights", weights);
        body.put("base", base);
        body.put("reason", reason);
        body.values().removeIf(value -> value == null);
        return JsonObject.of(body).text();
    }
}
