package org.candor.tokenizer.internal;

/** Rewrites text before it is split. Immutable, thread safe. */
sealed interface Normalizer
        permits BertNormalizer,
                ByteLevelNormalizer,
                Lowercase,
                NmtNormalizer,
                NormalizerSequence,
                Precompiled,
                Prepend,
                ReplacePattern,
                ReplaceText,
                StripAccents,
                StripWhiteSpace,
                UnicodeForm {

    void apply(NormalizedText text);
}
