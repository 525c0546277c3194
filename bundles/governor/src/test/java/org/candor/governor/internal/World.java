package org.candor.governor.internal;

import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentRegister;
import org.candor.api.consent.ConsentState;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyAccounting;
import org.candor.api.energy.EnergyShare;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyGate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.Library;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Retrieval;
import org.candor.api.retrieval.Scope;
import org.candor.api.retrieval.SearchResult;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.api.transparency.TransparencyLog;

/** Every neighbour of the governor, by hand; each notes in {@code events} when it is asked. */
final class World {

    static final Caller ASKER = new Caller("asker", "default", Set.of("viewer"));
    static final String ALL = "policy,consent,energy,transparency";

    final List<String> events = new ArrayList<>();
    final FakePolicy policy = new FakePolicy();
    final FakeConsent consent = new FakeConsent();
    final FakeKeys keys = new FakeKeys();
    final FakeEnergy energy = new FakeEnergy();
    final FakeDetector detector = new FakeDetector();
    final FakeLog log = new FakeLog();
    final FakeRetrieval retrieval = new FakeRetrieval();
    final FakeLibrary library = new FakeLibrary();

    /** A path with all its services. */
    GovernedPath path() {
        return path(config(ALL, 4, 16, 1_000));
    }

    GovernedPath path(GovernedPath.Config config) {
        return path(config, Clock.fixed(Instant.parse("2026-11-23T20:00:00.123456Z"), ZoneOffset.UTC));
    }

    GovernedPath path(GovernedPath.Config config, Clock clock) {
        GovernedPath path = new GovernedPath(config, clock);
        path.policy = policy;
        path.consent = consent;
        path.subjectKeys = keys;
        path.energy = energy;
        path.personalData = detector;
        path.log = log;
        return path;
    }

    static GovernedPath.Config config(String require, int concurrency, int queue, int queueMillis) {
        return new GovernedPath.Config() {
            @Override
            public String[] require() {
                return require.split(",");
            }

            @Override
            public int concurrency() {
                return concurrency;
            }

            @Override
            public int queue() {
                return queue;
            }

            @Override
            public int queueMillis() {
                return queueMillis;
            }

            @Override
            public String[] folders() {
                return new String[0];
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return GovernedPath.Config.class;
            }
        };
    }

    AnswerOperations answers(GovernedPath path) {
        AnswerOperations answers = new AnswerOperations(path);
        answers.retrieval = retrieval;
        return answers;
    }

    DocumentOperations documents(GovernedPath path) {
        DocumentOperations documents = new DocumentOperations(path, (String) null);
        documents.retrieval = retrieval;
        documents.library = library;
        return documents;
    }

    ConsentOperations consents(GovernedPath path) {
        ConsentOperations consents = new ConsentOperations(path);
        consents.library = library;
        return consents;
    }

    static DocumentInfo document(String name, String... subjects) {
        return document(name, Set.of(subjects), Set.of());
    }

    static DocumentInfo document(String name, Set<String> subjects, Set<String> roles) {
        return new DocumentInfo(
                "default",
                name,
                "sha256:" + "0".repeat(64),
                name,
                "en",
                "",
                subjects,
                Set.of(),
                roles,
                "",
                10,
                10,
                Instant.EPOCH);
    }

    final class FakePolicy implements PolicyGate {
        boolean permits = true;
        /** The one operation that is not permitted, or null. */
        String denied;

        List<Obligation> obligations = List.of();
        PolicyRequest last;

        @Override
        public Decision decide(PolicyRequest request) {
            events.add("policy");
            last = request;
            return permits && !request.operation().equals(denied)
                    ? new Decision(true, "permitted", "Permitted.", obligations, policy())
                    : new Decision(
                            false, "role-missing", "The caller has none of the roles admin.", List.of(), policy());
        }

        @Override
        public PolicyId policy() {
            return new PolicyId("test", "7", "sha256:" + "a".repeat(64));
        }
    }

    final class FakeConsent implements ConsentRegister {
        final Set<String> withdrawn = new HashSet<>();
        final List<ConsentRecord> entries = new ArrayList<>();
        boolean broken;

        private void ask() {
            if (broken) {
                throw new ConsentUnavailableException("the store is away", null);
            }
        }

        @Override
        public long epoch() {
            events.add("consent");
            ask();
            return entries.size();
        }

        @Override
        public Set<String> withdrawn(String tenant, String purpose) {
            ask();
            return Set.copyOf(withdrawn);
        }

        @Override
        public boolean permits(String tenant, String subject, String purpose) {
            ask();
            return !withdrawn.contains(subject);
        }

        private ConsentRecord enter(
                String tenant, String subject, String purpose, ConsentState state, String actor, String reason) {
            events.add("enter " + state);
            ConsentRecord entry = new ConsentRecord(
                    entries.size() + 1, tenant, subject, purpose, state, actor, reason, Instant.EPOCH);
            entries.add(entry);
            return entry;
        }

        @Override
        public ConsentRecord grant(String tenant, String subject, String purpose, String actor, String reason) {
            withdrawn.remove(subject);
            return enter(tenant, subject, purpose, ConsentState.GRANTED, actor, reason);
        }

        @Override
        public ConsentRecord withdraw(String tenant, String subject, String purpose, String actor, String reason) {
            withdrawn.add(subject);
            return enter(tenant, subject, purpose, ConsentState.WITHDRAWN, actor, reason);
        }

        @Override
        public ConsentRecord erase(String tenant, String subject, String actor, String reason) {
            withdrawn.add(subject);
            return enter(tenant, subject, "*", ConsentState.ERASED, actor, reason);
        }

        @Override
        public List<ConsentRecord> records(String tenant, String subject) {
            return entries.stream()
                    .filter(entry -> entry.subject().equals(subject))
                    .toList();
        }

        @Override
        public List<String> subjects(String tenant) {
            return entries.stream()
                    .map(ConsentRecord::subject)
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    static final class FakeKeys implements SubjectKeys {
        final Map<String, byte[]> keys = new HashMap<>();

        @Override
        public byte[] derive(String tenant, String subject, byte[] nonce, String label) {
            try {
                byte[] key = keys.computeIfAbsent(
                        tenant + "/" + subject, name -> Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32));
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(key, "HmacSHA256"));
                mac.update(label.getBytes(StandardCharsets.UTF_8));
                mac.update((byte) 0);
                return mac.doFinal(nonce);
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean exists(String tenant, String subject) {
            return keys.containsKey(tenant + "/" + subject);
        }
    }

    final class FakeEnergy implements EnergyAccounting {
        EnergyShare share = new EnergyShare(1.25, "estimate", 0.5, 0.1, "no counter is readable");
        final List<Long> work = new ArrayList<>();
        int open;

        @Override
        public EnergyAccount open(String operation) {
            events.add("energy open " + operation);
            open++;
            return new EnergyAccount() {
                @Override
                public void work(long busyNanos) {
                    work.add(busyNanos);
                }

                @Override
                public EnergyShare settle() {
                    events.add("energy settle");
                    return share;
                }

                @Override
                public void close() {
                    open--;
                }
            };
        }

        @Override
        public EnergyStatus status() {
            return new EnergyStatus("estimate", "a test", 1, 1, Map.of());
        }
    }

    /** Takes words with an at sign for mail addresses, and words after "card " for card numbers. */
    final class FakeDetector implements PersonalData {
        private static final Pattern MAIL = Pattern.compile("\\S+@\\S+");
        private static final Pattern CARD = Pattern.compile("(?<=card )\\S+");

        @Override
        public List<Span> find(String text, Set<Kind> kinds) {
            events.add("find");
            List<Span> spans = new ArrayList<>();
            add(text, MAIL, Kind.EMAIL, kinds, spans);
            add(text, CARD, Kind.CARD, kinds, spans);
            spans.sort(java.util.Comparator.comparingInt(Span::start));
            return spans;
        }

        private static void add(String text, Pattern pattern, Kind kind, Set<Kind> kinds, List<Span> spans) {
            Matcher matcher = pattern.matcher(text);
            while (kinds.contains(kind) && matcher.find()) {
                spans.add(
                        new Span(text.codePointCount(0, matcher.start()), text.codePointCount(0, matcher.end()), kind));
            }
        }

        @Override
        public String mask(String text, List<Span> spans) {
            int[] points = text.codePoints().toArray();
            for (Span span : spans) {
                Arrays.fill(points, span.start(), span.end(), 0x2588);
            }
            return new String(points, 0, points.length);
        }
    }

    final class FakeLog implements TransparencyLog {
        final List<byte[]> entries = new ArrayList<>();
        boolean broken;
        String checkpoint = "checkpoint";
        int failAfter = Integer.MAX_VALUE;
        /** Completes when the disk has what was appended. */
        CompletableFuture<?> disk = CompletableFuture.completedFuture(null);

        @Override
        public Appended append(byte[] entry) {
            if (broken || entries.size() >= failAfter) {
                throw new LogUnavailableException("the disk is full");
            }
            events.add("log");
            entries.add(entry.clone());
            int index = entries.size() - 1;
            return new Appended() {
                @Override
                public long index() {
                    return index;
                }

                @Override
                public long size() {
                    return index + 1L;
                }

                @Override
                public String checkpoint() {
                    return "checkpoint";
                }

                @Override
                public String proof() {
                    return "proof of " + index;
                }
            };
        }

        String text(int index) {
            return new String(entries.get(index), StandardCharsets.UTF_8);
        }

        @Override
        public CompletableFuture<Appended> appendLater(byte[] entry) {
            try {
                Appended appended = append(entry);
                return disk.thenApply(forced -> appended);
            } catch (LogUnavailableException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public String origin() {
            return "test.example/log";
        }

        @Override
        public String verifierKey() {
            return "test.example/log+00000000+AQ==";
        }

        @Override
        public long size() {
            return entries.size();
        }

        @Override
        public String checkpoint() {
            return checkpoint;
        }

        @Override
        public byte[] entry(long index) {
            return entries.get((int) index);
        }

        @Override
        public List<byte[]> inclusion(long index, long size) {
            return List.of();
        }

        @Override
        public List<byte[]> consistency(long from, long to) {
            return List.of();
        }

        @Override
        public Optional<byte[]> resource(String path) {
            return Optional.empty();
        }
    }

    final class FakeRetrieval implements Retrieval {
        Findings findings = new Findings(
                "Withdrawal reaches documents.",
                "",
                "en",
                List.of(new Citation(
                        "a.md", "sha256:" + "1".repeat(64), 4, 33, "Withdrawal reaches documents.", 0.875)),
                List.of(),
                Map.of("search", 1.5),
                42_000);
        SearchResult result = new SearchResult(
                List.of(new Hit(document("a.md"), 0, 12, "mail a@b.com", 0.5, 1.5, Double.NaN)), "en", List.of(), 7);
        Scope scope;
        RuntimeException failure;

        private void ask(Scope given) {
            events.add("work");
            scope = given;
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public SearchResult search(String query, String language, Scope given, int limit) {
            ask(given);
            return result;
        }

        @Override
        public Findings answer(String question, String language, Scope given) {
            ask(given);
            return findings;
        }

        /** Supports what the quotes say, word for word. */
        @Override
        public Grounds grounds(String question, String language, Scope given, int passages) {
            ask(given);
            return new Grounds() {
                @Override
                public Findings findings() {
                    return findings;
                }

                @Override
                public List<Hit> passages() {
                    return result.hits();
                }

                @Override
                public Kept keep(String text) {
                    List<Supported> kept = new ArrayList<>();
                    String[] sentences = text.split("(?<=\\.) ");
                    for (String sentence : sentences) {
                        List<Citation> quotes = findings.citations().stream()
                                .filter(citation -> citation.text().equals(sentence))
                                .toList();
                        if (!quotes.isEmpty()) {
                            kept.add(new Supported(sentence, quotes));
                        }
                    }
                    return new Kept(kept, sentences.length - kept.size());
                }
            };
        }
    }

    final class FakeLibrary implements Library {
        final List<DocumentInfo> documents = new ArrayList<>();
        List<String> boundEncoders = List.of("encoder-en 1.0.0 sha256:" + "0".repeat(64));
        List<String> problems = List.of();
        String state = "idle";
        java.io.IOException failure;
        boolean full;
        Path mirrored;

        private void ask(String event) throws java.io.IOException {
            events.add(event);
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void mirror(String tenant, Path folder) throws java.io.IOException {
            ask("mirror");
            mirrored = folder;
        }

        @Override
        public void rescan() {}

        @Override
        public DocumentInfo add(String tenant, String document, byte[] content, DocumentMetadata metadata)
                throws java.io.IOException {
            ask("add");
            if (full) {
                throw new java.io.UncheckedIOException(new java.io.IOException("No space left on device"));
            }
            DocumentInfo added = document(document);
            documents.add(added);
            return added;
        }

        @Override
        public boolean delete(String tenant, String document) throws java.io.IOException {
            ask("delete");
            return documents.removeIf(each -> each.document().equals(document));
        }

        @Override
        public List<DocumentInfo> erase(String tenant, String subject) throws java.io.IOException {
            ask("library erase");
            List<DocumentInfo> erased = documents.stream()
                    .filter(each -> each.subjects().contains(subject))
                    .toList();
            documents.removeAll(erased);
            return erased;
        }

        @Override
        public Text text(String tenant, String document) {
            return documents.stream()
                    .filter(each -> each.document().equals(document))
                    .findFirst()
                    .map(each -> new Text(each, "Write to a@b.example, 马."))
                    .orElse(null);
        }

        @Override
        public List<DocumentInfo> documents(String tenant) {
            return List.copyOf(documents);
        }

        @Override
        public LibraryStatus status() {
            return new LibraryStatus(null, state, 0, 0, Double.NaN, documents.size(), 0, problems, boundEncoders);
        }
    }
}
