package org.candor.governor.internal;

import java.io.IOException;
import java.util.Map;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Operations {@code admin.access.*}. */
@Component
public final class AccessOperations implements Access {

    private final GovernedPath path;

    @Activate
    public AccessOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Evidence changePassword(Caller caller, String account, Change change) {
        Operation operation = new Operation(
                "admin.access.password",
                caller,
                Answers.DEFAULT_PURPOSE,
                Operation.Effect.CHANGE,
                Map.of("account", Requests.name("account", account)));
        return path.run(operation, new Task<Boolean>() {
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
}
