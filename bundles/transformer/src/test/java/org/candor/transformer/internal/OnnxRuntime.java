package org.candor.transformer.internal;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What ONNX Runtime answers on the same file, with padding as its users give it. */
public final class OnnxRuntime implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    public OnnxRuntime(Path model) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(2);
            this.session = environment.createSession(model.toString(), options);
        }
    }

    /** last_hidden_state: (batch, longest, hidden). */
    public float[][][] lastHiddenState(List<int[]> sequences) throws OrtException {
        int longest = sequences.stream().mapToInt(s -> s.length).max().orElseThrow();
        long[][] ids = new long[sequences.size()][longest];
        long[][] mask = new long[sequences.size()][longest];
        for (int i = 0; i < ids.length; i++) {
            for (int t = 0; t < sequences.get(i).length; t++) {
                ids[i][t] = sequences.get(i)[t];
                mask[i][t] = 1;
            }
        }
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
                OnnxTensor typeTensor = OnnxTensor.createTensor(environment, new long[ids.length][longest]);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            return (float[][][]) result.get(0).getValue();
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
