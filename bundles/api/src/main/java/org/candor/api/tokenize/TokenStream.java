package org.candor.api.tokenize;

/**
 * Text of token ids that come one by one. It never ends inside a character, and adds up to the decoded text of all ids, unless
 * later ids change what earlier ones decode to: a run of byte tokens that turns out to be no UTF-8 is damaged as a whole when it
 * is decoded at once, but what was good of it is out already. Mutable: one thread, one text.
 */
public interface TokenStream {

    /**
     * Takes the next id.
     *
     * @param id unknown ids add nothing
     * @return the text that is certain now and was not before; may be empty
     */
    String next(int id);

    /** What was held back because a character was not complete, once no id follows; U+FFFD stands for what stays damaged. */
    String finish();
}
