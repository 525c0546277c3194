package org.candor.itests;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.Optional;

/** OpenAI's client for Java, with a model that chats. */
final class OpenAiJava implements AutoCloseable {

    private static final String PROMPT = "Once upon a time";
    private static final String MODEL = "chatty";
    static final int TOKENS = 16;

    /** What a model is to fill in; the client makes a JSON schema of it and reads the answer into it. */
    public static final class Verdict {
        public boolean sad;
        public Ending ending;
    }

    public enum Ending {
        HAPPY,
        OPEN
    }

    private final OpenAIClient client;

    OpenAiJava(String url, String key) {
        client = OpenAIOkHttpClient.builder()
                .baseUrl(url)
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    List<String> models() {
        return client.models().list().items().stream().map(Model::id).toList();
    }

    CreateEmbeddingResponse embed(String... texts) {
        return client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("encoder-en")
                        .inputOfArrayOfStrings(List.of(texts))
                        .build());
    }

    Completion complete(String model, long tokens) {
        return client.completions()
                .create(CompletionCreateParams.builder()
                        .model(model)
                        .prompt(PROMPT)
                        .maxTokens(tokens)
                        .temperature(0)
                        .build());
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage(PROMPT)
                .temperature(0);
    }

    ChatCompletion whole() {
        return client.chat()
                .completions()
                .create(chat().maxCompletionTokens(TOKENS).build());
    }

    /** What the client puts together of a stream. */
    ChatCompletion streamed() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat()
                .completions()
                .createStreaming(chat().maxCompletionTokens(TOKENS).build())) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    Verdict verdict() {
        return client
                .chat()
                .completions()
                .create(chat().maxCompletionTokens(400)
                        .responseFormat(Verdict.class)
                        .build())
                .choices()
                .stream()
                .flatMap(choice -> choice.message().content().stream())
                .findFirst()
                .orElseThrow();
    }

    private static ResponseCreateParams asked() {
        return ResponseCreateParams.builder()
                .model(MODEL)
                .input(PROMPT)
                .maxOutputTokens(TOKENS)
                .temperature(0)
                .build();
    }

    static String text(Response response) {
        StringBuilder text = new StringBuilder();
        response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .flatMap(content -> content.outputText().stream())
                .forEach(output -> text.append(output.text()));
        return text.toString();
    }

    Response response() {
        return client.responses().create(asked());
    }

    /** The deltas, then what the last event says of the whole. */
    List<String> responseAsItIsWritten() {
        StringBuilder deltas = new StringBuilder();
        Optional<Response> last;
        try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(asked())) {
            last = events.stream()
                    .peek(event -> event.outputTextDelta().ifPresent(delta -> deltas.append(delta.delta())))
                    .flatMap(event -> event.incomplete().stream())
                    .map(event -> event.response())
                    .findFirst();
        }
        return List.of(deltas.toString(), text(last.orElseThrow()));
    }

    /** What the client makes of what the server refuses. */
    static String refusal(Runnable call) {
        try {
            call.run();
            return "none";
        } catch (OpenAIServiceException e) {
            return String.join(
                    " ",
                    e.getClass().getSimpleName(),
                    Integer.toString(e.statusCode()),
                    e.code().orElse(""),
                    e.param().orElse(""));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
