package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The tokens that are added to a model's own. Immutable, thread safe. */
final class AddedVocabulary {
    private final Map<String, AddedToken> byContent = new HashMap<>();
    private final Map<Integer, AddedToken> byId = new HashMap<>();
    /** Text in decoding: the normal form where the token is looked for in normalised text. */
    private final Map<Integer, String> decoded = new HashMap<>();

    private final Set<String> special = new HashSet<>();
    private final AddedTokenMatcher inOriginal;
    private final AddedTokenMatcher inNormalized;

    /** @param normalForm what the normaliser makes of a text */
    AddedVocabulary(List<AddedToken> tokens, CodePointTable classes, Function<String, String> normalForm) {
        // Special tokens come first where two have the same normal form.
        List<AddedToken> ordered = new ArrayList<>();
        tokens.stream().filter(AddedToken::special).forEach(ordered::add);
        tokens.stream().filter(token -> !token.special()).forEach(ordered::add);
        List<AddedToken> original = new ArrayList<>();
        List<AddedToken> normalized = new ArrayList<>();
        List<String> normalForms = new ArrayList<>();
        for (AddedToken token : ordered) {
            byContent.putIfAbsent(token.content(), token);
            byId.putIfAbsent(token.id(), token);
            if (token.special()) {
                special.add(token.content());
            }
            if (token.normalized()) {
                normalized.add(token);
                normalForms.add(normalForm.apply(token.content()));
                decoded.putIfAbsent(token.id(), normalForms.getLast());
            } else {
                original.add(token);
                decoded.putIfAbsent(token.id(), token.content());
            }
        }
        inOriginal =
                new AddedTokenMatcher(original.stream().map(AddedToken::content).toList(), original, classes);
        inNormalized = new AddedTokenMatcher(normalForms, normalized, classes);
    }

    /** Finds tokens in the text as it is. */
    AddedTokenMatcher inOriginal() {
        return inOriginal;
    }

    /** Finds tokens in normalised text. */
    AddedTokenMatcher inNormalized() {
        return inNormalized;
    }

    /** The token with this text, or null. */
    AddedToken token(String content) {
        return byContent.get(content);
    }

    /** The token with this id, or null. */
    AddedToken token(int id) {
        return byId.get(id);
    }

    /** What an id becomes in decoding, before the decoder; null when it is no added token. */
    String decoded(int id) {
        return decoded.get(id);
    }

    boolean isSpecial(String content) {
        return special.contains(content);
    }

    /** Tokens that are not in the model's vocabulary. */
    int sizeBeyond(Vocabulary vocabulary) {
        return (int) byContent.keySet().stream()
                .filter(content -> vocabulary.id(content).isEmpty())
                .count();
    }
}
