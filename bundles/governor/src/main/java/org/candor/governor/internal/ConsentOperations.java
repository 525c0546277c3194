package org.candor.governor.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.consent.ConsentRegister;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Library;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operations {@code admin.consent.*}. */
@Component
public final class ConsentOperations implements Consents {

    private static final String LIST = "admin.consent.list";

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Library library;

    @Activate
    public ConsentOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Change grant(Caller caller, String subject, String purpose, String reason) {
        String person = Requests.name("subject", subject);
        String what = Requests.purpose(purpose);
        String why = Requests.reason(reason);
        return change(
                "admin.consent.grant",
                caller,
                request(person, what, why),
                () -> new Entered(
                        register().grant(caller.tenant(), person, what, caller.subject(), why),
                        naming(caller.tenant(), person)));
    }

    @Override
    public Change withdraw(Caller caller, String subject, String purpose, String reason) {
        String person = Requests.name("subject", subject);
        String what = Requests.purpose(purpose);
        String why = Requests.reason(reason);
        return change(
                "admin.consent.withdraw",
                caller,
                request(person, what, why),
                () -> new Entered(
                        register().withdraw(caller.tenant(), person, what, caller.subject(), why),
                        naming(caller.tenant(), person)));
    }

    @Override
    public Change erase(Caller caller, String subject, String reason) {
        String person = Requests.name("subject", subject);
        String why = Requests.reason(reason);
        return change("admin.consent.erase", caller, request(person, "*", why), () -> {
            Library now = library;
            if (now == null) {
                throw Services.missing("library", "library, whose documents are to be erased,");
            }
            // The key first: from then on nothing of the subject can be linked, whatever becomes of the documents.
            ConsentRecord entry = register().erase(caller.tenant(), person, caller.subject(), why);
            try {
                return new Entered(entry, now.erase(caller.tenant(), person));
            } catch (IOException e) {
                throw new OperationException(
                        Kind.UNAVAILABLE,
                        "erasure-incomplete",
                        "The subject's key is destroyed and the erasure entered, but its documents could not be deleted: "
                                + e.getMessage() + ". Erase again.",
                        null,
                        e);
            }
        });
    }

    @Override
    public Preview preview(Caller caller, String subject) {
        String person = Requests.name("subject", subject);
        Operation operation =
                operation("admin.consent.preview", caller, Operation.Effect.READ, Map.of("subject", person));
        return path.run(operation, new Task<Preview>() {
                    @Override
                    public Preview perform(Permit permit, Meter meter) {
                        SubjectKeys keys = path.services().subjectKeys();
                        return new Preview(
                                naming(caller.tenant(), person),
                                register().records(caller.tenant(), person).size(),
                                keys != null && keys.exists(caller.tenant(), person));
                    }

                    @Override
                    public void describe(Preview preview, Map<String, Object> members) {
                        members.put(
                                "documents",
                                preview.documents() == null
                                        ? null
                                        : preview.documents().size());
                        members.put("records", preview.records());
                    }
                })
                .result();
    }

    @Override
    public List<ConsentRecord> records(Caller caller, String subject) {
        String person = Requests.name("subject", subject);
        Map<String, Object> request = Map.of("subject", person);
        return path.run(operation(LIST, caller, Operation.Effect.READ, request), listing(() -> register()
                        .records(caller.tenant(), person)))
                .result();
    }

    @Override
    public List<String> subjects(Caller caller) {
        return path.run(operation(LIST, caller, Operation.Effect.READ, Map.of()), listing(() -> register()
                        .subjects(caller.tenant())))
                .result();
    }

    private ConsentRegister register() {
        ConsentRegister now = path.services().consent();
        if (now == null) {
            throw Services.missing(Governance.CONSENT.key(), Governance.CONSENT.description());
        }
        return now;
    }

    /** Documents that name the subject; null while the library cannot be asked, which does not hold up a withdrawal. */
    private List<DocumentInfo> naming(String tenant, String subject) {
        Library now = library;
        return now == null
                ? null
                : now.documents(tenant).stream()
                        .filter(document -> document.subjects().contains(subject))
                        .toList();
    }

    private static Map<String, Object> request(String subject, String purpose, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("subject", subject);
        request.put("consentPurpose", purpose);
        request.put("reason", reason);
        return request;
    }

    private static Operation operation(
            String name, Caller caller, Operation.Effect effect, Map<String, Object> request) {
        return new Operation(name, caller, Answers.DEFAULT_PURPOSE, effect, request);
    }

    private Change change(String name, Caller caller, Map<String, Object> request, Entry entry) {
        Governed<Entered> done =
                path.run(operation(name, caller, Operation.Effect.CHANGE, request), new Task<Entered>() {
                    @Override
                    public Entered perform(Permit permit, Meter meter) {
                        return entry.enter();
                    }

                    @Override
                    public void describe(Entered entered, Map<String, Object> members) {
                        members.put("record", Json.record(entered.entry()));
                        members.put(
                                "documents",
                                entered.documents() == null
                                        ? null
                                        : entered.documents().stream()
                                                .map(DocumentInfo::document)
                                                .toList());
                    }
                });
        return new Change(done.result().entry(), done.result().documents(), done.evidence());
    }

    private static <T> Task<List<T>> listing(Listing<T> listing) {
        return new Task<>() {
            @Override
            public List<T> perform(Permit permit, Meter meter) {
                return listing.list();
            }

            @Override
            public void describe(List<T> listed, Map<String, Object> members) {
                members.put("count", listed.size());
            }
        };
    }

    private record Entered(ConsentRecord entry, List<DocumentInfo> documents) {}

    private interface Entry {
        Entered enter();
    }

    private interface Listing<T> {
        List<T> list();
    }
}
