package org.candor.generation.internal.engine;

import java.util.List;
import org.candor.api.generate.Continuation;

/** The continuations of one prompt: which of those that are written are told, and when. Used by the scheduler's thread. */
interface Choices {

    /** Where they are told. */
    Submission submission();

    /** How many are told, at least 1. */
    int told();

    /** Those that are told, after the end. */
    List<Continuation> continuations();
}
