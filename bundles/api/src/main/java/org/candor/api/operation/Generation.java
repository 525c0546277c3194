package org.candor.api.operation;

import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Generated;
import org.candor.api.generate.Piece;
import org.candor.api.model.ModelId;
import org.candor.api.tokenize.Tokenizer;

/** Operations {@code generate} and {@code tokenize}. Thread safe. */
public interface Generation {

    /** Purpose of a request that names none. */
    String DEFAULT_PURPOSE = "text-generation";

    /** What is to be continued, or, where a model has an encoder, what it reads before it writes. */
    sealed interface Prompt {

        /** @param text special tokens in it count as such; what the model puts in front of a text is added */
        record Text(String text) implements Prompt {}

        /** @param ids of the model's own vocabulary, special ones included; not changed */
        record Tokens(int[] ids) implements Prompt {}

        /**
         * A conversation, made a prompt by the model's own template.
         *
         * @param messages each with {@code role} and mostly {@code content}, as OpenAI has them
         * @param tools as OpenAI has them, or null
         * @param continued whether the last message is to be continued, instead of a new one begun
         * @param variables more that the template may look at
         */
        record Chat(
                List<Map<String, Object>> messages,
                List<Map<String, Object>> tools,
                boolean continued,
                Map<String, Object> variables)
                implements Prompt {}
    }

    /**
     * @param model route, for example {@code stories-tiny}
     * @param prompts 1 to 2,048
     * @param parameters by OpenAI's names, and vLLM's for its extensions: {@code max_tokens} (default 16; for a conversation,
     *     as many as there is room for), {@code n}, {@code temperature}, {@code top_p}, {@code top_k}, {@code min_p},
     *     {@code typical_p}, {@code presence_penalty}, {@code frequency_penalty}, {@code repetition_penalty}, {@code
     *     no_repeat_ngram_size}, {@code logit_bias} (object of numbers by id), {@code seed}, {@code stop} (list of texts), {@code
     *     stop_token_ids}, {@code min_tokens}, {@code ignore_eos}, {@code logprobs} (whole number: likeliest tokens to report),
     *     {@code json_schema} (object), {@code skip_special_tokens}, {@code echo} (that prompts are put in front of texts, which is
     *     refused where an encoder reads them). A name that is not among these is refused. What is left out is
     *     as the model's authors recommend
     * @param purpose or null for {@link #DEFAULT_PURPOSE}
     * @param subject person of the caller's tenant for whom the text is, or null for the caller: nothing is written for one who
     *     withdrew the purpose, and the log entry is keyed with the subject's key, so that an erasure reaches it. What the caller may
     *     do does not depend on it
     */
    record Order(String model, List<Prompt> prompts, Map<String, Object> parameters, String purpose, String subject) {

        /** Text for the caller. */
        public Order(String model, List<Prompt> prompts, Map<String, Object> parameters, String purpose) {
            this(model, prompts, parameters, purpose, null);
        }
    }

    /**
     * What is known when the model begins.
     *
     * @param model that writes
     * @param base the model that it changes where it is an adapter, else null
     * @param prompts token ids of each
     * @param tokenizer its tokenizer, or null
     * @param template its chat template, or null
     * @param seed that was given or drawn
     */
    record Begun(
            ModelId model, ModelId base, List<int[]> prompts, Tokenizer tokenizer, ChatTemplate template, long seed) {

        /** By a model that is no adapter. */
        public Begun(ModelId model, List<int[]> prompts, Tokenizer tokenizer, ChatTemplate template, long seed) {
            this(model, null, prompts, tokenizer, template, seed);
        }
    }

    /** Told of text as it is written, on the calling thread. */
    interface Sink {

        /** The model works, and the log has that it does: before anything else is told, after a second at most once it is so. */
        void begun(Begun begun);

        /**
         * A piece of text. Where the policy wants text masked, the pieces come when all of it has been written and masked, without
         * tokens.
         *
         * @return false when nobody wants the text any more
         */
        boolean piece(Piece piece);

        /** Asked about once a second while no piece comes: false when nobody wants the text any more. */
        default boolean wanted() {
            return true;
        }

        /**
         * Whether {@link #piece} and {@link #wanted} never wait, so that the model's own thread may call them once the text has
         * begun; {@link #wanted} may then be asked by another thread at the same time. The answer is always the same.
         */
        default boolean handsOn() {
            return false;
        }
    }

    /**
     * @param begun as it was told
     * @param generated all of it; under a policy that masks, texts are masked and tokens left out
     * @param masked what was masked, as JSON values
     * @param evidence its log entry is durable
     */
    record Written(Begun begun, Generated generated, List<Map<String, Object>> masked, Evidence evidence) {}

    /**
     * Continues prompts.
     *
     * @param sink null where the text is wanted as a whole. Otherwise pieces leave before the last log entry is durable; that the
     *     operation has begun is in the log before the first one does
     * @throws OperationException INVALID (with the parameter's name), DENIED, NOT_FOUND (no such model), BUSY or UNAVAILABLE
     */
    Written generate(Caller caller, Order order, Sink sink);

    /**
     * @param model whose tokenizer it is
     * @param ids of the prompt
     * @param maxTokens of the model's longest text
     * @param tokenizer of the model
     */
    record Tokenized(ModelId model, int[] ids, int maxTokens, Tokenizer tokenizer) {}

    /**
     * Operation {@code tokenize}: the ids of a prompt.
     *
     * @param specialTokens whether what the model puts in front of a text is added; a conversation has what its template writes
     */
    Tokenized tokenize(Caller caller, String model, Prompt prompt, boolean specialTokens);

    /** Operation {@code tokenize} the other way: the text of ids, special tokens written out. */
    String detokenize(Caller caller, String model, int[] ids);
}
