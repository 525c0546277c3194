package org.candor.governor.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.candor.api.operation.Caller;

/**
 * One operation as the path sees it, before anything is done.
 *
 * @param name for example {@code admin.consent.withdraw}
 * @param caller who asks
 * @param purpose what for
 * @param effect what doing it needs
 * @param request what is asked, as JSON values by name: committed in every log entry of the operation
 * @param attributes further facts for the policy, by name; one that names a {@code model} can be served by another
 * @param purposeStated whether the caller named the purpose, or the operation knows no other
 * @param subject person of the caller's tenant for whom it is done, or null for the caller
 */
record Operation(
        String name,
        Caller caller,
        String purpose,
        Effect effect,
        Map<String, Object> request,
        Map<String, String> attributes,
        boolean purposeStated,
        String subject) {

    /** Attribute of an operation that a model serves: the route that the caller names. */
    static final String MODEL = "model";

    Operation {
        attributes = Map.copyOf(attributes);
    }

    /** An operation that is done for its caller. */
    Operation(
            String name,
            Caller caller,
            String purpose,
            Effect effect,
            Map<String, Object> request,
            Map<String, String> attributes,
            boolean purposeStated) {
        this(name, caller, purpose, effect, request, attributes, purposeStated, null);
    }

    /** An operation without further facts, which knows no other purpose. */
    Operation(String name, Caller caller, String purpose, Effect effect, Map<String, Object> request) {
        this(name, caller, purpose, effect, request, Map.of(), true);
    }

    /** The same, with one more thing to commit to. */
    Operation with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(request);
        more.put(member, value);
        return new Operation(name, caller, purpose, effect, more, attributes, purposeStated, subject);
    }

    /** The same, done for somebody of the caller's tenant. */
    Operation inFavourOf(String person) {
        return new Operation(name, caller, purpose, effect, request, attributes, purposeStated, person);
    }

    /** Whose key the log entries are keyed with. */
    Caller keyedBy() {
        return subject == null ? caller : new Caller(subject, caller.tenant(), caller.roles());
    }

    /** Administration of what belongs to a tenant; every other {@code admin} operation reaches the whole server. */
    private static final List<Pattern> OF_A_TENANT = List.of(
            Pattern.compile("admin\\.documents\\.(list|read|add|delete)"),
            Pattern.compile("admin\\.consent\\..*"),
            Pattern.compile("admin\\.access\\..*"),
            // What a command reaches is the command's own operation.
            Pattern.compile("admin\\.shell\\.run"));

    /** Whether it reaches more than the caller's tenant, so that it is for those who run the server. */
    boolean reachesEveryTenant() {
        return name.startsWith("admin.")
                && OF_A_TENANT.stream().noneMatch(each -> each.matcher(name).matches());
    }

    /** What doing an operation needs. */
    enum Effect {
        /** Cheap, changes nothing. */
        READ,
        /** Runs models: takes one of a bounded number of places. */
        COMPUTE,
        /** Runs a model that gives places itself. */
        GENERATE,
        /** The same, and text leaves before the end: its begin is in the log before anything leaves. */
        STREAM,
        /** Changes something: its begin is in the log before the change is made. */
        CHANGE;

        /** Whether its begin is in the log by itself, and its failure too. */
        boolean tellsBegin() {
            return this == CHANGE || this == STREAM;
        }
    }
}
