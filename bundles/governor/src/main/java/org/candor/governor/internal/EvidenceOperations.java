package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.transparency.LogUnavailableException;
import org.candor.api.transparency.TransparencyLog;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.TlogProof;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Operation {@code log.read}. */
@Component
public final class EvidenceOperations implements Evidences {

    private final GovernedPath path;

    @Activate
    public EvidenceOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Proof proof(Caller caller, String id) {
        TransparencyLog log = permitted(caller, Map.of("read", "proof"));
        EntryId wanted = EntryId.parse(id);
        if (wanted == null || wanted.index() >= log.size()) {
            throw unknown(id);
        }
        try {
            byte[] entry = log.entry(wanted.index());
            Services services = path.services();
            if (services.subjectKeys() == null
                    || !wanted.sameAs(EntryId.of(wanted.index(), entry, caller.tenant(), services.subjectKeys()))) {
                throw unknown(id);
            }
            String checkpoint = log.checkpoint();
            // The text of a signed note ends at its blank line.
            long size = Checkpoint.parse(checkpoint.substring(0, checkpoint.indexOf("\n\n") + 1))
                    .size();
            TlogProof proof = new TlogProof(wanted.index(), log.inclusion(wanted.index(), size), checkpoint);
            return new Proof(wanted.index(), size, Json.parseObject(entry), proof.text());
        } catch (LogUnavailableException | InvalidProofException e) {
            throw unreadable(e);
        } catch (ConsentUnavailableException e) {
            throw new OperationException(Kind.UNAVAILABLE, "consent-unavailable", e.getMessage(), null, e);
        }
    }

    @Override
    public Page entries(Caller caller, long start, int count) {
        if (start < 0 || count < 1 || count > MOST_ENTRIES) {
            throw Requests.invalid("count", "start is 0 or more, count 1 to " + MOST_ENTRIES);
        }
        TransparencyLog log = permitted(caller, Map.of("read", "entries"));
        try {
            long size = log.size();
            List<Entry> entries = new ArrayList<>();
            for (long index = start; index < Math.min(size, start + count); index++) {
                entries.add(new Entry(index, Json.parseObject(log.entry(index))));
            }
            return new Page(size, entries);
        } catch (LogUnavailableException e) {
            throw unreadable(e);
        }
    }

    @Override
    public Consistency consistency(Caller caller, long from, long to) {
        TransparencyLog log = permitted(caller, Map.of("read", "consistency"));
        try {
            long newer = to < 0 ? log.size() : to;
            if (from < 1 || from > newer || newer > log.size()) {
                throw Requests.invalid(
                        "from", "1 <= from <= to <= " + log.size() + " is allowed; it is " + from + " to " + newer);
            }
            return new Consistency(from, newer, log.consistency(from, newer));
        } catch (LogUnavailableException e) {
            throw unreadable(e);
        }
    }

    private TransparencyLog permitted(Caller caller, Map<String, Object> request) {
        path.gate(new Operation("log.read", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, request));
        TransparencyLog log = path.services().log();
        if (log == null) {
            throw Services.missing(Governance.TRANSPARENCY.key(), Governance.TRANSPARENCY.description());
        }
        return log;
    }

    private static OperationException unknown(String id) {
        return new OperationException(
                Kind.NOT_FOUND,
                "proof_not_found",
                "No operation of your tenant has the id \"" + Requests.shown(id) + "\".",
                "id",
                null);
    }

    private static OperationException unreadable(Exception e) {
        return new OperationException(
                Kind.UNAVAILABLE, "log-unavailable", "The transparency log cannot be read: " + e.getMessage(), null, e);
    }
}
