package org.candor.retrieval.internal.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** UTF-8, strictly: offsets of a quote mean nothing in a text whose bytes had to be guessed. */
final class TextDecoder {
    private TextDecoder() {}

    /** The text as it is; a byte order mark stays and counts as one code point. */
    static String decode(byte[] content) throws UnreadableDocumentException {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            return decoder.decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableDocumentException("the text is not valid UTF-8; save it as UTF-8", e);
        }
    }
}
