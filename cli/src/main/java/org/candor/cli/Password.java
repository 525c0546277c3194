package org.candor.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@code passwd}: sets a new admin password. Asked for on the terminal without echo, or read from standard input's first line. */
final class Password {

    private static final int REQUEST_MILLIS = 30_000;

    private final Instance instance;
    private final Terminal terminal;

    Password(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    int run(List<String> arguments) {
        if (!arguments.isEmpty()) {
            throw Failure.wrong("passwd takes no argument");
        }
        String body = JsonObject.of(Map.of("password", read())).text();
        Http.Response response =
                new Http(instance).request("POST", "/admin/password", instance.apiKey(), body, REQUEST_MILLIS);
        if (response.status() != 204) {
            throw Failure.failed("the password was not changed: " + ServerError.message(response));
        }
        terminal.say("the admin password is changed");
        return 0;
    }

    private String read() {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return firstLine();
        }
        char[] first = console.readPassword("New admin password (at least 12 characters): ");
        char[] second = console.readPassword("Once more: ");
        if (first == null || !Arrays.equals(first, second)) {
            throw Failure.failed("the two are not the same: nothing was changed");
        }
        return new String(first);
    }

    private static String firstLine() {
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line == null) {
                throw Failure.failed("no password on standard input");
            }
            return line;
        } catch (IOException e) {
            throw Failure.failed("cannot read standard input: " + e.getMessage());
        }
    }
}
