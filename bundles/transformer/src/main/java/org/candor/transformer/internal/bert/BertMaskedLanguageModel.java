package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.MaskedLanguageModel;
import org.candor.transformer.internal.TokenSequence;

/** A body with a masked-LM head. */
record BertMaskedLanguageModel(BertModel model, BertHead.MaskedLanguage head) implements MaskedLanguageModel {

    @Override
    public List<float[][]> logits(List<TokenSequence> inputs) {
        List<float[][]> logits = new ArrayList<>();
        for (BertBatch batch : model.batches(inputs)) {
            float[][] rows = logits(batch);
            for (int i = 0; i < batch.sequences().count(); i++) {
                logits.add(Arrays.copyOfRange(
                        rows, batch.sequences().start(i), batch.sequences().start(i + 1)));
            }
        }
        return logits;
    }

    private float[][] logits(BertBatch batch) {
        int vocabulary = model.configuration().vocabulary();
        return model.with(batch, (ops, space) -> {
            try (Tensor scores = model.backend().allocate(ElementType.F32, batch.tokens(), vocabulary)) {
                Tensor x = model.forward(space, batch, BertModel.Observer.NONE);
                Tensor transformed = space.rows(batch.tokens()).scratch();
                BertModel.linear(ops, x, head.transform(), head.activation(), transformed);
                ops.layerNorm(
                        transformed, null, head.norm().gamma(), head.norm().beta(), head.epsilon(), transformed);
                BertModel.linear(ops, transformed, head.decoder(), Activation.IDENTITY, scores);
                return Rows.read(ops, scores);
            }
        });
    }

    @Override
    public void close() {
        model.close();
    }
}
