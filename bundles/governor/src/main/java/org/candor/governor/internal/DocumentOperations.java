package org.candor.governor.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.Library;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Retrieval;
import org.candor.api.retrieval.SearchResult;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operations {@code search} and {@code admin.documents.*}. */
@Component
public final class DocumentOperations implements Documents {

    private static final int MOST_CODE_POINTS = 4_000;
    private static final int MOST_HITS = 1_000;
    private static final String LIST = "admin.documents.list";
    private static final String ADD = "admin.documents.add";

    private final GovernedPath path;
    private final Supplier<ServerFolders> folders;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Retrieval retrieval;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Library library;

    @Activate
    public DocumentOperations(@Reference GovernedPath path, BundleContext context) {
        String home = context.getProperty("candor.home");
        this.path = path;
        this.folders = () -> new ServerFolders(home, path.folders());
    }

    DocumentOperations(GovernedPath path, String home, String... folders) {
        this.path = path;
        ServerFolders allowed = new ServerFolders(home, folders);
        this.folders = () -> allowed;
    }

    @Override
    public Found search(Caller caller, String query, String language, String purpose, int limit) {
        String text = Requests.text("query", query, MOST_CODE_POINTS);
        String wanted = Requests.language(language);
        if (limit < 1 || limit > MOST_HITS) {
            throw Requests.invalid("limit", "is " + limit + "; 1 to " + MOST_HITS + " are allowed");
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("query", text);
        request.put("purpose", Requests.purpose(purpose));
        Operation operation = new Operation(
                "search",
                caller,
                Requests.purpose(purpose),
                Operation.Effect.COMPUTE,
                request,
                Map.of(),
                purpose != null);
        Governed<Passages> done = path.run(operation, new Search(text, wanted, limit));
        return new Found(done.result().result(), done.result().masked(), done.evidence());
    }

    @Override
    public List<DocumentInfo> list(Caller caller) {
        return path.run(operation(LIST, caller, Operation.Effect.READ, Map.of()), new Task<List<DocumentInfo>>() {
                    @Override
                    public List<DocumentInfo> perform(Permit permit, Meter meter) {
                        List<DocumentInfo> all = library().documents(caller.tenant());
                        return administers(caller)
                                ? all
                                : all.stream()
                                        .filter(document -> document.readableBy(caller.roles()))
                                        .toList();
                    }

                    @Override
                    public boolean masks() {
                        return true;
                    }

                    @Override
                    public List<DocumentInfo> mask(List<DocumentInfo> listed, Masking masking) {
                        return listed.stream()
                                .map(each -> titled(each, masking.mask("title", each.title())))
                                .toList();
                    }

                    @Override
                    public void describe(List<DocumentInfo> listed, Map<String, Object> members) {
                        members.put("documents", listed.size());
                    }
                })
                .result();
    }

    @Override
    public Text read(Caller caller, String document) {
        String name = Requests.document(document);
        Operation operation =
                operation("admin.documents.read", caller, Operation.Effect.READ, Map.of("document", name));
        Governed<Read> done = path.run(operation, new Task<Read>() {
            @Override
            public Read perform(Permit permit, Meter meter) throws IOException {
                Library.Text found = library().text(caller.tenant(), name);
                if (found == null || !visible(found.document(), caller, permit)) {
                    throw notFound(name);
                }
                return new Read(found.document(), found.text(), List.of());
            }

            @Override
            public boolean masks() {
                return true;
            }

            @Override
            public Read mask(Read read, Masking masking) {
                Map<String, String> texts = new LinkedHashMap<>();
                texts.put("text", read.text());
                texts.put("title", read.document().title());
                Map<String, String> closed = masking.maskTogether(texts);
                List<Map<String, Object>> masked = new ArrayList<>(read.masked());
                masked.addAll(masking.masked());
                return new Read(titled(read.document(), closed.get("title")), closed.get("text"), masked);
            }

            @Override
            public void describe(Read read, Map<String, Object> members) {
                members.put("version", read.document().version());
                members.put("masked", read.masked());
            }
        });
        Read read = done.result();
        return new Text(read.document(), read.text(), read.masked(), done.evidence());
    }

    /** A title comes from the document's text; where it lies and whom it is about are what people look for. */
    private static DocumentInfo titled(DocumentInfo document, String title) {
        return new DocumentInfo(
                document.tenant(),
                document.document(),
                document.version(),
                title,
                document.language(),
                document.owner(),
                document.subjects(),
                document.purposes(),
                document.roles(),
                document.licence(),
                document.bytes(),
                document.characters(),
                document.indexed());
    }

    private record Read(DocumentInfo document, String text, List<Map<String, Object>> masked) {}

    /** As in a search: by tenant, purpose, roles, and the consent of every subject. */
    private boolean visible(DocumentInfo document, Caller caller, Permit permit) {
        return permit.scope().admits(document)
                || (administers(caller)
                        && permit.scope().withRoles(document.roles()).admits(document));
    }

    /** Who decides which roles read a document sees all of them. */
    private boolean administers(Caller caller) {
        return path.permits(operation(ADD, caller, Operation.Effect.CHANGE, Map.of()));
    }

    private static OperationException notFound(String name) {
        return new OperationException(
                Kind.NOT_FOUND,
                "document_not_found",
                "There is no document \"" + name + "\" in the library.",
                "document",
                null);
    }

    @Override
    public LibraryStatus status(Caller caller) {
        return path.gate(
                operation(LIST, caller, Operation.Effect.READ, Map.of()),
                () -> {
                    LibraryStatus status = library().status();
                    return caller.ofOperator() ? status : withProblems(null, status, List.of());
                },
                (status, masking) -> withProblems(
                        status.folder(),
                        status,
                        status.problems().stream()
                                .map(problem -> masking.mask("problems", problem))
                                .toList()));
    }

    /** The folder and the names of files in it are the operator's. */
    private static LibraryStatus withProblems(String folder, LibraryStatus status, List<String> problems) {
        return new LibraryStatus(
                folder,
                status.state(),
                status.done(),
                status.total(),
                status.secondsLeft(),
                status.documents(),
                status.passages(),
                problems,
                status.encoders());
    }

    @Override
    public Evidence mirror(Caller caller, Path folder) {
        if (!folder.isAbsolute()) {
            throw Requests.invalid("library", "\"" + folder + "\" is not an absolute path");
        }
        Map<String, Object> request = Map.of("library", folder.toString());
        return change("admin.documents.mirror", caller, request, () -> {
            try {
                folders.get().checkLibrary(folder);
                library().mirror(caller.tenant(), folder);
            } catch (IOException e) {
                throw refused("library", "library_unreadable", e);
            }
        });
    }

    @Override
    public Added add(Caller caller, String document, byte[] content, DocumentMetadata metadata) {
        return add(ADD, caller, Requests.document(document), () -> content, metadata);
    }

    @Override
    public Added addFile(Caller caller, String document, Path file, DocumentMetadata metadata) {
        if (!file.isAbsolute() || file.getFileName() == null) {
            throw Requests.invalid("file", "\"" + file + "\" is not the absolute path of a file");
        }
        String name = document == null ? file.getFileName().toString() : document;
        return add("admin.documents.file", caller, Requests.document(name), () -> read(file, name), metadata);
    }

    /** Only who may take files learns whether there is such a file: this runs behind the gate. */
    private byte[] read(Path file, String name) {
        try {
            return folders.get().read(file, name);
        } catch (IOException e) {
            throw new OperationException(
                    Kind.INVALID,
                    "document_unreadable",
                    "file: " + file + " cannot be taken: " + e.getMessage(),
                    "file",
                    e);
        }
    }

    private Added add(
            String operation, Caller caller, String name, Supplier<byte[]> content, DocumentMetadata metadata) {
        if (metadata.roles() != null) {
            Requests.roles(metadata.roles());
        }
        Map<String, Object> request = Map.of("document", name);
        Governed<DocumentInfo> done =
                path.run(operation(operation, caller, Operation.Effect.CHANGE, request), new Task<DocumentInfo>() {
                    private byte[] bytes;

                    @Override
                    public Map<String, Object> exactly() {
                        try {
                            bytes = content.get();
                        } catch (OperationException e) {
                            // The work says why, when its begin is in the log.
                            return Map.of();
                        }
                        return Map.of("content", Digests.sha256(bytes), "metadata", Digests.sha256(bytes(metadata)));
                    }

                    @Override
                    public DocumentInfo perform(Permit permit, Meter meter) throws IOException {
                        byte[] same = bytes == null ? content.get() : bytes;
                        try {
                            return library().add(caller.tenant(), name, same, metadata);
                        } catch (IOException e) {
                            throw refused("document", "document_unreadable", e);
                        } catch (UncheckedIOException e) {
                            throw e.getCause();
                        }
                    }

                    @Override
                    public boolean masks() {
                        return true;
                    }

                    @Override
                    public DocumentInfo mask(DocumentInfo added, Masking masking) {
                        return titled(added, masking.mask("title", added.title()));
                    }

                    @Override
                    public void describe(DocumentInfo added, Map<String, Object> members) {
                        members.put("version", added.version());
                    }
                });
        return new Added(done.result(), done.evidence());
    }

    private static byte[] bytes(DocumentMetadata metadata) {
        List<Object> said = new ArrayList<>();
        said.add(metadata.title());
        said.add(metadata.language());
        said.add(metadata.owner());
        said.add(metadata.subjects() == null ? null : new TreeSet<>(metadata.subjects()));
        said.add(metadata.purposes() == null ? null : new TreeSet<>(metadata.purposes()));
        said.add(metadata.roles() == null ? null : new TreeSet<>(metadata.roles()));
        said.add(metadata.licence());
        return said.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Evidence delete(Caller caller, String document) {
        String name = Requests.document(document);
        return change("admin.documents.delete", caller, Map.of("document", name), () -> {
            if (!library().delete(caller.tenant(), name)) {
                throw notFound(name);
            }
        });
    }

    private Library library() {
        Library now = library;
        if (now == null) {
            throw Services.missing("library", "library");
        }
        return now;
    }

    private static OperationException refused(String parameter, String code, IOException cause) {
        return new OperationException(Kind.INVALID, code, parameter + ": " + cause.getMessage(), parameter, cause);
    }

    private static Operation operation(
            String name, Caller caller, Operation.Effect effect, Map<String, Object> request) {
        return new Operation(name, caller, Answers.DEFAULT_PURPOSE, effect, request);
    }

    private Evidence change(String name, Caller caller, Map<String, Object> request, Change change) {
        return path.run(operation(name, caller, Operation.Effect.CHANGE, request), new Task<Boolean>() {
                    @Override
                    public Boolean perform(Permit permit, Meter meter) throws IOException {
                        change.make();
                        return true;
                    }

                    @Override
                    public void describe(Boolean made, Map<String, Object> members) {
                        members.put("done", made);
                    }
                })
                .evidence();
    }

    private interface Change {
        void make() throws IOException;
    }

    private record Passages(SearchResult result, List<Map<String, Object>> masked) {}

    private final class Search implements Task<Passages> {

        private final String query;
        private final String language;
        private final int limit;

        Search(String query, String language, int limit) {
            this.query = query;
            this.language = language;
            this.limit = limit;
        }

        @Override
        public Passages perform(Permit permit, Meter meter) {
            Retrieval now = retrieval;
            if (now == null) {
                throw Services.missing("retrieval", "retrieval service");
            }
            SearchResult result;
            try {
                result = now.search(query, language, permit.scope(), limit);
            } catch (RuntimeException e) {
                throw Services.failure(e, retrieval != now, "retrieval", "retrieval service");
            }
            meter.work(result.busyNanos());
            return new Passages(result, List.of());
        }

        @Override
        public boolean masks() {
            return true;
        }

        @Override
        public Passages mask(Passages passages, Masking masking) {
            SearchResult open = passages.result();
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = 0; i < open.hits().size(); i++) {
                Hit hit = open.hits().get(i);
                texts.put("data/" + i, hit.text());
                texts.put("data/" + i + "/title", hit.document().title());
            }
            Map<String, String> closed = masking.maskTogether(texts);
            List<Hit> hits = new ArrayList<>();
            for (Hit hit : open.hits()) {
                String where = "data/" + hits.size();
                hits.add(new Hit(
                        titled(hit.document(), closed.get(where + "/title")),
                        hit.start(),
                        hit.end(),
                        closed.get(where),
                        hit.score(),
                        hit.lexical(),
                        hit.vector()));
            }
            SearchResult result = new SearchResult(hits, open.language(), open.models(), open.busyNanos());
            List<Map<String, Object>> masked = new ArrayList<>(passages.masked());
            masked.addAll(masking.masked());
            return new Passages(result, masked);
        }

        @Override
        public void describe(Passages passages, Map<String, Object> members) {
            SearchResult result = passages.result();
            List<Map<String, Object>> hits = new ArrayList<>();
            for (Hit hit : result.hits()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("document", hit.document().document());
                json.put("version", hit.document().version());
                json.put("start", hit.start());
                json.put("end", hit.end());
                json.put("text", hit.text());
                hits.add(json);
            }
            members.put("language", result.language());
            members.put("hits", hits);
            members.put("masked", passages.masked());
            members.put("models", Json.models(result.models()));
        }
    }
}
