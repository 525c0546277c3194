package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Activation;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.transformer.internal.SpanReader;
import org.candor.transformer.internal.TokenSequence;

/** A body with a question-answering head. */
record BertSpanReader(BertModel model, BertHead.QuestionAnswering head) implements SpanReader {

    @Override
    public List<Scores> scores(List<TokenSequence> inputs) {
        List<Scores> scores = new ArrayList<>();
        for (BertBatch batch : model.batches(inputs)) {
            float[][] rows = scores(batch);
            Sequences sequences = batch.sequences();
            for (int i = 0; i < sequences.count(); i++) {
                float[] start = new float[sequences.length(i)];
                float[] end = new float[sequences.length(i)];
                for (int t = 0; t < start.length; t++) {
                    start[t] = rows[sequences.start(i) + t][0];
                    end[t] = rows[sequences.start(i) + t][1];
                }
                scores.add(new Scores(start, end));
            }
        }
        return scores;
    }

    private float[][] scores(BertBatch batch) {
        return model.with(batch, (ops, space) -> {
            try (Tensor scores = model.backend().allocate(ElementType.F32, batch.tokens(), 2)) {
                Tensor x = model.forward(space, batch, BertModel.Observer.NONE);
                BertModel.linear(ops, x, head.output(), Activation.IDENTITY, scores);
                return Rows.read(ops, scores);
            }
        });
    }

    @Override
    public void close() {
        model.close();
    }
}
