package org.candor.governor.internal;

import java.util.Map;
import org.candor.api.operation.Caller;

/** The governor's path with nothing on it: no policy, no consent, no energy, no log. Its places are as many. */
final class OpenPath {

    /** Of callers who are answered on the open path; all others are governed. */
    private static final String SUBJECT = "open";

    /** Above the governor's own, so that the gateway asks here. */
    static final int RANKING = 1_000;

    /** The governor's services, which are not marked. */
    static final String GOVERNED = "(!(org.candor.open=true))";

    static final String MARK = "org.candor.open:Boolean=true";

    private OpenPath() {}

    static boolean isFor(Caller caller) {
        return caller.subject().equals(SUBJECT);
    }

    static GovernedPath create() {
        return new GovernedPath(Map.of("require", new String[0]));
    }
}
