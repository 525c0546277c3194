package org.candor.api.tokenize;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

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

    /**
     * Makes the tokenizer that lies in a model file.
     *
     * @param name used in error messages, usually the file's name
     * @throws TokenizerFormatException when it is damaged, too large or of a kind that is not supported
     */
    default Tokenizer of(String name, EmbeddedVocabulary vocabulary) throws TokenizerFormatException {
        throw new TokenizerFormatException(name + ": this factory does not read tokenizers of model files");
    }

    /**
     * Reads a tiktoken file: lines of a token's bytes in base64, a blank and its rank, which is its id.
     *
     * @param name used in error messages, usually the file's name
     * @param ranks read to its end, not closed
     * @param encoding {@code gpt2}, {@code r50k_base}, {@code p50k_base}, {@code cl100k_base} or {@code o200k_base}, or a regular
     *     expression to split with
     * @param specialTokens special tokens and their ids; when empty, those of the named encoding
     * @throws TokenizerFormatException when it is damaged or too large, or the expression is not supported
     */
    default Tokenizer readRanks(String name, InputStream ranks, String encoding, Map<String, Integer> specialTokens)
            throws IOException {
        throw new TokenizerFormatException(name + ": this factory does not read tiktoken files");
    }
}
