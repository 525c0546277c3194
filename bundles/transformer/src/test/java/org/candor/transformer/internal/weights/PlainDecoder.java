package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Map;
import org.candor.api.model.ModelFormatException;

/** A forward pass of Llama, Qwen 2 and GPT-2 as the papers have it, in binary64, to check weights with. */
final class PlainDecoder {

    private final Checkpoint checkpoint;
    private final Map<String, Object> config;
    private final boolean gpt2;

    PlainDecoder(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.configuration();
        this.gpt2 = config.get("model_type").equals("gpt2");
    }

    private int number(String key) {
        return ((Long) config.get(key)).intValue();
    }

    private double epsilon() {
        return (Double) config.get(gpt2 ? "layer_norm_epsilon" : "rms_norm_eps");
    }

    /** Logits of each position. */
    float[][] logits(int[] ids) throws ModelFormatException {
        int hidden = number(gpt2 ? "n_embd" : "hidden_size");
        int vocabulary = number("vocab_size");
        String table = gpt2 ? "transformer.wte.weight" : "model.embed_tokens.weight";
        float[] embeddings = values(table);
        float[] positions = gpt2 ? values("transformer.wpe.weight") : null;
        double[][] x = new double[ids.length][hidden];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < hidden; i++) {
                x[t][i] = embeddings[ids[t] * hidden + i] + (gpt2 ? positions[t * hidden + i] : 0);
            }
        }
        int layers = number(gpt2 ? "n_layer" : "num_hidden_layers");
        for (int layer = 0; layer < layers; layer++) {
            if (gpt2) {
                gpt2(x, "transformer.h." + layer + ".");
            } else {
                llama(x, "model.layers." + layer + ".");
            }
        }
        double[][] normed = norm(x, gpt2 ? "transformer.ln_f" : "model.norm");
        boolean tied = (Boolean) config.get("tie_word_embeddings");
        double[][] logits = rowsTimes(normed, tied ? embeddings : values("lm_head.weight"), vocabulary, null);
        float[][] narrow = new float[ids.length][vocabulary];
        for (int t = 0; t < ids.length; t++) {
            for (int i = 0; i < vocabulary; i++) {
                narrow[t][i] = (float) logits[t][i];
            }
        }
        return narrow;
    }

    private void llama(double[][] x, String block) throws ModelFormatException {
        int heads = number("num_attention_heads");
        int keyHeads = number("num_key_value_heads");
        int size = number("head_dim");
        double[][] normed = norm(x, block + "input_layernorm");
        double[][] q = linear(normed, block + "self_attn.q_proj", heads * size);
        double[][] k = linear(normed, block + "self_attn.k_proj", keyHeads * size);
        double[][] v = linear(normed, block + "self_attn.v_proj", keyHeads * size);
        rotate(q, heads, size);
        rotate(k, keyHeads, size);
        add(x, linear(attention(q, k, v, heads, keyHeads, size), block + "self_attn.o_proj", x[0].length));
        normed = norm(x, block + "post_attention_layernorm");
        int width = number("intermediate_size");
        double[][] gate = linear(normed, block + "mlp.gate_proj", width);
        double[][] up = linear(normed, block + "mlp.up_proj", width);
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < width; i++) {
                up[t][i] *= gate[t][i] / (1 + Math.exp(-gate[t][i]));
            }
        }
        add(x, linear(up, block + "mlp.down_proj", x[0].length));
    }

    private void gpt2(double[][] x, String block) throws ModelFormatException {
        int hidden = x[0].length;
        int heads = number("n_head");
        double[][] qkv = linear(norm(x, block + "ln_1"), block + "attn.c_attn", 3 * hidden);
        double[][][] parts = new double[3][x.length][hidden];
        for (int part = 0; part < 3; part++) {
            for (int t = 0; t < x.length; t++) {
                System.arraycopy(qkv[t], part * hidden, parts[part][t], 0, hidden);
            }
        }
        double[][] mixed = attention(parts[0], parts[1], parts[2], heads, heads, hidden / heads);
        add(x, linear(mixed, block + "attn.c_proj", hidden));
        double[][] inner = linear(norm(x, block + "ln_2"), block + "mlp.c_fc", number("n_inner"));
        for (double[] row : inner) {
            for (int i = 0; i < row.length; i++) {
                double cubed = row[i] + 0.044715 * row[i] * row[i] * row[i];
                row[i] *= 0.5 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * cubed));
            }
        }
        add(x, linear(inner, block + "mlp.c_proj", hidden));
    }

    private void rotate(double[][] x, int heads, int size) {
        double theta = (Double) ((Map<?, ?>) config.get("rope_parameters")).get("rope_theta");
        for (int t = 0; t < x.length; t++) {
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < size / 2; i++) {
                    double angle = t * Math.pow(theta, -2.0 * i / size);
                    int a = h * size + i;
                    int b = a + size / 2;
                    double first = x[t][a];
                    x[t][a] = first * Math.cos(angle) - x[t][b] * Math.sin(angle);
                    x[t][b] = x[t][b] * Math.cos(angle) + first * Math.sin(angle);
                }
            }
        }
    }

    private static double[][] attention(double[][] q, double[][] k, double[][] v, int heads, int keyHeads, int size) {
        double[][] out = new double[q.length][heads * size];
        for (int h = 0; h < heads; h++) {
            int query = h * size;
            int key = h / (heads / keyHeads) * size;
            for (int t = 0; t < q.length; t++) {
                double[] weights = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    double dot = 0;
                    for (int i = 0; i < size; i++) {
                        dot += q[t][query + i] * k[s][key + i];
                    }
                    weights[s] = Math.exp(dot / Math.sqrt(size));
                    sum += weights[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < size; i++) {
                        out[t][query + i] += weights[s] / sum * v[s][key + i];
                    }
                }
            }
        }
        return out;
    }

    private double[][] norm(double[][] x, String name) throws ModelFormatException {
        int size = x[0].length;
        float[] gamma = values(name + ".weight");
        float[] beta = gpt2 ? values(name + ".bias") : null;
        double[][] y = new double[x.length][size];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            for (int i = 0; gpt2 && i < size; i++) {
                mean += x[t][i] / size;
            }
            double square = 0;
            for (int i = 0; i < size; i++) {
                square += (x[t][i] - mean) * (x[t][i] - mean) / size;
            }
            for (int i = 0; i < size; i++) {
                y[t][i] = (x[t][i] - mean) / Math.sqrt(square + epsilon()) * gamma[i] + (gpt2 ? beta[i] : 0);
            }
        }
        return y;
    }

    /** A linear layer as transformers stores it: (outputs, inputs), but (inputs, outputs) in GPT-2. */
    private double[][] linear(double[][] x, String name, int outputs) throws ModelFormatException {
        float[] weight = values(name + ".weight");
        if (gpt2) {
            int inputs = x[0].length;
            float[] turned = new float[weight.length];
            for (int i = 0; i < inputs; i++) {
                for (int o = 0; o < outputs; o++) {
                    turned[o * inputs + i] = weight[i * outputs + o];
                }
            }
            weight = turned;
        }
        StoredTensor bias = checkpoint.find(name + ".bias");
        return rowsTimes(x, weight, outputs, bias == null ? null : bias.vector(outputs));
    }

    private static double[][] rowsTimes(double[][] x, float[] weight, int outputs, float[] bias) {
        int inputs = x[0].length;
        double[][] y = new double[x.length][outputs];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : bias[o];
                for (int i = 0; i < inputs; i++) {
                    sum += x[t][i] * weight[o * inputs + i];
                }
                y[t][o] = sum;
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }

    private float[] values(String name) {
        StoredTensor tensor = checkpoint.find(name);
        assertNotNull(tensor, name);
        float[] values = new float[(int) tensor.size()];
        tensor.copy(0, values, values.length);
        return values;
    }
}
