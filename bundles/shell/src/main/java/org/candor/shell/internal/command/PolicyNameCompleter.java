package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.policy.PolicyCandidate;

/** Policies that are installed and may be activated. */
@Service
public final class PolicyNameCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.policies.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.policies().list(caller).candidates().stream()
                .filter(candidate -> candidate.state() != PolicyCandidate.State.REFUSED)
                .map(candidate -> candidate.policy().name());
    }
}
