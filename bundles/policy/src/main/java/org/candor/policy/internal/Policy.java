package org.candor.policy.internal;

import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;

/** One immutable policy: the same request always gets the same decision. */
interface Policy {

    PolicyId id();

    Decision decide(PolicyRequest request);
}
