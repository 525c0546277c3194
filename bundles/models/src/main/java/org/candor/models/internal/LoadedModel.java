package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.TextEncoder;

/** A model in memory, whatever its task. */
sealed interface LoadedModel extends AutoCloseable {

    /** What leases give out. */
    Object model();

    /** The revision that it is loaded on, or null where it is no adapter. */
    default ModelId base() {
        return null;
    }

    /** Bytes that it holds. */
    long bytes();

    /** How the model is used, as far as only the loaded one tells. */
    ModelUse settled(ModelUse use);

    /** Runs a pack's selftest.json. */
    SelfTest.Outcome test(String location, Path file) throws IOException;

    /** A selftest.json of what it computes now. */
    Map<String, Object> golden(String location) throws IOException;

    @Override
    void close();

    /** One that encodes. */
    record Encoder(TextEncoder model) implements LoadedModel {
        @Override
        public long bytes() {
            return model.bytes();
        }

        @Override
        public ModelUse settled(ModelUse use) {
            return use;
        }

        @Override
        public SelfTest.Outcome test(String location, Path file) throws IOException {
            return EncoderSelfTest.read(location, file).run(location, model);
        }

        @Override
        public Map<String, Object> golden(String location) throws IOException {
            return EncoderSelfTest.golden(location, model);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** One that writes. */
    record Generator(TextGenerator model) implements LoadedModel {
        @Override
        public long bytes() {
            return model.bytes();
        }

        @Override
        public ModelUse settled(ModelUse use) {
            return use instanceof ModelUse.Generating generating ? generating.within(model.maxTokens()) : use;
        }

        @Override
        public SelfTest.Outcome test(String location, Path file) throws IOException {
            return GeneratorSelfTest.read(location, file).run(location, model);
        }

        @Override
        public Map<String, Object> golden(String location) throws IOException {
            return GeneratorSelfTest.golden(location, model);
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** An adapter on its base, which it holds. */
    record Adapted(Generator own, ModelLease<TextGenerator> held) implements LoadedModel {

        /** @param model closed before its base is let go */
        Adapted(TextGenerator model, ModelLease<TextGenerator> held) {
            this(new Generator(model), held);
        }

        @Override
        public TextGenerator model() {
            return own.model();
        }

        @Override
        public ModelId base() {
            return held.id();
        }

        @Override
        public long bytes() {
            return own.bytes();
        }

        @Override
        public ModelUse settled(ModelUse use) {
            return use;
        }

        @Override
        public SelfTest.Outcome test(String location, Path file) throws IOException {
            return own.test(location, file);
        }

        @Override
        public Map<String, Object> golden(String location) throws IOException {
            return own.golden(location);
        }

        @Override
        public void close() {
            own.close();
            held.close();
        }
    }
}
