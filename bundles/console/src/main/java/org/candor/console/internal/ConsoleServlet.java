package org.candor.console.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/**
 * The console's files under {@code /console/}, from memory. They are public and the same for everybody: what they show
 * comes from the API, which asks who one is. Thread safe.
 */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/console/*")
public final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final String HOME = "/console/";
    private static final String FOLDER = "web/";
    private static final String INDEX = "index.html";

    /** Files that exist to be put together, not to be served. */
    private static final String TEMPLATE = "verifier.template.html";

    /** The verifier as one file, made of the same modules; it has a policy of its own. */
    private static final String VERIFIER = "verifier.html";

    private static final String VERIFIER_SCRIPT = "offline.js";
    private static final String STYLE = "style.css";

    /** No inline code, no other host, no frame, no form that leaves the page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()",
            // Asked for again each time, and answered with 304: a new build is seen at once.
            "Cache-Control", "no-cache",
            "Vary", "Accept-Encoding");

    private final transient Map<String, StaticFile> files;
    private final String verifierPolicy;

    @Activate
    public ConsoleServlet(BundleContext context) throws IOException {
        this(read(context.getBundle()));
    }

    /** @param contents of the files by name, such as {@code pages/ask.js} */
    ConsoleServlet(Map<String, byte[]> contents) {
        Map<String, StaticFile> prepared = new TreeMap<>();
        contents.forEach((name, bytes) -> {
            if (!name.equals(TEMPLATE) && !name.equals(VERIFIER_SCRIPT)) {
                prepared.put(name, StaticFile.of(name, bytes));
            }
        });
        SinglePage.Page verifier = SinglePage.of(contents, TEMPLATE, STYLE, VERIFIER_SCRIPT);
        prepared.put(VERIFIER, StaticFile.of(VERIFIER, verifier.html()));
        verifierPolicy = verifier.policy() + "; frame-ancestors 'none'";
        files = Collections.unmodifiableMap(prepared);
    }

    private static Map<String, byte[]> read(Bundle bundle) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        for (URL url : Collections.list(bundle.findEntries(FOLDER, "*.*", true))) {
            try (InputStream in = url.openStream()) {
                contents.put(url.getPath().substring(FOLDER.length() + 1), in.readAllBytes());
            }
        }
        return contents;
    }

    @Override
    protected void service(HttpServletRequest from, HttpServletResponse to) throws IOException {
        HEADERS.forEach(to::setHeader);
        String path = from.getRequestURI();
        to.setHeader("Content-Security-Policy", path.equals(HOME + VERIFIER) ? verifierPolicy : POLICY);
        if (!from.getMethod().equals("GET") && !from.getMethod().equals("HEAD")) {
            to.setHeader("Allow", "GET, HEAD");
            refuse(to, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "method_not_allowed", "The console is read only.");
        } else if (path.equals("/console")) {
            to.setHeader("Location", HOME);
            to.setStatus(HttpServletResponse.SC_FOUND);
        } else {
            StaticFile file = path.startsWith(HOME) ? find(path.substring(HOME.length())) : null;
            if (file == null) {
                refuse(
                        to,
                        HttpServletResponse.SC_NOT_FOUND,
                        "no_such_route",
                        "There is nothing here; docs/api.md lists the routes.");
            } else {
                send(file, from, to);
            }
        }
    }

    /** The file of this name; for an address of a page, which is no file, the frame that shows it. */
    private StaticFile find(String name) {
        StaticFile file = files.get(name.isEmpty() ? INDEX : name);
        if (file != null || isFile(name)) {
            return file;
        }
        return files.get(INDEX);
    }

    /** Modules and styles that are not there are errors, not pages. A document's name is part of a page's address. */
    private static boolean isFile(String name) {
        String folder = name.contains("/") ? name.substring(0, name.indexOf('/')) : "";
        return switch (folder) {
            case "" -> name.contains(".");
            case "components", "lang", "pages", "proof" -> true;
            default -> false;
        };
    }

    private static void send(StaticFile file, HttpServletRequest from, HttpServletResponse to) throws IOException {
        boolean compressed = file.zipped() != null && accepts(from, "Accept-Encoding", "gzip");
        String tag = file.tag(compressed);
        to.setHeader("ETag", tag);
        if (matches(from.getHeader("If-None-Match"), tag)) {
            to.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        byte[] body = compressed ? file.zipped() : file.bytes();
        to.setContentType(file.type());
        if (compressed) {
            to.setHeader("Content-Encoding", "gzip");
        }
        write(from, to, body);
    }

    private static void write(HttpServletRequest from, HttpServletResponse to, byte[] body) throws IOException {
        to.setContentLength(body.length);
        if (!from.getMethod().equals("HEAD")) {
            to.getOutputStream().write(body);
        }
    }

    private static boolean matches(String header, String tag) {
        if (header == null) {
            return false;
        }
        for (String each : header.split(",")) {
            String one = each.strip();
            if (one.equals("*") || (one.startsWith("W/") ? one.substring(2) : one).equals(tag)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a list with weights names the value, with a weight above nought. */
    static boolean accepts(HttpServletRequest from, String header, String value) {
        String list = from.getHeader(header);
        for (String each : list == null ? new String[0] : list.split(",")) {
            String[] parts = each.split(";", 2);
            if (parts[0].strip().equalsIgnoreCase(value)) {
                return parts.length < 2 || !parts[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** An error in the shape that the API gives it. */
    private static void refuse(HttpServletResponse to, int status, String code, String message) throws IOException {
        to.setStatus(status);
        to.setContentType("application/json; charset=utf-8");
        String json = "{\"error\":{\"message\":\"" + message
                + "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"" + code + "\"}}";
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        to.setContentLength(body.length);
        to.getOutputStream().write(body);
    }
}
