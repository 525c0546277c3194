package org.candor.console.internal;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page and its modules as one file that works without a server. Browsers load no module from a saved page's folder, so
 * each module becomes a function's body, in the order in which they need each other; nothing else about them changes. The
 * page's own policy names the digests of its script and style, so nothing else runs in it and it connects to nothing.
 */
final class SinglePage {

    private static final Pattern IMPORT =
            Pattern.compile("^import (\\{[^}]*}|\\w+) from '(\\.[^']+)';$", Pattern.MULTILINE);
    private static final Pattern EXPORT =
            Pattern.compile("^export ((?:async )?function|class|const) (\\w+)", Pattern.MULTILINE);
    private static final Pattern DEFAULT = Pattern.compile("^export default ", Pattern.MULTILINE);

    private final Map<String, byte[]> files;
    /** Bodies by name, in order. */
    private final Map<String, String> modules = new LinkedHashMap<>();

    private SinglePage(Map<String, byte[]> files) {
        this.files = files;
    }

    /**
     * @param html the page
     * @param policy its content security policy
     */
    record Page(byte[] html, String policy) {}

    /**
     * Puts a page together.
     *
     * @param template with {policy}, {style} and {script}
     * @param style name of its style sheet
     * @param script name of the module that starts it
     * @throws IllegalStateException when a module is missing, or modules need each other in a circle
     */
    static Page of(Map<String, byte[]> files, String template, String style, String script) {
        SinglePage page = new SinglePage(files);
        page.add(script, new ArrayList<>());
        String code = "\n'use strict';\n" + String.join("\n", page.modules.values());
        String css = page.text(style);
        if (code.contains("</script") || css.contains("</style")) {
            throw new IllegalStateException("a closing tag inside the script or style would end it");
        }
        String policy = "default-src 'none'; script-src " + digest(code) + "; style-src " + digest(css)
                + "; base-uri 'none'; form-action 'none'";
        Map<String, String> values = Map.of("policy", policy, "style", css, "script", code);
        String html = replaced(
                Pattern.compile("\\{(policy|style|script)}"), page.text(template), match -> values.get(match.group(1)));
        return new Page(html.getBytes(StandardCharsets.UTF_8), policy);
    }

    private void add(String name, List<String> above) {
        if (above.contains(name)) {
            throw new IllegalStateException("modules need each other in a circle: " + above + " and " + name);
        }
        if (modules.containsKey(name)) {
            return;
        }
        String text = text(name);
        above.add(name);
        Matcher needed = IMPORT.matcher(text);
        while (needed.find()) {
            add(resolve(name, needed.group(2)), above);
        }
        above.removeLast();
        List<String> names = new ArrayList<>();
        String body = replaced(IMPORT, text, match -> imported(name, match));
        body = replaced(EXPORT, body, match -> {
            names.add(match.group(2));
            return match.group(1) + " " + match.group(2);
        });
        body = replaced(DEFAULT, body, match -> {
            names.add("default: exported");
            return "const exported = ";
        });
        modules.put(
                name,
                "// " + name + "\nconst " + variable(name) + " = (() => {\n" + body + "return { "
                        + String.join(", ", names) + " };\n})();");
    }

    private static String imported(String name, Matcher match) {
        String from = variable(resolve(name, match.group(2)));
        String what = match.group(1);
        return "const " + what + " = " + (what.startsWith("{") ? from : from + ".default") + ";";
    }

    private static String resolve(String from, String to) {
        return URI.create(from).resolve(to).getPath();
    }

    private static String variable(String name) {
        return "module_" + name.replaceAll("\\W", "_");
    }

    private String text(String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            throw new IllegalStateException("the console has no file " + name);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String replaced(Pattern pattern, String text, Function<Matcher, String> by) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(out, Matcher.quoteReplacement(by.apply(matcher)));
        }
        return matcher.appendTail(out).toString();
    }

    private static String digest(String text) {
        byte[] digest = StaticFile.sha256(text.getBytes(StandardCharsets.UTF_8));
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }
}
