package org.candor.policy.internal.cedar;

/** Decides by one set of Cedar policies and its entities. Immutable and thread safe. */
public interface Evaluator {

    Verdict evaluate(Situation situation);

    /** How it decides, for people, in a few words. */
    String description();
}
