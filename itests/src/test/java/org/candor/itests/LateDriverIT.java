package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consent register's database needs a driver that is installed only after the server has started. */
class LateDriverIT {

    private static final int PATIENCE_SECONDS = 120;
    private static final String DRIVER = "(osgi.jdbc.driver.class=org.example.late.Driver)";
    private static final String GRANT = "{\"subject\": \"anna\", \"purpose\": \"research\", \"reason\": \"signed\"}";

    /** Offers H2 under another driver's name: a register that works proves which one it took. */
    private static final String ACTIVATOR = """
            package org.example.late;

            import java.util.Hashtable;
            import org.osgi.framework.BundleActivator;
            import org.osgi.framework.BundleContext;
            import org.osgi.service.jdbc.DataSourceFactory;

            public class Activator implements BundleActivator {
                @Override
                public void start(BundleContext context) throws Exception {
                    DataSourceFactory h2 = context.getService(context.getServiceReferences(
                            DataSourceFactory.class, "(osgi.jdbc.driver.class=org.h2.Driver)").iterator().next());
                    Hashtable<String, Object> properties = new Hashtable<>();
                    properties.put(DataSourceFactory.OSGI_JDBC_DRIVER_CLASS, "org.example.late.Driver");
                    context.registerService(DataSourceFactory.class, h2, properties);
                }

                @Override
                public void stop(BundleContext context) {}
            }
            """;

    @TempDir
    Path folder;

    @Test
    void theRegisterWaitsForItSaysSoAndTakesItWhenItComes() throws Exception {
        try (Server server = new Server(folder.resolve("home"))) {
            Path etc = Files.createDirectories(server.home().resolve("etc"));
            Files.writeString(
                    etc.resolve("org.candor.consent.cfg"),
                    "driver.target = " + DRIVER + "\nurl = jdbc:h2:file:" + folder.resolve("elsewhere") + "\n");
            Server.Running start = server.begin("start");
            String said = await(server, true);
            assertTrue(
                    said.contains("org.candor.consent: driver.target is \"" + DRIVER + "\"")
                            && said.contains("one of org.h2.Driver"),
                    said);
            Path bundle = bundle();
            Path deployed = server.home().resolve("deploy/late-driver.jar");
            Files.copy(bundle, deployed);
            Server.Result started = Server.finish(start);
            assertEquals(0, started.exitCode(), started.err());
            assertEquals("", await(server, false));
            HttpResponse<String> granted = server.http("POST", "/admin/consent/grant", GRANT);
            assertEquals(200, granted.statusCode(), granted.body());
            assertTrue(Files.exists(folder.resolve("elsewhere.mv.db")));

            // Without its driver there is no register, rather than another one that knows of no withdrawal.
            Files.delete(deployed);
            assertTrue(await(server, true).contains("one of org.h2.Driver"));
            assertEquals(503, server.http("GET", "/health/ready", null).statusCode());
            Files.copy(bundle, deployed);
            assertEquals("", await(server, false));
            // Those who need the register hear of it a moment later.
            HttpResponse<String> subjects = server.http("GET", "/admin/consent", null);
            for (int i = 0; i < 5 * PATIENCE_SECONDS && subjects.statusCode() == 503; i++) {
                TimeUnit.MILLISECONDS.sleep(200);
                subjects = server.http("GET", "/admin/consent", null);
            }
            assertTrue(subjects.body().contains("anna"), subjects.body());
        }
    }

    private Path bundle() throws IOException {
        Path source =
                Files.createDirectories(folder.resolve("late/org/example/late")).resolve("Activator.java");
        Files.writeString(source, ACTIVATOR);
        try (Stream<Path> jars = Files.walk(Server.assembly())) {
            String path = jars.filter(jar -> jar.getFileName().toString().matches("(osgi\\.core|org\\.osgi)\\S*\\.jar"))
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
            int failed = ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "-proc:none", "-classpath", path, source.toString());
            assertEquals(0, failed);
        }
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "org.example.late");
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Bundle-Activator", "org.example.late.Activator");
        headers.putValue("Import-Package", "org.osgi.framework,org.osgi.service.jdbc");
        Path jar = folder.resolve("late-driver.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new JarEntry("org/example/late/Activator.class"));
            out.write(Files.readAllBytes(source.resolveSibling("Activator.class")));
        }
        return jar;
    }

    /** Waits until the register has failed, or runs; returns why it failed, or nothing. */
    private static String await(Server server, boolean failed) throws Exception {
        Map<?, ?> last = Map.of();
        for (int i = 0; i < 5 * PATIENCE_SECONDS; i++) {
            last = register(server);
            if ((failed ? "failed" : "active").equals(last.get("state"))) {
                return failed ? last.get("waitsFor").toString() : "";
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new AssertionError("the register should have " + (failed ? "failed" : "come") + ": " + last);
    }

    /** What health says of the register; nothing while nobody answers. */
    private static Map<?, ?> register(Server server) throws IOException, InterruptedException {
        if (!Files.exists(server.home().resolve("cli.key"))) {
            return Map.of();
        }
        try {
            HttpResponse<String> health = server.http("GET", "/admin/health", null);
            return health.statusCode() != 200
                    ? Map.of()
                    : ((List<?>) Server.json(health.body()).get("components"))
                            .stream()
                                    .map(each -> (Map<?, ?>) each)
                                    .filter(each -> each.get("name").toString().endsWith(".ConsentLedger"))
                                    .findFirst()
                                    .orElse(Map.of());
        } catch (ConnectException e) {
            return Map.of();
        }
    }
}
