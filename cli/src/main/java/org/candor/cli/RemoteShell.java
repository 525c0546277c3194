package org.candor.cli;

import java.util.List;
import java.util.Map;

/** {@code shell}: one command of the server's shell, with the command line's key. */
final class RemoteShell {

    private static final int REQUEST_MILLIS = 600_000;

    private final Instance instance;
    private final Terminal terminal;

    RemoteShell(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    /** @return the command's own exit code */
    int run(List<String> arguments) {
        if (arguments.size() != 1 || arguments.getFirst().isBlank()) {
            throw Failure.wrong("shell takes one command, in quotation marks: ./candor shell 'models'");
        }
        String body = JsonObject.of(Map.of("command", arguments.getFirst())).text();
        Http.Response response =
                new Http(instance).request("POST", "/admin/shell", instance.apiKey(), body, REQUEST_MILLIS);
        if (response.status() != 200) {
            throw Failure.failed(ServerError.message(response));
        }
        JsonObject result = JsonObject.parse(response.body());
        terminal.out().print(result.text("out"));
        terminal.out().flush();
        terminal.raw(result.text("err"));
        return (int) result.number("exit");
    }
}
