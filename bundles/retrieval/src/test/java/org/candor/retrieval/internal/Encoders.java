package org.candor.retrieval.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Caller;

/** A registry for tests: encoders by digest, routes that lead to one of them, leases that are counted. */
public final class Encoders implements ModelRegistry {
    private final Map<String, TextEncoder> byDigest = new HashMap<>();
    private final Map<String, ModelId> ids = new HashMap<>();
    private final Map<String, Activation> active = new TreeMap<>();
    private final Map<String, AtomicInteger> leases = new HashMap<>();

    public synchronized Encoders install(ModelId id, TextEncoder encoder) {
        byDigest.put(id.digest(), encoder);
        ids.put(id.digest(), id);
        leases.put(id.digest(), new AtomicInteger());
        return this;
    }

    public synchronized void uninstall(ModelId id) {
        byDigest.remove(id.digest());
    }

    public synchronized Activation route(String route, ModelId id) {
        Activation activation = new Activation(route, id, "test", "test", Instant.now());
        active.put(route, activation);
        return activation;
    }

    /** Leases of an encoder that were not given back. */
    public int leases(ModelId id) {
        return leases.get(id.digest()).get();
    }

    @Override
    public synchronized ModelLease<TextEncoder> leaseEncoder(String route) {
        Activation activation = active.get(route);
        if (activation == null) {
            throw new ModelUnavailableException("route " + route + " leads nowhere");
        }
        return leaseEncoderByDigest(activation.model().digest());
    }

    @Override
    public synchronized ModelLease<TextEncoder> leaseEncoderByDigest(String digest) {
        TextEncoder encoder = byDigest.get(digest);
        if (encoder == null) {
            throw new ModelUnavailableException("no revision " + digest);
        }
        ModelId id = ids.get(digest);
        AtomicInteger count = leases.get(digest);
        count.incrementAndGet();
        AtomicBoolean closed = new AtomicBoolean();
        return new ModelLease<>() {
            @Override
            public ModelId id() {
                return id;
            }

            @Override
            public TextEncoder model() {
                if (closed.get()) {
                    throw new IllegalStateException("the lease is closed");
                }
                return encoder;
            }

            @Override
            public void close() {
                if (closed.compareAndSet(false, true)) {
                    count.decrementAndGet();
                }
            }
        };
    }

    @Override
    public synchronized List<ModelRevision> revisions() {
        return byDigest.keySet().stream()
                .map(digest -> new ModelRevision(
                        ids.get(digest),
                        "words",
                        Set.of("embed"),
                        ModelState.INSTALLED,
                        "",
                        0,
                        Map.of(),
                        "test",
                        "",
                        0,
                        0,
                        null,
                        List.of(),
                        null))
                .toList();
    }

    @Override
    public synchronized List<String> routes() {
        return new ArrayList<>(active.keySet());
    }

    @Override
    public synchronized Activation active(String route) {
        return active.get(route);
    }

    @Override
    public List<Activation> history(String route) {
        return List.of();
    }

    @Override
    public Activation activate(String name, String version, Caller actor, String reason) {
        throw new UnsupportedOperationException("tests call route");
    }

    @Override
    public Activation rollBack(String route, Caller actor, String reason) {
        throw new UnsupportedOperationException("tests call route");
    }

    @Override
    public ModelRevision install(ModelSource source, Caller actor, String reason) {
        throw new UnsupportedOperationException("tests call install(ModelId, TextEncoder)");
    }

    @Override
    public ModelRevision verify(String name, String version, Caller actor, String reason) {
        throw new UnsupportedOperationException("no test verifies");
    }

    @Override
    public ModelId remove(String name, String version, Caller actor, String reason) {
        throw new UnsupportedOperationException("tests call uninstall");
    }

    @Override
    public StoreUsage store() {
        return new StoreUsage(0, 0, 0, List.of());
    }

    @Override
    public String waitsFor(String route) {
        return active.containsKey(route) ? "" : "route " + route + " leads nowhere";
    }
}
