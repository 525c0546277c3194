package org.candor.proof;

/** What a pack carries: where its files lie in a bundle, what signatures stand over, and whose configuration decides. */
public enum PackKind {
    /** Weights, tokenizer, card and golden inputs. */
    MODEL("MODEL", "candor.org/model-pack/v1", "org.candor.models"),
    /** Cedar policies, their schema, messages and tests. */
    POLICY("POLICY", "candor.org/policy-pack/v1", "org.candor.policy");

    private final String folder;
    private final String statement;
    private final String pid;

    PackKind(String folder, String statement, String pid) {
        this.folder = folder;
        this.statement = statement;
        this.pid = pid;
    }

    /** Folder of the pack's files in a bundle, without a slash. */
    public String folder() {
        return folder;
    }

    /** First line of what is signed: a signature over a pack of one kind is none over a pack of another. */
    String statement() {
        return statement;
    }

    /** The configuration that says who is trusted. */
    public String pid() {
        return pid;
    }
}
