package org.candor.compute.cpu.internal;

import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CacheTensor;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.ElementType;
import org.candor.api.compute.Tensor;

/** Operations on a paged cache of keys and values. Used by one queue. */
record CacheOps(CpuQueue queue) {

    /** As {@link org.candor.api.compute.Ops#cachedAttention} says. */
    void attend(
            Tensor q,
            CacheTensor keys,
            CacheTensor values,
            CachedSequences sequences,
            AttentionShape shape,
            Tensor bias,
            Tensor y) {
        CpuTensor queries = queue.tensor("q", q, ElementType.F32);
        CpuCache k = cache("keys", keys);
        CpuCache v = cache("values", values);
        CpuTensor to = queue.sameShape("y", y, "q", queries);
        CpuTensor b = bias == null ? null : queue.tensor("bias", bias, ElementType.F32);
        CpuQueue.requireShape("q", queries, sequences.tokens(), shape.heads() * shape.headSize());
        requireHeads("keys", k, k.rows(), shape);
        requireHeads("values", v, k.rows(), shape);
        if (v.type() != k.type()) {
            throw new IllegalArgumentException("values are a " + v.elements() + ", but keys are a " + k.elements());
        }
        if (b != null && (b.rows() != shape.heads() || b.columns() % 2 == 0)) {
            throw new IllegalArgumentException(
                    "bias is a " + b + ", shape (" + shape.heads() + ", 2 * reach + 1) is needed");
        }
        CpuQueue.requireApart("y", to, "q", queries);
        requireApart("y", to, "keys", k);
        requireApart("y", to, "values", v);
        CachedAttentionPlan plan = CachedAttentionPlan.of(sequences, shape, k.rows(), queue.workers.threads());
        queue.run(
                plan.chunks(),
                (chunk, part) -> plan.parts(chunk, (sequence, headFrom, headTo, from, until) -> queue.kernels
                        .decoder()
                        .cachedAttention(
                                queries, k, v, sequences, sequence, shape, headFrom, headTo, b, to, from, until,
                                part)));
    }

    /** As {@link org.candor.api.compute.Ops#store} says. */
    void store(Tensor x, Tensor slots, CacheTensor cache) {
        CpuTensor from = queue.tensor("x", x, ElementType.F32);
        CpuTensor at = queue.tensor("slots", slots, ElementType.I32);
        CpuCache to = cache("cache", cache);
        CpuQueue.requireShape("slots", at, 1, from.rows());
        CpuQueue.requireShape("cache", to.elements(), to.rows(), from.columns());
        requireApart("x", from, "cache", to);
        int[] slot = queue.indices("store", "slot", at, to.rows());
        if (slot == null) {
            return;
        }
        int first = at.at(0);
        int cost = to.type() == ElementType.F32 ? from.columns() : 8 * from.columns();
        queue.rows(from.rows(), cost, (begin, until, part) -> {
            for (int t = begin; t < until; t++) {
                to.store(from.floats(), from.at(t), slot[first + t]);
            }
        });
    }

    private CpuCache cache(String name, CacheTensor cache) {
        CpuTensor elements =
                queue.tensor(name, cache.elements(), cache.elements().type());
        return new CpuCache(
                elements, cache.scales() == null ? null : queue.tensor(name, cache.scales(), ElementType.F32));
    }

    private static void requireHeads(String name, CpuCache cache, int rows, AttentionShape shape) {
        CpuQueue.requireShape(name, cache.elements(), rows, shape.keyValueHeads() * shape.headSize());
        if (cache.scales() != null) {
            CpuQueue.requireShape("scales of " + name, cache.scales(), rows, shape.keyValueHeads());
        }
    }

    private static void requireApart(String name, CpuTensor tensor, String cacheName, CpuCache cache) {
        CpuQueue.requireApart(name, tensor, cacheName, cache.elements());
        if (cache.scales() != null) {
            CpuQueue.requireApart(name, tensor, "scales of " + cacheName, cache.scales());
        }
    }
}
