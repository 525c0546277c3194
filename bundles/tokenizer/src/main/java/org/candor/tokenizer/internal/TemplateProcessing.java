package org.candor.tokenizer.internal;

import java.util.List;

/** A template for one text and one for two. Stands for TemplateProcessing, BertProcessing and for no post-processor. */
record TemplateProcessing(List<TemplatePart> single, List<TemplatePart> pair) implements PostProcessor {

    /** The texts only. */
    static final TemplateProcessing NONE = new TemplateProcessing(
            List.of(new TemplatePart.Sequence(0, 0, 0)),
            List.of(new TemplatePart.Sequence(0, 0, 0), new TemplatePart.Sequence(1, 1, 1)));

    @Override
    public List<TemplatePart> template(boolean isPair) {
        return isPair ? pair : single;
    }
}
