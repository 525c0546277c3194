package org.candor.transformer.internal.bert;

import static org.candor.transformer.internal.Reference.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.Embeddings;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.TextEncoder;
import org.candor.api.tokenize.Tokenizer;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.OnnxRuntime;
import org.candor.transformer.internal.RealModels;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TokenSequence;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The published encoders, read from their ONNX files, against ONNX Runtime on the same files. */
class RealModelsTest {

    private static final List<String> ENGLISH = List.of(
            "Who may withdraw consent, and what does a withdrawal reach?",
            "",
            "A model answers only from passages that it can quote; without support it says so and stops.",
            "Energy is attributed to requests so that the shares of one window add up to the counter's reading, and a "
                    + "missing counter is reported as missing with its reason instead of as zero.",
            "naïve café, 東京 and ünïcödé — 3.14159 % of $1,000!");

    private static final List<String> CHINESE = List.of(
            "谁可以撤回同意？",
            "模型只根据它能够引用的段落回答；没有依据时，它会说明并停止。",
            "能耗按请求分摊，一个窗口内各份额之和等于计数器的读数；缺少的计数器会连同原因一起报告，而不是报告为零。",
            "OSGi 组件 2026 年",
            "透明日志");

    @ParameterizedTest
    @EnumSource
    void hiddenStatesEqualThoseOfOnnxRuntime(RealModels real) throws Exception {
        ModelFiles files = real.files();
        List<int[]> sequences = tokens(files.files().get("tokenizer.json"), real);
        float[][][] expected;
        try (OnnxRuntime runtime = new OnnxRuntime(files.files().get("model.onnx"))) {
            expected = runtime.lastHiddenState(sequences);
        }
        try (CpuBackend backend = Reference.cpu();
                BertModel model = new BertFamily(backend, 256, 2)
                        .load(files, WeightType.F32, BertLoader.Head.NONE)
                        .body()) {
            List<BertBatch> batches =
                    model.batches(sequences.stream().map(TokenSequence::of).toList());
            int sequence = 0;
            for (BertBatch batch : batches) {
                float[][] rows = model.with(
                        batch, (ops, space) -> Rows.read(ops, model.forward(space, batch, BertModel.Observer.NONE)));
                float[][] first = model.with(batch, (ops, space) -> Rows.read(ops, model.forwardFirst(space, batch)));
                for (int i = 0; i < batch.sequences().count(); i++, sequence++) {
                    for (int t = 0; t < batch.sequences().length(i); t++) {
                        assertClose(
                                real + " text " + sequence + " token " + t,
                                expected[sequence][t],
                                0,
                                rows[batch.sequences().start(i) + t]);
                    }
                    assertClose(real + " text " + sequence + " first token", expected[sequence][0], 0, first[i]);
                }
            }
            assertEquals(sequences.size(), sequence);
        }
    }

    private static List<int[]> tokens(Path tokenizerJson, RealModels real) throws Exception {
        List<int[]> sequences = new ArrayList<>();
        try (InputStream in = Files.newInputStream(tokenizerJson)) {
            Tokenizer tokenizer = Reference.tokenizers().read("tokenizer.json", in);
            for (String text : texts(real)) {
                sequences.add(tokenizer.encode(text).ids());
            }
        }
        return sequences;
    }

    private static List<String> texts(RealModels real) {
        return real == RealModels.ENGLISH ? ENGLISH : CHINESE;
    }

    @ParameterizedTest
    @EnumSource
    void embeddingsOfTextsEqualThoseOfOnnxRuntime(RealModels real) throws Exception {
        ModelFiles files = real.files();
        EncoderSettings settings = new EncoderSettings(Pooling.FIRST, true, 512, "", WeightType.F32);
        String tooLong = "ethics 伦理 ".repeat(400);
        try (CpuBackend backend = Reference.cpu();
                OnnxRuntime runtime = new OnnxRuntime(files.files().get("model.onnx"));
                TextEncoder encoder = new BertFamily(backend, 64, 2).encoder(files, settings, Reference.tokenizers())) {
            Embeddings embeddings = encoder.embed(texts(real));
            float[][][] states = runtime.lastHiddenState(tokens(files.files().get("tokenizer.json"), real));
            for (int i = 0; i < states.length; i++) {
                assertClose(
                        real + " text " + i,
                        normalized(states[i][0]),
                        0,
                        embeddings.vectors()[i]);
            }
            Embeddings cut = encoder.embed(List.of(tooLong));
            assertTrue(cut.truncated()[0]);
            assertEquals(512, cut.tokens()[0]);
        }
    }

    private static float[] normalized(float[] vector) {
        double sum = 0;
        for (float v : vector) {
            sum += (double) v * v;
        }
        float[] unit = vector.clone();
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (unit[i] / Math.sqrt(sum));
        }
        return unit;
    }
}
