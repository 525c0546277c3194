package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * How a language's text becomes index terms: {@code en} with Lucene's English analyzer (possessives, stop words, Porter
 * stemming), {@code zh} with SmartCN. Thread safe.
 */
public final class Analysis implements AutoCloseable {
    /** Languages with an index of their own. */
    public static final List<String> LANGUAGES = List.of("en", "zh");

    private final Analyzer analyzer;

    private Analysis(Analyzer analyzer) {
        this.analyzer = analyzer;
    }

    /** @throws IllegalArgumentException for another language than {@link #LANGUAGES} */
    public static Analysis of(String language) {
        return switch (language) {
            case "en" -> new Analysis(new EnglishAnalyzer());
            case "zh" -> new Analysis(new SmartChineseAnalyzer());
            default ->
                throw new IllegalArgumentException("language \"" + language + "\" is not supported (en and zh are)");
        };
    }

    Analyzer analyzer() {
        return analyzer;
    }

    /** Index terms of a text, in order, repetitions kept. */
    public List<String> terms(String text) {
        List<String> terms = new ArrayList<>();
        try (TokenStream stream = analyzer.tokenStream(PassageFields.TEXT, text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                terms.add(term.toString());
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return terms;
    }

    @Override
    public void close() {
        analyzer.close();
    }
}
