package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.SequenceClassifier;
import org.candor.transformer.internal.TokenSequence;

/** A body with a classification head. */
record BertClassifier(BertModel model, BertHead.Classification head) implements SequenceClassifier {

    @Override
    public List<String> labels() {
        return head.labels();
    }

    @Override
    public float[][] logits(List<TokenSequence> inputs) {
        List<float[]> logits = new ArrayList<>();
        for (BertBatch batch : model.batches(inputs)) {
            logits.addAll(List.of(logits(batch)));
        }
        return logits.toArray(float[][]::new);
    }

    private float[][] logits(BertBatch batch) {
        int count = batch.sequences().count();
        int hidden = model.configuration().hidden();
        return model.with(batch, (ops, space) -> {
            try (Tensor dense = model.backend().allocate(ElementType.F32, count, hidden);
                    Tensor scores = model.backend().allocate(ElementType.F32, count, labels().size())) {
                Tensor first = model.forwardFirst(space, batch);
                BertModel.linear(ops, first, head.dense(), head.activation(), dense);
                BertModel.linear(ops, dense, head.output(), Activation.IDENTITY, scores);
                return Rows.read(ops, scores);
            }
        });
    }

    @Override
    public void close() {
        model.close();
    }
}
