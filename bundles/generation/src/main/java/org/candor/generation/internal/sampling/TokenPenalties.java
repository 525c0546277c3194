package org.candor.generation.internal.sampling;

/**
 * What tokens that were there before lose.
 *
 * @param repetition divides a positive score and multiplies a negative one of every token of the text, prompt included;
 *     above 0 up to 100, 1 is off
 * @param promptIgnored first tokens of the text that the repetition penalty does not look at
 * @param presence is taken from the score of every token that was generated, -2 to 2
 * @param frequency is taken from a token's score as often as it was generated, -2 to 2
 * @param noRepeatNgram length of runs of tokens that must not occur twice, prompt included; 0 is off
 */
public record TokenPenalties(
        double repetition, int promptIgnored, double presence, double frequency, int noRepeatNgram) {

    public static final TokenPenalties NONE = new TokenPenalties(1, 0, 0, 0, 0);

    public TokenPenalties {
        Allowed.above("repetition_penalty", repetition, 0, 100);
        Allowed.between("prompt_ignore_length", promptIgnored, 0, Integer.MAX_VALUE);
        Allowed.between("presence_penalty", presence, -2, 2);
        Allowed.between("frequency_penalty", frequency, -2, 2);
        Allowed.between("no_repeat_ngram_size", noRepeatNgram, 0, Integer.MAX_VALUE);
    }
}
