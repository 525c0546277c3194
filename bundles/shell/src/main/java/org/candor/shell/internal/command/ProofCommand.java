package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidences;

/** {@code candor:proof}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "proof",
        description = "Prints the proof that an operation is in the log, against the newest checkpoint.",
        detailedDescription = "Example: candor:proof 0b1f7c1e-5b0e-4d8b-9f0c-2a1b3c4d5e6f")
public final class ProofCommand extends CandorCommand {

    @Argument(
            index = 0,
            name = "id",
            required = true,
            description = "Of the operation, as answers and commands show it.")
    String id;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Evidences.Proof proof = operations.evidences().proof(caller, id);
        print(proof, proof.proof().stripTrailing());
        return DONE;
    }
}
