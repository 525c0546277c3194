package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyId;

/** Installed versions of the policy named before. */
@Service
public final class PolicyVersionCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.policies.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.policies().list(caller).candidates().stream()
                .filter(candidate -> candidate.state() != PolicyCandidate.State.REFUSED)
                .map(PolicyCandidate::policy)
                .filter(policy -> before.contains(policy.name()))
                .map(PolicyId::version);
    }
}
