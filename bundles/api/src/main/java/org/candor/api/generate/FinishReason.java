package org.candor.api.generate;

/** Why a continuation ended. */
public enum FinishReason {
    /** The model ended it, or a stop text or stop token was reached. */
    STOP,
    /** It has as many tokens as were asked for, or as the model's longest text has. */
    LENGTH,
    /** The request's patience was over. */
    DEADLINE
}
