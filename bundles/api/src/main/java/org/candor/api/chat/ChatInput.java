package org.candor.api.chat;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a chat template sees. Values are those of JSON: {@code Map} with text keys, {@code List}, {@code String}, {@code
 * Boolean}, {@code Integer}, {@code Long}, {@code BigInteger}, {@code Float}, {@code Double} or null. They are read while
 * rendering and never changed; the caller does not change them meanwhile either.
 *
 * @param messages the conversation; each with {@code role} and mostly {@code content}
 * @param tools descriptions of functions in JSON schema form, or null where there are none
 * @param documents documents to answer from, or null where there are none
 * @param addGenerationPrompt whether the text ends where the assistant begins to speak
 * @param continueFinalMessage whether the text ends within the last message, which the model goes on with
 * @param specialTokens for example {@code bos_token} and {@code eos_token}
 * @param variables more that the template may look at, for example {@code enable_thinking}; these win over special tokens
 * @param now the time that {@code strftime_now} tells
 */
public record ChatInput(
        List<? extends Map<String, ?>> messages,
        List<? extends Map<String, ?>> tools,
        List<? extends Map<String, ?>> documents,
        boolean addGenerationPrompt,
        boolean continueFinalMessage,
        Map<String, ?> specialTokens,
        Map<String, ?> variables,
        LocalDateTime now) {

    /** @throws IllegalArgumentException when a generation prompt is asked for and the last message is to be continued */
    public ChatInput {
        Objects.requireNonNull(messages, "messages");
        Objects.requireNonNull(specialTokens, "specialTokens");
        Objects.requireNonNull(variables, "variables");
        Objects.requireNonNull(now, "now");
        if (addGenerationPrompt && continueFinalMessage) {
            throw new IllegalArgumentException(
                    "addGenerationPrompt and continueFinalMessage exclude each other: the text ends in a new message or in the last one");
        }
    }

    /** A conversation with a generation prompt and nothing else. */
    public static ChatInput of(List<? extends Map<String, ?>> messages, LocalDateTime now) {
        return new ChatInput(messages, null, null, true, false, Map.of(), Map.of(), now);
    }

    /** The same with other tools, or none (null). */
    public ChatInput withTools(List<? extends Map<String, ?>> others) {
        return new ChatInput(
                messages, others, documents, addGenerationPrompt, continueFinalMessage, specialTokens, variables, now);
    }

    /** The same with other documents, or none (null). */
    public ChatInput withDocuments(List<? extends Map<String, ?>> others) {
        return new ChatInput(
                messages, tools, others, addGenerationPrompt, continueFinalMessage, specialTokens, variables, now);
    }

    /** The same with another ending of the text. */
    public ChatInput ending(boolean withGenerationPrompt, boolean withinFinalMessage) {
        return new ChatInput(
                messages, tools, documents, withGenerationPrompt, withinFinalMessage, specialTokens, variables, now);
    }

    /** The same with other special tokens. */
    public ChatInput withSpecialTokens(Map<String, ?> others) {
        return new ChatInput(
                messages, tools, documents, addGenerationPrompt, continueFinalMessage, others, variables, now);
    }

    /** The same with other variables. */
    public ChatInput withVariables(Map<String, ?> others) {
        return new ChatInput(
                messages, tools, documents, addGenerationPrompt, continueFinalMessage, specialTokens, others, now);
    }
}
