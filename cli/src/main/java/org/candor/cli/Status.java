package org.candor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code status}: is the server ready, where does it listen, with which key does its log sign. */
final class Status {

    private static final int REQUEST_MILLIS = 10_000;

    private final Instance instance;
    private final Terminal terminal;

    Status(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    /**
     * @param arguments the pid or "-", and perhaps {@code --json}
     * @return 0 when ready, else 1
     */
    int run(List<String> arguments) {
        Map<String, Object> status = new LinkedHashMap<>();
        boolean running = !arguments.getFirst().equals("-");
        status.put("ready", false);
        status.put("port", instance.port());
        status.put("pid", running ? Long.valueOf(arguments.getFirst()) : null);
        status.put("home", instance.home().toString());
        status.put("log", log());
        if (running) {
            JsonObject server = server();
            for (String name : List.of("ready", "version", "log", "models", "library", "energy", "policy", "checks")) {
                if (server.has(name)) {
                    status.put(name, server.value(name));
                }
            }
        }
        if (arguments.contains("--json")) {
            terminal.out().println(JsonObject.of(status).text());
        } else {
            print(JsonObject.of(status), running);
        }
        return Boolean.TRUE.equals(status.get("ready")) ? 0 : 1;
    }

    private JsonObject server() {
        Http.Response response =
                new Http(instance).request("GET", "/v1/status", instance.apiKey(), null, REQUEST_MILLIS);
        if (response.status() != 200) {
            throw Failure.failed("the server does not tell its status: " + ServerError.message(response));
        }
        return JsonObject.parse(response.body());
    }

    /** What the key file says, so that the log's key is known while the server is down. */
    private Map<String, Object> log() {
        String key = instance.logKeyText().orElse(null);
        if (key == null) {
            return null;
        }
        Map<String, Object> log = new LinkedHashMap<>();
        // A C2SP verifier key is name+hash+key; the name is the log's origin.
        log.put("origin", key.substring(0, Math.max(0, key.indexOf('+'))));
        log.put("key", key);
        return log;
    }

    private void print(JsonObject status, boolean running) {
        if (!running) {
            terminal.out().println("not running (home " + instance.home() + ", port " + instance.port() + ")");
            return;
        }
        boolean ready = status.flag("ready");
        terminal.out()
                .println((ready ? "ready" : "not ready") + " on http://127.0.0.1:" + instance.port() + " (pid "
                        + status.value("pid") + ", home " + instance.home() + ")");
        for (JsonObject model : status.objects("models")) {
            terminal.out()
                    .println("model    " + model.text("id") + " " + model.text("version") + "  "
                            + Digests.shortened(model.text("digest")));
        }
        if (status.has("library")) {
            JsonObject library = status.object("library");
            terminal.out()
                    .println("library  " + library.text("library") + ": " + count(library, "document") + ", "
                            + count(library, "passage") + ", " + library.text("state"));
        }
        if (status.has("log") && status.object("log").has("size")) {
            terminal.out()
                    .println("log      " + status.object("log").text("origin") + ": "
                            + status.object("log").value("size") + " entries");
        }
        for (JsonObject check : status.objects("checks")) {
            if (!check.flag("ready") || check.has("attention") && check.flag("attention")) {
                terminal.out().println("check    " + check.text("name") + ": " + check.text("detail"));
            }
        }
    }

    private static String count(JsonObject object, String unit) {
        Object n = object.value(unit + "s");
        return n + " " + unit + (String.valueOf(n).equals("1") ? "" : "s");
    }
}
