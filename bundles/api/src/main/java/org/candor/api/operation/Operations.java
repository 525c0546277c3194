package org.candor.api.operation;

import java.util.List;

/** Names of the operations that a policy is asked about: what a caller may do is told in these words. */
public final class Operations {

    /** Whoever may sign in may do this, whatever rules were kept: a first password has to be changed. */
    public static final String OWN_PASSWORD = "access.password";

    /** All of them, sorted. */
    public static final List<String> ALL = List.of(
            OWN_PASSWORD,
            "admin.access.key-create",
            "admin.access.key-revoke",
            "admin.access.list",
            "admin.access.password",
            "admin.access.user-create",
            "admin.access.user-remove",
            "admin.access.user-roles",
            "admin.backup.create",
            "admin.backup.restore",
            "admin.consent.erase",
            "admin.consent.grant",
            "admin.consent.list",
            "admin.consent.preview",
            "admin.consent.withdraw",
            "admin.documents.add",
            "admin.documents.delete",
            "admin.documents.file",
            "admin.documents.list",
            "admin.documents.mirror",
            "admin.documents.read",
            "admin.energy.history",
            "admin.health.read",
            "admin.models.activate",
            "admin.models.inspect",
            "admin.models.install",
            "admin.models.remove",
            "admin.models.rollback",
            "admin.models.verify",
            "admin.policies.activate",
            "admin.policies.list",
            "admin.policies.replay",
            "admin.policies.rollback",
            "admin.policies.test",
            "admin.shell.run",
            "answer",
            "embed",
            "generate",
            "log.read",
            "models.list",
            "search",
            "tokenize");

    private Operations() {}
}
