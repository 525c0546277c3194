package org.candor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * The server a command speaks of: where its state lives and where it listens.
 *
 * @param home {@code CANDOR_HOME}, absolute
 * @param port HTTP port on 127.0.0.1
 * @param directory the folder the person is in, for relative paths
 */
record Instance(Path home, int port, Path directory) {

    private static final int TIMESTAMP = "2026-11-23T22:21:11,066".length();

    /** The instance that the launcher names in system properties. */
    static Instance fromSystemProperties() {
        Path directory = Path.of(System.getProperty("candor.directory", "")).toAbsolutePath();
        return new Instance(
                directory.resolve(System.getProperty("candor.home", ".candor")).normalize(),
                Integer.getInteger("candor.port", 8181),
                directory);
    }

    Path log() {
        return home.resolve("logs/candor.log");
    }

    /** Where the server leaves the log's public key, as a C2SP verifier key. */
    Path logKey() {
        return home.resolve("log/key.pub");
    }

    /** The process that the launcher started. */
    long pid() {
        Path file = home.resolve("candor.pid");
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            throw Failure.failed("no server runs in " + home + ": ./candor start");
        }
    }

    /** The API key of the command line. */
    String apiKey() {
        Path file = home.resolve("cli.key");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw Failure.failed("cannot read the API key " + file + " ("
                    + e.getClass().getSimpleName() + "): the server makes it when it starts");
        }
    }

    /**
     * What the server last complained of, for a failure's last word: errors of its log since a moment, else the last lines
     * of its console.
     */
    List<String> complaints(LocalDateTime since, int most) {
        List<String> errors = readLines(log()).stream()
                .filter(line -> line.contains(" ERROR ") && !time(line).isBefore(since))
                .toList();
        List<String> lines = errors.isEmpty()
                ? readLines(home.resolve("logs/console.log")).stream()
                        .filter(line -> !line.startsWith("WARNING: "))
                        .toList()
                : errors;
        return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }

    /** Log lines begin with local time, such as {@code 2026-11-23T22:21:11,066}; what does not is of no time. */
    private static LocalDateTime time(String line) {
        try {
            return LocalDateTime.parse(
                    line.substring(0, Math.min(TIMESTAMP, line.length())).replace(',', '.'));
        } catch (DateTimeParseException e) {
            return LocalDateTime.MIN;
        }
    }

    private static List<String> readLines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The text of the log's verifier key, where there is one. */
    Optional<String> logKeyText() {
        try {
            return Optional.of(Files.readString(logKey()).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
