package org.candor.generation.internal.engine;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Adapter;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.tokenize.Tokenizer;

/** An engine's model with an adapter. Everything else, places and cache included, is the engine's. */
final class AdaptedEngine implements TextGenerator {

    private final Engine base;
    private final Adapter adapter;
    private final long bytes;

    /**
     * @param adapter that the engine has taken over
     * @param passTokens most tokens of a pass
     */
    AdaptedEngine(Engine base, Adapter adapter, int passTokens) {
        this.base = base;
        this.adapter = adapter;
        this.bytes = adapter.bytes(passTokens);
    }

    @Override
    public Tokenizer tokenizer() {
        return base.tokenizer();
    }

    @Override
    public ChatTemplate chatTemplate() {
        return base.chatTemplate();
    }

    @Override
    public Map<String, String> specialTokens() {
        return base.specialTokens();
    }

    @Override
    public Sampling recommended() {
        return base.recommended();
    }

    @Override
    public int vocabulary() {
        return base.vocabulary();
    }

    @Override
    public int maxTokens() {
        return base.maxTokens();
    }

    @Override
    public Generated generate(List<GenerationRequest> requests, GenerationListener listener) {
        return base.generate(requests, listener, adapter);
    }

    @Override
    public TextGenerator adapt(ModelFiles files) throws IOException {
        throw takesNone(files);
    }

    @Override
    public long adapterBytes(ModelFiles files) throws IOException {
        throw takesNone(files);
    }

    private static ModelFormatException takesNone(ModelFiles files) {
        return new ModelFormatException(files.id().name() + ": its base is an adapter itself, and takes none");
    }

    /** Of the engine, which other adapters share. */
    @Override
    public GeneratorStatus status() {
        return base.status();
    }

    /** Of the adapter alone. */
    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        base.retire(adapter);
    }
}
