package org.candor.policy.internal.cedar;

/** Code that yields true or false, without a box around it. */
@FunctionalInterface
interface Truth extends Code {

    @Override
    boolean truth(Frame frame);

    @Override
    default Object value(Frame frame) {
        return truth(frame);
    }
}
