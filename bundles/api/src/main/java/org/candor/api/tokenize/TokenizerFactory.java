package org.candor.api.tokenize;

import java.io.IOException;
import java.io.InputStream;

/** Reads tokenizer files. A service; thread safe. */
public interface TokenizerFactory {

    /**
     * Reads a tokenizer.json.
     *
     * @param name used in error messages, usually the file's name
     * @param tokenizerJson UTF-8; read to its end, not closed
     * @throws TokenizerFormatException when it is damaged, too large, or uses a component that is not supported; the
     *     message names file, key, value and what is supported
     */
    Tokenizer read(String name, InputStream tokenizerJson) throws IOException;
}
