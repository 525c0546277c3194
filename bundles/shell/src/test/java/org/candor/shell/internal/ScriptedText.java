package org.candor.shell.internal;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.Piece;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Generation.Begun;
import org.candor.api.operation.Generation.Sink;
import org.candor.api.operation.Generation.Written;

/** A text of given pieces, a token each. */
final class ScriptedText {

    private static final ModelId MODEL = new ModelId("stories-tiny", "1.0.0", "sha256:" + "c".repeat(64));

    List<String> pieces = List.of("there ", "was a ", "fox\u001b[2J.");

    Written write(Sink sink) {
        Begun begun = new Begun(MODEL, List.of(new int[] {1}), null, null, 7);
        if (sink != null) {
            sink.begun(begun);
        }
        List<GeneratedToken> tokens = new ArrayList<>();
        for (String text : pieces) {
            GeneratedToken token = new GeneratedToken(tokens.size(), Double.NaN, List.of());
            tokens.add(token);
            if (sink != null) {
                sink.piece(new Piece(0, text, List.of(token), null));
            }
        }
        Continuation all = new Continuation(String.join("", pieces), tokens, FinishReason.LENGTH, null);
        return new Written(
                begun, new Generated(List.of(all), 1, 0, tokens.size(), 1_000, 0, 10, 20), List.of(), World.EVIDENCE);
    }
}
