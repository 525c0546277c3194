package org.candor.policy.internal;

import java.util.Map;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyGate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate in front of every operation. There is no gate without a configuration, and no permit without a rule. An
 * update is read completely and then put in force with one write; an update that is not valid is refused, and the policy
 * before it goes on serving.
 */
@Component(configurationPid = "org.candor.policy", immediate = true, configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ConfiguredPolicyGate implements PolicyGate {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredPolicyGate.class);

    private volatile Policy inForce;

    /**
     * @param properties keys as in etc/org.candor.policy.cfg
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    @Activate
    public ConfiguredPolicyGate(Map<String, Object> properties) {
        inForce = new ConfigurationSource(properties).read();
        LOG.info("Policy in force: {}", inForce.id());
    }

    @Modified
    void update(Map<String, Object> properties) {
        replace(new ConfigurationSource(properties));
    }

    void replace(PolicySource source) {
        try {
            Policy next = source.read();
            inForce = next;
            LOG.info("Policy in force: {}", next.id());
        } catch (InvalidPolicyException e) {
            LOG.error("The new policy is refused, {} stays in force. {}", inForce.id(), e.getMessage());
        }
    }

    @Override
    public Decision decide(PolicyRequest request) {
        return inForce.decide(request);
    }

    @Override
    public PolicyId policy() {
        return inForce.id();
    }
}
