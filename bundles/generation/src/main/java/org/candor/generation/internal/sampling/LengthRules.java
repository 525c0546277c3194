package org.candor.generation.internal.sampling;

/**
 * When a text may or must end.
 *
 * @param minLength tokens before which no end token is taken, prompt included
 * @param minNewTokens generated tokens before which no end token is taken
 * @param forcedLength length of the text, prompt included, whose last token is an end token; 0 is off
 * @param forcedFirst token that follows a prompt of one token; -1 is off
 * @param decayStart generated tokens after which end tokens become likelier
 * @param decayFactor by which they do per token, 1 (off) to 1000
 * @param ignoreEnd whether end tokens are never taken
 */
public record LengthRules(
        int minLength,
        int minNewTokens,
        int forcedLength,
        int forcedFirst,
        int decayStart,
        double decayFactor,
        boolean ignoreEnd) {

    public static final LengthRules NONE = new LengthRules(0, 0, 0, -1, 0, 1, false);

    public LengthRules {
        Allowed.between("min_length", minLength, 0, Integer.MAX_VALUE);
        Allowed.between("min_new_tokens", minNewTokens, 0, Integer.MAX_VALUE);
        Allowed.between("forced_eos_length", forcedLength, 0, Integer.MAX_VALUE);
        Allowed.between("forced_bos_token_id", forcedFirst, -1, Integer.MAX_VALUE);
        Allowed.between("exponential_decay_length_penalty.start", decayStart, 0, Integer.MAX_VALUE);
        Allowed.between("exponential_decay_length_penalty.factor", decayFactor, 1, 1000);
        if (ignoreEnd && forcedLength > 0) {
            throw Allowed.refused("ignore_eos", true, "false where an end token is forced");
        }
    }
}
