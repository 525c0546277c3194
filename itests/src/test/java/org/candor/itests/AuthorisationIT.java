package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, route by route: nobody, each role, and an administrator of another tenant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorisationIT {

    private static final Set<String> ROLES =
            new TreeSet<>(Set.of("viewer", "operator", "steward", "auditor", "approver", "admin"));
    private static final Set<String> ANYBODY = Set.of("anybody");
    private static final Set<String> ALL = ROLES;
    private static final Set<String> READERS = Set.of("viewer", "operator", "steward", "auditor", "admin");
    private static final Set<String> WRITERS = Set.of("operator", "steward", "admin");
    private static final Set<String> STEWARDS = Set.of("steward", "admin");
    private static final Set<String> CONSENT_READERS = Set.of("steward", "auditor", "admin");
    private static final Set<String> OPERATORS = Set.of("operator", "admin");
    private static final Set<String> ADMIN = Set.of("admin");

    /**
     * @param who roles that are let through to the operation; what they then hear is the operation's business
     * @param everyTenant whether it reaches every tenant, so that another tenant's administrator is refused
     */
    private record Row(String method, String path, String body, Set<String> who, boolean everyTenant) {
        String name() {
            return method + " " + path.replaceAll("\\?.*", "");
        }
    }

    private static Row own(String method, String path, String body, Set<String> who) {
        return new Row(method, path, body, who, false);
    }

    private static Row server(String method, String path, String body, Set<String> who) {
        return new Row(method, path, body, who, true);
    }

    private static final String REVISION = "{\"model\":\"none\",\"version\":\"0\",\"reason\":\"r\"}";
    private static final String POLICY = "{\"policy\":\"none\",\"version\":\"0\"}";

    /** Bodies are valid, and name what does not exist where being permitted would change the server. */
    private static final List<Row> ROWS = List.of(
            own("GET", "/health/live", null, ANYBODY),
            own("GET", "/health/ready", null, ANYBODY),
            own("GET", "/openapi.json", null, ANYBODY),
            own("GET", "/v1/log/checkpoint", null, ANYBODY),
            own("GET", "/v1/log/key", null, ANYBODY),
            own("GET", "/v1/log/{resource}", null, ANYBODY),
            own("POST", "/admin/session", "{}", ANYBODY),
            own("GET", "/metrics", null, ALL),
            own("GET", "/v1/status", null, ALL),
            own("GET", "/admin/events", null, ALL),
            own("GET", "/v1/log/entries?count=1", null, ALL),
            own("GET", "/v1/log/consistency?from=1", null, ALL),
            own("GET", "/v1/proofs/{id}", null, ALL),
            own("GET", "/v1/models", null, ALL),
            own("GET", "/v1/models/{id}", null, ALL),
            own("POST", "/v1/answers", "{\"question\":\"What does withdrawal of consent reach?\"}", READERS),
            own("POST", "/v1/search", "{\"query\":\"consent\",\"limit\":1}", READERS),
            own(
                    "POST",
                    "/v1/embeddings",
                    "{\"model\":\"encoder-en\",\"input\":\"a\"}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own(
                    "POST",
                    "/v1/completions",
                    "{\"model\":\"stories-tiny\",\"prompt\":\"a\",\"max_tokens\":1}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own(
                    "POST",
                    "/v1/chat/completions",
                    "{\"model\":\"stories-tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own(
                    "POST",
                    "/v1/responses",
                    "{\"model\":\"stories-tiny\",\"input\":\"a\"}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own(
                    "POST",
                    "/tokenize",
                    "{\"model\":\"stories-tiny\",\"prompt\":\"a\"}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own(
                    "POST",
                    "/detokenize",
                    "{\"model\":\"stories-tiny\",\"tokens\":[5]}",
                    Set.of("viewer", "operator", "steward", "admin")),
            own("GET", "/v1/documents", null, READERS),
            own("GET", "/v1/documents/{document}", null, READERS),
            own("POST", "/v1/documents", "{\"document\":\"matrix.md\",\"content\":\"A matrix.\"}", WRITERS),
            own("PUT", "/v1/documents/{document}", "A matrix.", WRITERS),
            own("DELETE", "/v1/documents/{document}", null, WRITERS),
            own("POST", "/admin/consent/grant", "{\"subject\":\"matrix\"}", STEWARDS),
            own("POST", "/admin/consent/withdraw", "{\"subject\":\"matrix\"}", STEWARDS),
            own("POST", "/admin/consent/erase", "{\"subject\":\"matrix\"}", STEWARDS),
            own("GET", "/admin/consent", null, CONSENT_READERS),
            own("GET", "/admin/consent/preview?subject=matrix", null, STEWARDS),
            own("GET", "/admin/session", null, ALL),
            own("DELETE", "/admin/session", null, ALL),
            own("POST", "/admin/session/password", "{\"old\":\"a\",\"new\":\"b\"}", ALL),
            own("POST", "/admin/password", "{\"user\":\"nobody\",\"password\":\"correct horse battery\"}", ADMIN),
            own("GET", "/admin/users", null, ADMIN),
            own("POST", "/admin/users", "{\"name\":\"matrix-NAME\",\"roles\":[\"viewer\"]}", ADMIN),
            own("PUT", "/admin/users/{name}", "{\"roles\":[\"viewer\"]}", ADMIN),
            own("DELETE", "/admin/users/{name}", null, ADMIN),
            own("POST", "/admin/users/{name}/password", null, ADMIN),
            own("GET", "/admin/keys", null, ADMIN),
            own("POST", "/admin/keys", "{\"name\":\"matrix-key-NAME\",\"roles\":[\"viewer\"]}", ADMIN),
            own("DELETE", "/admin/keys/{id}", null, ADMIN),
            // The same operation as GET /v1/models: models.list; what it shows beyond names is another test's.
            own("GET", "/admin/models", null, ALL),
            server("POST", "/admin/models/install", "{\"folder\":\"/nowhere\",\"reason\":\"r\"}", OPERATORS),
            server("POST", "/admin/models/verify", REVISION, OPERATORS),
            server("POST", "/admin/models/activate", REVISION, OPERATORS),
            server("POST", "/admin/models/rollback", "{\"model\":\"none\",\"reason\":\"r\"}", OPERATORS),
            server("POST", "/admin/models/remove", REVISION, OPERATORS),
            server("GET", "/admin/policies", null, ADMIN),
            server("POST", "/admin/policies/test", POLICY, ADMIN),
            server("POST", "/admin/policies/replay", POLICY, ADMIN),
            server("POST", "/admin/policies/activate", POLICY.replace("}", ",\"reason\":\"r\"}"), ADMIN),
            server("POST", "/admin/policies/rollback", "{\"reason\":\"r\"}", ADMIN),
            server("GET", "/admin/energy", null, READERS),
            server("GET", "/admin/health", null, READERS),
            server("POST", "/admin/backup", "{\"to\":\"/nowhere/backup.zip\"}", ADMIN),
            server("POST", "/admin/restore", "{\"file\":\"/nowhere/backup.zip\"}", ADMIN),
            // Every role has a command; each of them is an operation of its own, decided as on its route.
            own("POST", "/admin/shell", "{\"command\":\"candor:nothing\"}", ALL));

    private final Map<String, String> keys = new TreeMap<>();
    private Server server;
    private String stranger;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        server.start();
        for (String role : ROLES) {
            keys.put(role, key("{\"name\":\"only-" + role + "\",\"roles\":[\"" + role + "\"]}"));
        }
        stranger = key("{\"name\":\"stranger\",\"tenant\":\"umbrella\",\"roles\":[\"admin\"]}");
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private String key(String body) throws IOException, InterruptedException {
        HttpResponse<String> made = server.http("POST", "/admin/keys", body);
        assertEquals(201, made.statusCode(), made.body());
        return (String) Server.json(made.body()).get("secret");
    }

    private HttpResponse<InputStream> call(Row row, String key) throws IOException, InterruptedException {
        String path = row.path().replaceAll("\\{document}", "matrix.md").replaceAll("\\{[a-z]+}", "none");
        String name = Integer.toHexString(key == null ? 0 : key.hashCode());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .method(
                        row.method(),
                        row.body() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(row.body().replace("NAME", name)));
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            // Only the status and the error matter; a stream of events never ends by itself.
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() < 400) {
                response.body().close();
            }
            return response;
        }
    }

    private String code(Row row, String key) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = call(row, key);
        if (response.statusCode() < 400) {
            return "ok";
        }
        String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        if (!text.startsWith("{\"error\"")) {
            return Integer.toString(response.statusCode());
        }
        return ((Map<?, ?>) Server.json(text).get("error")).get("code").toString();
    }

    @Test
    void everyRouteHasItsRow() throws IOException, InterruptedException {
        Set<String> routes = new TreeSet<>();
        Map<?, ?> paths = (Map<?, ?>)
                Server.json(server.http("GET", "/openapi.json", null).body()).get("paths");
        paths.forEach((path, methods) -> ((Map<?, ?>) methods)
                .keySet()
                .forEach(method -> routes.add(method.toString().toUpperCase(Locale.ROOT) + " " + path)));
        Set<String> rows = new TreeSet<>();
        ROWS.forEach(row -> assertTrue(rows.add(row.name()), row.name()));
        assertEquals(routes, rows);
    }

    @Test
    void whoHasNoKeyIsLetInWhereEverybodyIs() throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (Row row : ROWS) {
            for (String key : new String[] {null, "candor-made-up"}) {
                String code = code(row, key);
                boolean refused = code.equals("missing_key") || code.equals("invalid_api_key");
                if (refused == row.who().equals(ANYBODY)) {
                    wrong.add(row.name() + " " + key + ": " + code);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void eachRoleMayDoWhatItsRowSays() throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (Row row : ROWS) {
            for (String role : ROLES) {
                boolean allowed = row.who().equals(ANYBODY) || row.who().contains(role);
                String code = code(row, keys.get(role));
                if (allowed == code.equals("role-missing") || code.equals("invalid_api_key")) {
                    wrong.add(row.name() + " as " + role + ": " + code);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void anotherTenantsAdministratorReachesNothingOfTheServers() throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        for (Row row : ROWS) {
            String code = code(row, stranger);
            if (row.everyTenant() != code.equals("tenant-not-operator") || code.equals("role-missing")) {
                wrong.add(row.name() + ": " + code);
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** What a route does; where it does one of several things, another row's body asks for the others. */
    private static final Map<String, String> OPERATIONS = Map.ofEntries(
            Map.entry("POST /v1/answers", "answer"),
            Map.entry("POST /v1/search", "search"),
            Map.entry("POST /v1/embeddings", "embed"),
            Map.entry("POST /v1/completions", "generate"),
            Map.entry("POST /v1/chat/completions", "generate"),
            Map.entry("POST /v1/responses", "generate"),
            Map.entry("POST /tokenize", "tokenize"),
            Map.entry("POST /detokenize", "tokenize"),
            Map.entry("GET /v1/log/entries", "log.read"),
            Map.entry("GET /v1/models", "models.list"),
            Map.entry("GET /v1/documents", "admin.documents.list"),
            Map.entry("GET /v1/documents/{document}", "admin.documents.read"),
            Map.entry("POST /v1/documents", "admin.documents.add"),
            Map.entry("DELETE /v1/documents/{document}", "admin.documents.delete"),
            Map.entry("POST /admin/consent/grant", "admin.consent.grant"),
            Map.entry("POST /admin/consent/withdraw", "admin.consent.withdraw"),
            Map.entry("POST /admin/consent/erase", "admin.consent.erase"),
            Map.entry("GET /admin/consent", "admin.consent.list"),
            Map.entry("GET /admin/consent/preview", "admin.consent.preview"),
            Map.entry("POST /admin/session/password", "access.password"),
            Map.entry("POST /admin/password", "admin.access.password"),
            Map.entry("GET /admin/users", "admin.access.list"),
            Map.entry("POST /admin/users", "admin.access.user-create"),
            Map.entry("PUT /admin/users/{name}", "admin.access.user-roles"),
            Map.entry("DELETE /admin/users/{name}", "admin.access.user-remove"),
            Map.entry("POST /admin/keys", "admin.access.key-create"),
            Map.entry("DELETE /admin/keys/{id}", "admin.access.key-revoke"),
            Map.entry("POST /admin/models/install", "admin.models.install"),
            Map.entry("POST /admin/models/verify", "admin.models.verify"),
            Map.entry("POST /admin/models/activate", "admin.models.activate"),
            Map.entry("POST /admin/models/rollback", "admin.models.rollback"),
            Map.entry("POST /admin/models/remove", "admin.models.remove"),
            Map.entry("GET /admin/policies", "admin.policies.list"),
            Map.entry("POST /admin/policies/test", "admin.policies.test"),
            Map.entry("POST /admin/policies/replay", "admin.policies.replay"),
            Map.entry("POST /admin/policies/activate", "admin.policies.activate"),
            Map.entry("POST /admin/policies/rollback", "admin.policies.rollback"),
            Map.entry("GET /admin/energy", "admin.energy.history"),
            Map.entry("GET /admin/health", "admin.health.read"),
            Map.entry("POST /admin/backup", "admin.backup.create"),
            Map.entry("POST /admin/restore", "admin.backup.restore"),
            Map.entry("POST /admin/shell", "admin.shell.run"));

    /** Not a route's first word: the server's own disk, and how much of the models is shown. */
    private static final Set<String> FURTHER =
            Set.of("admin.documents.mirror", "admin.documents.file", "admin.models.inspect");

    private boolean permitted(String key, String operation) throws IOException, InterruptedException {
        Map<?, ?> operations =
                (Map<?, ?>) as(key, "GET", "/admin/session", null).get("operations");
        Map<?, ?> said = (Map<?, ?>) operations.get(operation);
        boolean permitted = (boolean) said.get("permitted");
        assertEquals(permitted, said.containsKey("obligations"), said.toString());
        assertEquals(!permitted, said.containsKey("code") && said.containsKey("messages"), said.toString());
        return permitted;
    }

    @Test
    void theSessionSaysOfEachOperationWhatItsRouteThenDoes() throws IOException, InterruptedException {
        Set<Object> told = new TreeSet<>(
                ((Map<?, ?>) as(stranger, "GET", "/admin/session", null).get("operations")).keySet());
        Set<Object> known = new TreeSet<>(OPERATIONS.values());
        known.addAll(FURTHER);
        assertEquals(known, told);
        List<String> wrong = new ArrayList<>();
        for (Row row : ROWS) {
            String operation = OPERATIONS.get(row.name());
            if (operation == null) {
                continue;
            }
            for (String role : ROLES) {
                if (permitted(keys.get(role), operation) != row.who().contains(role)) {
                    wrong.add(operation + " as " + role);
                }
            }
            if (permitted(stranger, operation) == row.everyTenant()) {
                wrong.add(operation + " in another tenant");
            }
        }
        assertEquals(List.of(), wrong);
    }

    private Map<String, Object> as(String key, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return Server.json(client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
    }

    @Test
    void whatTheServerIsMadeOfIsToldToThoseWhoRunIt() throws IOException, InterruptedException {
        for (String role : ROLES) {
            Map<String, Object> models = as(keys.get(role), "GET", "/admin/models", null);
            assertEquals(OPERATORS.contains(role), models.containsKey("store"), role);
            Map<?, ?> revision = (Map<?, ?>) ((List<?>) models.get("revisions")).getFirst();
            assertEquals(OPERATORS.contains(role), revision.containsKey("reason"), role);
            assertTrue(revision.keySet().containsAll(Set.of("name", "version", "digest", "state")), role);
            assertEquals(READERS.contains(role), detailed(keys.get(role)), role);
        }
        assertFalse(as(stranger, "GET", "/admin/models", null).containsKey("store"));
        assertFalse(detailed(stranger), "another tenant's administrator");
        assertFalse(detailed("no-such-key"), "nobody");
        for (String path : List.of("/v1/status", "/v1/models")) {
            String seen = Json.write(as(stranger, "GET", path, null));
            assertFalse(seen.contains("\"detail\""), path);
        }
    }

    private boolean detailed(String key) throws IOException, InterruptedException {
        List<?> checks = (List<?>) as(key, "GET", "/health/ready", null).get("checks");
        assertEquals(8, checks.size());
        return ((Map<?, ?>) checks.getLast()).containsKey("detail");
    }

    @Test
    void documentsAnswersAndProofsStayWithTheirTenant() throws IOException, InterruptedException {
        String own = keys.get("admin");
        String question = "{\"question\":\"How much does the numbat Wilhelmina weigh?\"}";
        as(
                stranger,
                "POST",
                "/v1/documents",
                "{\"document\":\"zoo/numbat.txt\",\"content\":\"The numbat Wilhelmina weighs 612 grams.\"}");
        Map<String, Object> theirs = as(stranger, "POST", "/v1/answers", question);
        assertTrue(String.valueOf(theirs.get("answer")).contains("612"), theirs.toString());
        Map<String, Object> ours = as(own, "POST", "/v1/answers", question);
        assertFalse(Json.write(ours).contains("612"), "an answer");
        assertFalse(
                Json.write(as(own, "POST", "/v1/search", "{\"query\":\"numbat Wilhelmina\",\"limit\":100}"))
                        .contains("numbat.txt"),
                "a search");
        assertFalse(Json.write(as(own, "GET", "/v1/documents", null)).contains("numbat"), "the list");
        assertTrue(as(own, "GET", "/v1/documents/zoo/numbat.txt?text=1", null).containsKey("error"));
        assertTrue(as(own, "DELETE", "/v1/documents/zoo/numbat.txt", null).containsKey("error"));
        assertEquals(
                "The numbat Wilhelmina weighs 612 grams.",
                as(stranger, "GET", "/v1/documents/zoo/numbat.txt?text=1", null).get("text"));
        Map<String, Object> withdrawal =
                as(stranger, "POST", "/v1/search", "{\"query\":\"withdrawal of consent\",\"limit\":100}");
        for (Object hit : (List<?>) withdrawal.get("data")) {
            assertEquals("zoo/numbat.txt", ((Map<?, ?>) hit).get("document"), "none of the sample library");
        }
        Object id = theirs.get("id");
        assertTrue(as(own, "GET", "/v1/proofs/" + id, null).containsKey("error"), "a proof");
        Map<String, Object> proof = as(stranger, "GET", "/v1/proofs/" + id, null);
        assertEquals(theirs.get("leaf"), proof.get("leaf"));
        assertNotEquals(theirs.get("proof"), proof.get("proof"), "against a newer checkpoint");
        for (String users : List.of("/admin/users", "/admin/keys")) {
            assertFalse(Json.write(as(stranger, "GET", users, null)).contains("default"), users);
        }
        assertTrue(as(stranger, "GET", "/v1/status", null).get("library") == null);
    }

    @Test
    void aProofOutlivesARestartAndIsAgainstTheNewestCheckpoint() throws IOException, InterruptedException {
        String own = keys.get("viewer");
        Map<String, Object> answer =
                as(own, "POST", "/v1/answers", "{\"question\":\"What does withdrawal of consent reach?\"}");
        server.stop();
        server.start();
        Map<String, Object> proof = as(own, "GET", "/v1/proofs/" + answer.get("id"), null);
        assertEquals(answer.get("leaf"), proof.get("leaf"));
        assertTrue((long) proof.get("size") > (long) proof.get("index"));
        Path file = Files.createTempFile("candor-answer", ".json");
        Map<String, Object> again = new TreeMap<>(answer);
        again.put("proof", proof.get("proof"));
        Files.writeString(file, Json.write(again));
        Server.Result verified = server.candor("verify", file.toString());
        Files.delete(file);
        assertEquals(0, verified.exitCode(), verified.err());
    }
}
