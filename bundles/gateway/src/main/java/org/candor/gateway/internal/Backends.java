package org.candor.gateway.internal;

import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Models;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Policies;
import org.candor.api.transparency.TransparencyLog;

/** The services that routes call, as they are at the moment of the call; null for one that is not there. Thread safe. */
interface Backends {

    Answers answers();

    Embedding embedding();

    Generation generation();

    Documents documents();

    Consents consents();

    Models models();

    Policies policies();

    Access access();

    Platform platform();

    Energy energy();

    Backups backups();

    Commands commands();

    Evidences evidences();

    TransparencyLog log();

    /**
     * The service, or a clear 503.
     *
     * @param name of what is missing
     */
    static <T> T need(T service, String name) {
        if (service == null) {
            throw new ApiError(
                            503,
                            "starting",
                            null,
                            "The " + name + " is not running yet; GET /health/ready shows what the server waits for.")
                    .header("Retry-After", "1");
        }
        return service;
    }
}
