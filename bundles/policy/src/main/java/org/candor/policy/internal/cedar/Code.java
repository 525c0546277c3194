package org.candor.policy.internal.cedar;

/** A compiled expression. */
@FunctionalInterface
interface Code {

    /**
     * @return a value: Long, String, Boolean, {@link EntityId}, Set or Map
     * @throws EvaluationFailure where Cedar reports an error
     */
    Object value(Frame frame);

    /** The value where only true and false will do. */
    default boolean truth(Frame frame) {
        if (value(frame) instanceof Boolean truth) {
            return truth;
        }
        throw EvaluationFailure.FAILURE;
    }

    /** The value where only a number will do. */
    default long number(Frame frame) {
        if (value(frame) instanceof Long number) {
            return number;
        }
        throw EvaluationFailure.FAILURE;
    }
}
