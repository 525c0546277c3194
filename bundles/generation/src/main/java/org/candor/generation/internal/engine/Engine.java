package org.candor.generation.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Adapter;
import org.candor.api.model.Generator;
import org.candor.api.model.ModelFiles;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.candor.generation.internal.grammar.JsonGrammar;
import org.candor.generation.internal.grammar.TokenMask;
import org.candor.generation.internal.grammar.UnsupportedSchemaException;
import org.candor.generation.internal.sampling.Sampler;
import org.candor.generation.internal.sampling.SamplingSettings;
import org.candor.generation.internal.sampling.StopStrings;

/** One loaded model and the thread that drives it. Requests are checked here, before the scheduler sees them. */
public final class Engine implements TextGenerator {

    private static final int MOST_PROMPTS = 2_048;

    private final ModelText text;
    private final EngineSettings settings;
    private final int vocabulary;
    private final int maxTokens;
    private final int capacity;
    private final int decoderStart;
    private final long bytes;
    private final Set<Integer> endTokens;
    private final Generator generator;
    private final Scheduler scheduler;
    private final Sampler.Room room;
    private final Thread thread;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Made when the first grammar is asked for; used by the scheduler's thread. */
    private TokenMask mask;

    /**
     * Begins at once.
     *
     * @param name of the thread
     * @param generator closed with the engine
     */
    public Engine(String name, Generator generator, ModelText text, EngineSettings settings) {
        this.generator = generator;
        this.text = text;
        this.settings = settings;
        vocabulary = generator.vocabulary();
        maxTokens = generator.maxTokens();
        decoderStart = generator.decoderStart();
        // Behind an encoder a text has two last blocks that need not be full, and a token before the first that is
        // written.
        int whole = decoderStart < 0 ? generator.freeBlocks() : generator.freeBlocks() - 1;
        capacity = whole * generator.blockTokens();
        bytes = generator.bytes();
        endTokens = new TreeSet<>(generator.endTokens());
        room = new Sampler.Room(vocabulary);
        scheduler = new Scheduler(generator, settings);
        thread = Thread.ofPlatform().name(name).daemon().start(scheduler);
    }

    @Override
    public Tokenizer tokenizer() {
        return text.tokenizer();
    }

    @Override
    public ChatTemplate chatTemplate() {
        return text.chatTemplate();
    }

    @Override
    public Map<String, String> specialTokens() {
        return text.specialTokens();
    }

    @Override
    public Sampling recommended() {
        return text.recommended();
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int maxTokens() {
        return Math.min(maxTokens, capacity);
    }

    @Override
    public boolean encodesPrompts() {
        return decoderStart >= 0;
    }

    @Override
    public Generated generate(List<GenerationRequest> requests, GenerationListener listener) {
        return generate(requests, listener, null);
    }

    /** @param adapter of this engine, or null for the model as it is */
    Generated generate(List<GenerationRequest> requests, GenerationListener listener, Adapter adapter) {
        if (requests.isEmpty() || requests.size() > MOST_PROMPTS) {
            throw RequestChecks.invalid("prompt", requests.size() + " prompts; 1 to " + MOST_PROMPTS + " are allowed");
        }
        RequestChecks checks = new RequestChecks(vocabulary, maxTokens(), text.tokenizer() != null);
        requests.forEach(checks::check);
        Submission submission = submission(requests, adapter);
        int ahead = scheduler.status().waiting();
        int places = settings.sequences() + settings.waiting();
        if (ahead > settings.waiting() || submission.places() > places) {
            throw new GenerationException(
                    Kind.BUSY,
                    "n",
                    ahead + " texts wait for the model already, and this request asks for "
                            + submission.places() + " more; at most " + settings.waiting()
                            + " may wait and " + settings.sequences() + " be written. Try again shortly.",
                    null);
        }
        if (!scheduler.submit(submission)) {
            throw new GenerationException(Kind.CANCELLED, "The model is closed.");
        }
        return submission.await(listener);
    }

    private Submission submission(List<GenerationRequest> requests, Adapter adapter) {
        Submission submission = new Submission(
                requests.stream().mapToInt(request -> request.prompt().length).sum(), adapter);
        int first = 0;
        for (GenerationRequest request : requests) {
            Restrictions restrictions = restrictions(request);
            Beginning beginning = Beginning.of(request.prompt(), decoderStart);
            switch (request.search()) {
                case Search.Drawn() -> draw(submission, request, beginning, first, request.choices(), restrictions);
                case Search.Best(int candidates) ->
                    draw(submission, request, beginning, first, candidates, restrictions);
                case Search.Beams beams -> {
                    BeamChoices search = new BeamChoices(
                            submission, request, beginning, beams, first, endTokens, restrictions::text);
                    submission.add(search, search.beams(), beams.width());
                }
            }
            first += request.choices();
        }
        return submission;
    }

    private static void draw(
            Submission submission,
            GenerationRequest request,
            Beginning beginning,
            int first,
            int candidates,
            Restrictions restrictions) {
        DrawnChoices choices = new DrawnChoices(submission, request, first);
        List<DrawnSequence> sequences = new ArrayList<>();
        for (int number = 0; number < candidates; number++) {
            sequences.add(new DrawnSequence(
                    choices,
                    request,
                    beginning,
                    number,
                    number == 0 ? null : sequences.getFirst(),
                    restrictions.choice(number),
                    restrictions.text()));
        }
        sequences.forEach(choices::add);
        submission.add(choices, sequences, candidates);
    }

    /** What restricts the continuations of one prompt. */
    private final class Restrictions {
        private final GenerationRequest request;
        private final SamplingSettings sampling;
        private final StopStrings stops;
        private final JsonGrammar grammar;

        Restrictions(GenerationRequest request) {
            this.request = request;
            SamplingSettings asked = SamplingAsAsked.settings(request.sampling());
            // Candidates are ranked by their probabilities.
            this.sampling = request.search() instanceof Search.Best && asked.logprobs() < 0
                    ? asked.withLogprobs(0, asked.logprobSource())
                    : asked;
            this.stops = new StopStrings(request.stops(), false);
            this.grammar = request.jsonSchema() == null ? null : JsonGrammar.compile(request.jsonSchema());
        }

        TokenChoice choice(int number) {
            int[] ends = endTokens.stream().mapToInt(Integer::intValue).toArray();
            return new TokenChoice(
                    new Sampler(sampling, number, ends, room),
                    sampling.lengths().ignoreEnd() ? Set.of() : endTokens,
                    grammar == null ? null : mask(),
                    grammar == null ? null : grammar.start());
        }

        WrittenText text() {
            Tokenizer tokenizer = tokenizer();
            TokenStream stream = tokenizer == null ? null : tokenizer.stream(!request.specialTokensShown());
            return new WrittenText(stream, stops.stream());
        }
    }

    private Restrictions restrictions(GenerationRequest request) {
        try {
            Restrictions restrictions = new Restrictions(request);
            restrictions.choice(0);
            return restrictions;
        } catch (UnsupportedSchemaException e) {
            throw new GenerationException(Kind.INVALID, "response_format", e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int colon = message.indexOf(':');
            throw new GenerationException(Kind.INVALID, colon < 0 ? null : message.substring(0, colon), message, e);
        }
    }

    private synchronized TokenMask mask() {
        if (mask == null) {
            Tokenizer tokenizer = tokenizer();
            mask = new TokenMask(
                    IntStream.range(0, vocabulary)
                            .mapToObj(id -> id < tokenizer.vocabularySize() ? tokenizer.bytes(id) : null)
                            .collect(ArrayList::new, ArrayList::add, ArrayList::addAll),
                    endTokens.stream().mapToInt(Integer::intValue).toArray());
        }
        return mask;
    }

    @Override
    public TextGenerator adapt(ModelFiles files) throws IOException {
        Adapter adapter = generator.adapt(files);
        scheduler.adopt(adapter);
        return new AdaptedEngine(this, adapter, settings.passTokens());
    }

    @Override
    public long adapterBytes(ModelFiles files) throws IOException {
        return generator.adapterBytes(files, settings.passTokens());
    }

    /** Ends the texts of an adapter and closes it. */
    void retire(Adapter adapter) {
        scheduler.retire(adapter);
    }

    @Override
    public GeneratorStatus status() {
        return scheduler.status();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        scheduler.stop();
        uninterruptibly(thread::join);
    }

    /** Something that an interrupt makes wait anew. */
    interface Waiting {
        void await() throws InterruptedException;
    }

    /** Memory is in use until what is waited for has ended: an interrupt is kept for afterwards. */
    static void uninterruptibly(Waiting waiting) {
        boolean interrupted = false;
        while (true) {
            try {
                waiting.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
