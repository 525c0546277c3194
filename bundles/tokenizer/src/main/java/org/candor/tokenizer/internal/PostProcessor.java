package org.candor.tokenizer.internal;

import java.util.List;

/** Puts special tokens around one or two texts. Immutable, thread safe. */
sealed interface PostProcessor permits TemplateProcessing {

    /** The order of texts and special tokens. */
    List<TemplatePart> template(boolean pair, boolean addSpecialTokens);

    /** What is done to offsets, in order. */
    List<OffsetTrim> trims();
}
