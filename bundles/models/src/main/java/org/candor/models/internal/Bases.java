package org.candor.models.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelUnavailableException;

/**
 * Adapters and their bases. An adapter is loaded on the very revision that its card pins, and holds it as long as it is loaded
 * itself, whatever the base's route leads to meanwhile. Thread safe.
 */
final class Bases {

    private static final Cause NEEDED = Cause.system("an adapter needs it as its base");

    private final Installed installed;
    private final Routes routes;
    private final Loaders loaders;

    Bases(Installed installed, Routes routes, Loaders loaders) {
        this.installed = installed;
        this.routes = routes;
        this.loaders = loaders;
    }

    /** As people name a revision. */
    static String named(ModelId id) {
        return id.name() + " " + id.version();
    }

    /** The revision that a card's adapter changes, or null where it is no adapter's. */
    static ModelId of(ModelCard card) {
        return card.use() instanceof ModelUse.Adapting adapting ? adapting.base() : null;
    }

    /**
     * The base that somebody names.
     *
     * @param name NAME, for the revision that its route leads to, or NAME:VERSION
     * @throws ModelUnavailableException when it is not installed or not active
     */
    ModelCard find(String name) {
        int colon = name.lastIndexOf(':');
        if (colon >= 0) {
            return installed
                    .find(name.substring(0, colon), name.substring(colon + 1))
                    .card();
        }
        Revision active = routes.get(name);
        if (active == null) {
            throw new ModelRefusedException("the base \"" + name + "\" is not active: " + routes.waitsFor(name));
        }
        return active.card();
    }

    /** Who loads what a card describes, or null while that is not there; of an adapter, while its base cannot be loaded either. */
    Loaders.Loader find(ModelCard card) {
        return find(card.family(), card.use());
    }

    /** As {@link #find(ModelCard)}. */
    Loaders.Loader find(String family, ModelUse use) {
        return switch (use) {
            case null -> null;
            case ModelUse.Adapting adapting -> {
                Revision base = installed.get(adapting.base().digest());
                Loaders.Loader loader = base == null || Bases.of(base.card()) != null ? null : find(base.card());
                yield loader == null ? null : new AdapterLoader(base, loader);
            }
            case ModelUse.Encoding encoding -> loaders.find(family, encoding);
            case ModelUse.Generating generating -> loaders.find(family, generating);
        };
    }

    /**
     * Pins the base that a model is loaded on, loaded where it is not; nothing for a model that is no adapter.
     *
     * @throws ModelUnavailableException saying why the base cannot be had
     */
    ModelLease<?> hold(ModelId adapter, ModelUse use) {
        if (!(use instanceof ModelUse.Adapting adapting)) {
            return null;
        }
        String problem = problem(adapting.base());
        if (problem != null) {
            throw new ModelRefusedException(named(adapter) + " needs its base: " + problem);
        }
        Revision base = installed.get(adapting.base().digest());
        Loaders.Loader loader = base == null ? null : find(base.card());
        if (loader == null) {
            throw new ModelUnavailableException(
                    named(adapter) + " needs its base " + named(adapting.base()) + ", which waits for a loader");
        }
        try {
            return hold(base, loader);
        } catch (ModelRefusedException e) {
            throw new ModelRefusedException(named(adapter) + " needs its base: " + e.getMessage());
        }
    }

    private static ModelLease<TextGenerator> hold(Revision base, Loaders.Loader loader) {
        while (true) {
            base.load(loader, NEEDED);
            ModelLease<TextGenerator> lease = base.lease(TextGenerator.class);
            if (lease != null) {
                return lease;
            }
        }
    }

    /** Why a revision is no base now, in one line, or null. */
    private String problem(ModelId wanted) {
        Revision base = installed.get(wanted.digest());
        if (base == null) {
            return installed.all().stream()
                    .map(Revision::id)
                    .filter(id ->
                            id.name().equals(wanted.name()) && id.version().equals(wanted.version()))
                    .findFirst()
                    .map(other -> named(wanted) + " is installed with digest " + other.digest() + ", and "
                            + wanted.digest() + " is needed")
                    .orElse(named(wanted) + " (" + wanted.digest() + ") is not installed");
        }
        if (!(base.card().use() instanceof ModelUse.Generating)) {
            return named(wanted) + " takes no adapters: "
                    + (Bases.of(base.card()) == null ? "it does not write" : "it is one itself");
        }
        boolean served =
                routes.history(wanted.name()).stream().map(Activation::model).anyMatch(wanted::equals);
        return served ? null : named(wanted) + " was never active: activate it first";
    }

    /** Why a revision that is not loaded cannot be, for want of its base; empty where there is nothing to say. */
    String waitsFor(ModelCard card) {
        ModelId base = of(card);
        return base == null ? "" : Objects.requireNonNullElse(problem(base), "");
    }

    /** All that is installed, adapters before what they hold. */
    List<Revision> adaptersFirst() {
        List<Revision> all = new ArrayList<>(installed.all());
        all.sort(Comparator.comparing(revision -> of(revision.card()) == null));
        return all;
    }

    /** The same activations, those of adapters behind those of what they may need. */
    List<Activation> adaptersLast(Collection<Activation> recorded) {
        List<Activation> ordered = new ArrayList<>(recorded);
        ordered.sort(Comparator.comparing(activation -> {
            Revision revision = installed.get(activation.model().digest());
            return revision != null && of(revision.card()) != null;
        }));
        return ordered;
    }

    /** Adapters that are installed and pin this revision. */
    List<Revision> adapters(ModelId base) {
        return installed.all().stream()
                .filter(each -> base.equals(of(each.card())))
                .toList();
    }

    /** Whether a route leads to an adapter of this revision. */
    boolean needed(Revision base) {
        return adapters(base.id()).stream().anyMatch(routes::leadTo);
    }

    /** Whether an adapter of this revision waits for it, perhaps. */
    boolean awaited(ModelId base) {
        return adapters(base).stream()
                .anyMatch(adapter -> routes.get(adapter.id().name()) == null);
    }

    /** @throws ModelRefusedException naming the adapters that need this revision */
    void requireUnneeded(Revision base) {
        List<Revision> adapters = adapters(base.id());
        if (!adapters.isEmpty()) {
            throw new ModelRefusedException(named(base.id()) + " is the base of "
                    + adapters.stream()
                            .map(each -> named(each.id()) + (routes.leadTo(each) ? " (active)" : ""))
                            .collect(Collectors.joining(", "))
                    + ": remove what needs it first");
        }
    }

    /**
     * Loads adapters on a base that is held meanwhile. Another loader of the base makes another of this: so an adapter follows its base to
     * a new one.
     */
    private record AdapterLoader(Revision base, Loaders.Loader loader) implements Loaders.Loader {
        @Override
        public long bytes(ModelFiles files) throws IOException {
            try (ModelLease<TextGenerator> lease = hold(base, loader)) {
                return lease.model().adapterBytes(files);
            }
        }

        @Override
        public LoadedModel load(ModelFiles files) throws IOException {
            ModelLease<TextGenerator> lease = hold(base, loader);
            try {
                return new LoadedModel.Adapted(lease.model().adapt(files), lease);
            } catch (IOException | RuntimeException | Error e) {
                lease.close();
                throw e;
            }
        }
    }
}
