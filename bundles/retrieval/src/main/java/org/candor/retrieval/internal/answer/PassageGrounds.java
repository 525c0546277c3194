package org.candor.retrieval.internal.answer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Hit;
import org.candor.retrieval.internal.index.IndexedPassage;
import org.candor.retrieval.internal.index.Snapshot;
import org.candor.retrieval.internal.text.Sentences;
import org.candor.retrieval.internal.text.Span;

/** Passages of a ranking as grounds of an answer. Holds text only: the index may change meanwhile. */
public final class PassageGrounds implements Grounds {

    private final Findings findings;
    private final List<Sentence> passages;
    private final SupportCheck check;
    private final Function<Snapshot.Found, DocumentInfo> visible;

    /**
     * @param passages the best sentence of each
     * @param visible the document of a passage when the request may see it now, else null
     */
    public PassageGrounds(
            Findings findings,
            List<Sentence> passages,
            SupportCheck check,
            Function<Snapshot.Found, DocumentInfo> visible) {
        this.findings = findings;
        this.passages = List.copyOf(passages);
        this.check = check;
        this.visible = visible;
    }

    /** The best sentence of each passage, best first. */
    public static List<Sentence> passages(List<Sentence> ranked, int most) {
        Map<Integer, Sentence> best = new LinkedHashMap<>();
        for (Sentence sentence : ranked) {
            if (best.size() == most) {
                break;
            }
            best.putIfAbsent(sentence.found().candidate().doc(), sentence);
        }
        return List.copyOf(best.values());
    }

    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public List<Hit> passages() {
        List<Hit> hits = new ArrayList<>();
        for (Sentence sentence : passages) {
            Snapshot.Found found = sentence.found();
            hits.add(new Hit(
                    sentence.document(),
                    found.passage().start(),
                    found.passage().end(),
                    found.passage().text(),
                    found.candidate().score(),
                    found.candidate().lexical(),
                    found.candidate().vector()));
        }
        return hits;
    }

    @Override
    public Kept keep(String text) {
        List<Snapshot.Found> seen = new ArrayList<>();
        List<DocumentInfo> documents = new ArrayList<>();
        for (Sentence sentence : passages) {
            DocumentInfo document = visible.apply(sentence.found());
            if (document != null) {
                seen.add(sentence.found());
                documents.add(document);
            }
        }
        SupportCheck.Passages read = check.read(
                seen.stream().map(found -> sentences(found.passage())).toList(),
                seen.stream().map(found -> found.passage().context()).toList());
        List<Supported> kept = new ArrayList<>();
        int dropped = 0;
        for (Span span : Sentences.split(text, 0, text.length())) {
            String written = text.substring(span.start(), span.end());
            List<SupportCheck.Place> places = read.support(written);
            if (places.isEmpty()) {
                dropped++;
            } else {
                kept.add(new Supported(
                        written,
                        places.stream()
                                .map(place -> citation(
                                        documents.get(place.passage()),
                                        seen.get(place.passage()).passage(),
                                        place.sentence(),
                                        read.share(written, place)))
                                .toList()));
            }
        }
        return new Kept(kept, dropped);
    }

    private static List<String> sentences(IndexedPassage passage) {
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < passage.sentences().size(); i++) {
            sentences.add(passage.sentence(i));
        }
        return sentences;
    }

    private static Citation citation(DocumentInfo document, IndexedPassage passage, int sentence, double share) {
        Span span = passage.sentences().get(sentence);
        return new Citation(
                document.document(), document.version(), span.start(), span.end(), passage.sentence(sentence), share);
    }
}
