package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * A template for one text and one for two. Stands for every post-processor, and for none.
 *
 * @param single for one text
 * @param pair for two texts
 * @param overflowKeepsTypes whether, without special tokens, overflowing parts keep the type of their text
 */
record TemplateProcessing(
        List<TemplatePart> single, List<TemplatePart> pair, boolean overflowKeepsTypes, List<OffsetTrim> trims)
        implements PostProcessor {

    /** The texts only. */
    static final TemplateProcessing NONE = new TemplateProcessing(
            List.of(new TemplatePart.Sequence(0, 0, 0)),
            List.of(new TemplatePart.Sequence(0, 0, 0), new TemplatePart.Sequence(1, 1, 1)),
            false,
            List.of());

    TemplateProcessing(List<TemplatePart> single, List<TemplatePart> pair) {
        this(single, pair, false, List.of());
    }

    /** The texts only, with other offsets. */
    static TemplateProcessing trimming(OffsetTrim trim) {
        return new TemplateProcessing(NONE.single(), NONE.pair(), false, List.of(trim));
    }

    /** Whether it leaves the texts as they are, but for offsets. */
    boolean isBare() {
        return single.equals(NONE.single()) && pair.equals(NONE.pair());
    }

    /** This one's offsets, then the other's, with the template of whichever has one. */
    TemplateProcessing then(TemplateProcessing other) {
        List<OffsetTrim> all = new ArrayList<>(trims);
        all.addAll(other.trims);
        TemplateProcessing template = isBare() ? other : this;
        return new TemplateProcessing(template.single, template.pair, template.overflowKeepsTypes, List.copyOf(all));
    }

    @Override
    public List<TemplatePart> template(boolean isPair, boolean addSpecialTokens) {
        List<TemplatePart> parts = isPair ? pair : single;
        if (addSpecialTokens) {
            return parts;
        }
        List<TemplatePart> texts = new ArrayList<>();
        for (TemplatePart part : parts) {
            if (part instanceof TemplatePart.Sequence(int index, int typeId, int overflowTypeId)) {
                texts.add(overflowKeepsTypes ? new TemplatePart.Sequence(index, typeId, index) : part);
            }
        }
        return texts;
    }
}
