package org.candor.governor.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Embedding;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Operation {@code embed}. The log entry commits to {@code model}, {@code purpose}, {@code input} (as it came), {@code user} where one
 * is named, and {@code embeddings}: {@code sha256:} and the digest of all vectors in order, as little-endian float32.
 */
@Component
public final class EmbeddingOperations implements Embedding {

    private static final int MOST_INPUTS = 2_048;

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ModelRegistry registry;

    @Activate
    public EmbeddingOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Result embed(Caller caller, String model, List<String> texts, String purpose, String user) {
        checkCount(texts.size());
        for (String text : texts) {
            if (text == null || text.isEmpty()) {
                throw emptyInput();
            }
            Requests.wellFormed("input", text);
        }
        List<String> inputs = List.copyOf(texts);
        return embed(caller, model, purpose, user, inputs, encoder -> encoder.embed(inputs));
    }

    @Override
    public Result embedTokens(Caller caller, String model, List<int[]> tokens, String purpose, String user) {
        checkCount(tokens.size());
        for (int[] sequence : tokens) {
            if (sequence == null || sequence.length == 0) {
                throw emptyInput();
            }
        }
        List<List<Integer>> input = tokens.stream()
                .map(sequence -> Arrays.stream(sequence).boxed().toList())
                .toList();
        return embed(caller, model, purpose, user, input, encoder -> {
            try {
                return encoder.embedTokens(tokens);
            } catch (IllegalArgumentException e) {
                throw new OperationException(Kind.INVALID, "invalid_value", "input: " + e.getMessage(), "input", e);
            }
        });
    }

    private Result embed(
            Caller caller,
            String model,
            String wantedPurpose,
            String user,
            List<?> input,
            Function<TextEncoder, Embeddings> encode) {
        String route = Requests.name("model", model);
        String purpose = Requests.purpose(wantedPurpose);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("input", input);
        request.put("purpose", purpose);
        String subject = user == null ? null : Requests.person("user", user);
        if (subject != null) {
            request.put("user", subject);
        }
        Operation operation = new Operation(
                "embed",
                caller,
                purpose,
                Operation.Effect.COMPUTE,
                request,
                Map.of(Operation.MODEL, route),
                wantedPurpose != null,
                subject);
        Governed<Encoded> done = path.run(operation, new Work(route, encode));
        return new Result(done.result().model(), done.result().embeddings(), done.evidence());
    }

    private static void checkCount(int count) {
        if (count == 0) {
            throw emptyInput();
        }
        if (count > MOST_INPUTS) {
            throw Requests.invalid("input", count + " inputs; at most " + MOST_INPUTS + " are allowed in one request");
        }
    }

    private static OperationException emptyInput() {
        return new OperationException(
                Kind.INVALID, "empty_input", "input: must not be empty, and hold no empty item", "input", null);
    }

    private record Encoded(ModelId model, Embeddings embeddings) {}

    private final class Work implements Task<Encoded> {

        private final String asked;
        private final Function<TextEncoder, Embeddings> encode;

        Work(String asked, Function<TextEncoder, Embeddings> encode) {
            this.asked = asked;
            this.encode = encode;
        }

        @Override
        public Encoded perform(Permit permit, Meter meter) {
            ModelRegistry now = registry;
            if (now == null) {
                throw Services.missing("models", "model registry");
            }
            String route = permit.model(asked);
            Routes.check(now, route, "embed");
            try (ModelLease<TextEncoder> lease = now.leaseEncoder(route)) {
                Embeddings embeddings = encode.apply(lease.model());
                meter.work(embeddings.busyNanos());
                return new Encoded(lease.id(), embeddings);
            } catch (ModelRefusedException e) {
                throw new OperationException(Kind.INVALID, "invalid_value", "model: " + e.getMessage(), "model", e);
            }
        }

        @Override
        public void describe(Encoded encoded, Map<String, Object> members) {
            members.put("model", Json.model(encoded.model()));
            members.put("embeddings", digest(encoded.embeddings().vectors()));
        }
    }

    private static String digest(float[][] vectors) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (float[] vector : vectors) {
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(vector);
                sha256.update(bytes);
            }
            return "sha256:" + HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
