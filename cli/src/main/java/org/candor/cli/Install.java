package org.candor.cli;

import java.util.List;
import java.util.Map;

/** {@code install}: takes a model's folder or file, or an adapter's folder, as a pack by reference, has it tested, and has it serve where that is wanted. */
final class Install {

    /** Every tensor is read and its digest taken. */
    private static final int REQUEST_MILLIS = 900_000;

    private final Instance instance;
    private final Terminal terminal;
    private final Http http;

    Install(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
        this.http = new Http(instance);
    }

    int run(List<String> words) {
        InstallArguments arguments = InstallArguments.parse(words, instance.directory());
        new Readiness(instance, terminal).await();
        terminal.progress("installing " + arguments.path());
        JsonObject revision = post("install", arguments.body()).object("revision");
        String model = revision.text("name") + " " + revision.text("version");
        terminal.out().println(installed(model, revision));
        if (arguments.activate()) {
            terminal.out().flush();
            terminal.progress("activating " + model);
            Map<String, Object> body = Map.of(
                    "model", revision.text("name"),
                    "version", revision.text("version"),
                    "reason", arguments.reason());
            JsonObject answer = post("activate", JsonObject.of(body).text());
            JsonObject activation = answer.object("activation");
            terminal.out().println(model + " serves as " + activation.text("route"));
            for (JsonObject adapter : answer.objects("adapters")) {
                terminal.out()
                        .println(adapter.text("name") + " " + adapter.text("version")
                                + " goes on with another revision as its base, which stays loaded for it");
            }
        }
        return 0;
    }

    /** What it is, what became of its self-test, and by which digest the log knows it. */
    private static String installed(String model, JsonObject revision) {
        String tested = "";
        if (revision.has("selfTest")) {
            JsonObject test = revision.object("selfTest");
            tested = ", self-test " + (test.flag("passed") ? "passed" : "failed");
        }
        String base = revision.has("base")
                ? " on " + revision.object("base").text("name") + " "
                        + revision.object("base").text("version")
                : "";
        return "installed " + model + " (" + revision.text("family") + base + "), " + revision.text("state") + tested
                + ", " + revision.text("digest");
    }

    private JsonObject post(String change, String body) {
        Http.Response response =
                http.request("POST", "/admin/models/" + change, instance.apiKey(), body, REQUEST_MILLIS);
        terminal.clearProgress();
        if (response.status() != 200) {
            throw Failure.failed(change + ": " + ServerError.message(response));
        }
        return JsonObject.parse(response.body());
    }
}
