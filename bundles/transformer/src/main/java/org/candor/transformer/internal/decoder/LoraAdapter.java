package org.candor.transformer.internal.decoder;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.Weight;
import org.candor.api.model.Adapter;
import org.candor.transformer.internal.DeviceMemory;

/** A low-rank adapter's weights on the device of its base. */
final class LoraAdapter implements Adapter {

    /**
     * y[column ...] += B (A x).
     *
     * @param column of the product's result
     * @param rank rows of A
     * @param a (rank, inputs)
     * @param b (outputs, rank), the adapter's scale included
     */
    record Delta(int column, int outputs, int rank, Weight a, Weight b) {}

    private final DecoderModel base;
    private final List<Map<LinearSite, List<Delta>>> layers;
    private final DeviceMemory memory;
    private final int rank;
    private final int width;
    private boolean closed;

    /**
     * @param layers of each block, its changed products
     * @param memory closed with the adapter
     */
    LoraAdapter(DecoderModel base, List<EnumMap<LinearSite, List<Delta>>> layers, DeviceMemory memory) {
        this.base = base;
        this.layers = List.copyOf(layers);
        this.memory = memory;
        List<Delta> all = this.layers.stream()
                .flatMap(layer -> layer.values().stream())
                .flatMap(List::stream)
                .toList();
        this.rank = all.stream().mapToInt(Delta::rank).max().orElseThrow();
        this.width = all.stream().mapToInt(Delta::outputs).max().orElseThrow();
    }

    /** The model that it changes. */
    DecoderModel base() {
        return base;
    }

    /** What changes a product of a block; none where nothing does. */
    List<Delta> deltas(int layer, LinearSite site) {
        return layers.get(layer).getOrDefault(site, List.of());
    }

    /** The highest rank. */
    int rank() {
        return rank;
    }

    /** The most outputs of a changed layer. */
    int width() {
        return width;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public long bytes(int passTokens) {
        return memory.bytes() + LoraWorkspace.bytes(passTokens, rank, width);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            memory.close();
        }
    }
}
