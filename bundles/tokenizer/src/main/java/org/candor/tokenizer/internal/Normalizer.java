package org.candor.tokenizer.internal;

/** Rewrites text before it is split. Immutable, thread safe. */
sealed interface Normalizer
        permits BertNormalizer,
                Lowercase,
                NmtNormalizer,
                NormalizerSequence,
                Prepend,
                ReplaceText,
                StripAccents,
                StripWhiteSpace,
                UnicodeForm {

    void apply(NormalizedText text);
}
