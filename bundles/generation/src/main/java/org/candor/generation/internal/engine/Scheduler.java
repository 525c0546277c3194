package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.generation.internal.engine.EngineSettings.Speculation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that drives one model. Each turn is one pass: a token of each text that is being written, and as much of texts that
 * are being read as the pass has room for. Texts join and leave between passes. When the cache is full, kept texts go first,
 * then the text that came last gives its place and is read anew later; what it wrote stays, and nobody sees it in the result.
 */
final class Scheduler implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private final Generator generator;
    private final EngineSettings settings;
    private final int blocks;
    private final PrefixCache kept;
    private final TextOpening opening;
    private final WaitingLine waiting = new WaitingLine();
    /** In the order in which they were taken in. */
    private final List<Sequence> running = new ArrayList<>();

    private final Adapters adapters = new Adapters();
    private final BlockingQueue<Submission> incoming = new LinkedBlockingQueue<>();
    private final Counters counters = new Counters();
    private final PassTimes times = new PassTimes();
    private float[] scores = new float[0];
    private final float[] row;
    private volatile boolean closing;
    private volatile GeneratorStatus status;

    /** @param generator with an empty cache; used and closed by this loop's thread from here on */
    Scheduler(Generator generator, EngineSettings settings) {
        this.generator = generator;
        this.settings = settings;
        this.blocks = generator.freeBlocks();
        this.kept = new PrefixCache(generator.blockTokens());
        this.opening = new TextOpening(generator, settings.passTokens());
        this.row = new float[generator.vocabulary()];
        publish();
    }

    /** Hands in what is to be done; false when the loop ends or has ended. Thread safe. */
    boolean submit(Submission submission) {
        synchronized (incoming) {
            return !closing && incoming.add(submission);
        }
    }

    /** Makes the loop end. Thread safe. */
    void stop() {
        synchronized (incoming) {
            closing = true;
            incoming.add(Submission.nothing()); // wakes the loop
        }
    }

    /** Takes an adapter over, for texts that come. Thread safe. */
    void adopt(Adapter adapter) {
        adapters.add(adapter);
    }

    /** Ends the texts of an adapter and closes it; returns when that is done. Thread safe. */
    void retire(Adapter adapter) {
        CountDownLatch done = adapters.retire(adapter);
        incoming.add(Submission.nothing()); // wakes the loop
        Engine.uninterruptibly(done::await);
    }

    /** What is done now. Thread safe. */
    GeneratorStatus status() {
        return status;
    }

    @Override
    public void run() {
        try {
            while (!closing) {
                try {
                    takeIn();
                    turn();
                } catch (RuntimeException | OutOfMemoryError e) {
                    LOG.error("A pass of the model failed; {} texts end with it", running.size(), e);
                    failRunning(
                            sequence -> true,
                            new GenerationException(
                                    Kind.FAILED, null, "The model failed on a pass; the server's log shows why.", e));
                    kept.clear();
                }
                publish();
            }
        } catch (InterruptedException e) {
            LOG.debug("The loop was interrupted", e);
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    /** Waits where there is nothing to do. */
    private void takeIn() throws InterruptedException {
        waiting.forgetAllBut(running);
        if (running.isEmpty() && waiting.size() == 0) {
            line(incoming.take());
        }
        for (Submission more = incoming.poll(); more != null; more = incoming.poll()) {
            line(more);
        }
        adapters.closeRetired(this::forget);
    }

    private void line(Submission submission) {
        if (adapters.serve(submission.adapter())) {
            submission.sequences().forEach(waiting::last);
        } else {
            submission.fail(Adapters.closed());
        }
    }

    private void forget(Adapter adapter) {
        failRunning(sequence -> sequence.adapter() == adapter, Adapters.closed());
        waiting.removeIf(sequence -> sequence.adapter() == adapter, gone -> gone.submission()
                .fail(Adapters.closed()));
        kept.forget(adapter);
    }

    private void turn() {
        drop();
        share();
        admit();
        List<PassPart> parts = plan();
        if (!parts.isEmpty()) {
            pass(parts);
        }
    }

    /** Ends what nobody wants any more, and what took too long. */
    private void drop() {
        long now = System.nanoTime();
        waiting.removeIf(Sequence::done, gone -> {});
        waiting.removeIf(one -> one.overdue(now), this::tooLate);
        for (Sequence sequence : List.copyOf(running)) {
            if (sequence.done()) {
                leave(sequence);
            } else if (sequence.overdue(now)) {
                leave(sequence);
                sequence.end(FinishReason.DEADLINE);
            }
        }
    }

    private void tooLate(Sequence sequence) {
        if (sequence.untouched()) {
            sequence.submission()
                    .fail(new GenerationException(
                            Kind.BUSY, "The model had no place for this request in time. Try again shortly."));
        } else {
            sequence.end(FinishReason.DEADLINE);
        }
    }

    /** Where all places are taken and a tenant with less than its share waits, the one with most gives one. */
    private void share() {
        if (running.size() < settings.sequences() || waiting.size() == 0) {
            return;
        }
        Map<String, Integer> places = new HashMap<>();
        running.forEach(one -> places.merge(one.tenant(), 1, Integer::sum));
        Set<String> tenants = new TreeSet<>(places.keySet());
        tenants.addAll(waiting.tenants());
        int fair = Math.max(1, settings.sequences() / tenants.size());
        if (waiting.tenants().stream().anyMatch(tenant -> places.getOrDefault(tenant, 0) < fair)) {
            running.reversed().stream()
                    .filter(one -> places.get(one.tenant()) > fair)
                    .findFirst()
                    .ifPresent(this::preempt);
        }
    }

    private void admit() {
        opening.begin();
        for (Sequence next = waiting.next(); next != null && opening.goesOn(); next = waiting.next()) {
            if (!admitted(next)) {
                if (running.isEmpty() || !running.stream().allMatch(Sequence::idle)) {
                    return;
                }
                preempt(running.getLast()); // all wait for those that wait for a place
            }
        }
    }

    /** Takes a text in that waits, unless there is no place for it. */
    private boolean admitted(Sequence next) {
        if (running.size() >= settings.sequences()) {
            return false;
        }
        CachedText found = kept.find(next, running);
        int needed = found == null
                ? opening.blocks(next)
                : found.blocksFor(next.history().length() + 1 - found.length());
        // A block more for each text that runs, so that the newcomer is not sent away at the next step.
        if (!free(needed + running.size()) && !running.isEmpty()) {
            if (found != null) {
                found.close();
            }
            return false;
        }
        waiting.remove(next);
        CachedText text = found == null ? opening.open(next) : found;
        if (text == null) {
            return true; // it has ended
        }
        waiting.served(next.tenant(), found == null ? next.beginning().encoded().length : 0);
        next.hold(text);
        running.add(next);
        if (next.begin()) {
            int prompt = next.request().prompt().length;
            int cached = found == null ? 0 : next.beginning().hasEncoded() ? prompt : found.length();
            next.submission().cached(cached);
            counters.promptTokens += prompt;
            counters.cachedTokens += cached;
        }
        return true;
    }

    /** Gives up what is kept until so many blocks are free; false when there are too few. */
    private boolean free(int needed) {
        return kept.free(needed, generator::freeBlocks);
    }

    /** Texts that are written go before those that are read, and older ones before newer ones. */
    private List<PassPart> plan() {
        List<PassPart> parts = new ArrayList<>();
        int room = settings.passTokens();
        int[] needed = {0};
        for (boolean written : new boolean[] {true, false}) {
            for (Sequence sequence : List.copyOf(running)) {
                if (!running.contains(sequence)) {
                    continue; // gave its place to an older one
                }
                if (sequence.idle()) {
                    continue;
                }
                if (written) {
                    renew(sequence);
                }
                if (room == 0 || written != (sequence.unread() == 1)) {
                    continue;
                }
                int tokens = Math.min(room, sequence.unread());
                if (makeRoom(sequence, tokens, needed, parts)) {
                    parts.add(PassPart.of(sequence, tokens));
                    room -= tokens;
                }
            }
        }
        if (settings.speculation() == Speculation.AUTO && room > 0) {
            draft(parts, room, generator.freeBlocks() - needed[0]);
        }
        return parts;
    }

    /**
     * Lets texts that are written draft what may follow, in the room that is left: nobody waits for it or gives a block for it.
     * What was drafted is taken only where the very token is taken that would be taken anyway, so that no text changes.
     */
    private void draft(List<PassPart> parts, int room, int blocksLeft) {
        int left = room;
        int free = blocksLeft;
        double cost = times.shareOfOneMore(settings.passTokens() - room);
        for (int i = 0; i < parts.size() && left > 0; i++) {
            PassPart part = parts.get(i);
            Sequence sequence = part.sequence();
            if (!part.scored() || part.tokens() != 1 || sequence.cached().length() == 0) {
                continue;
            }
            int[] draft = sequence.draft(left, cost);
            int length = sequence.history().length();
            int blocks = sequence.cached().blocksFor(1 + draft.length)
                    - sequence.cached().blocksFor(1);
            if (draft.length > 0 && blocks <= free && generator.indifferent(length, length + draft.length)) {
                parts.set(i, part.with(draft));
                left -= draft.length;
                free -= blocks;
                counters.draftTokens += draft.length;
            }
        }
    }

    /** A text that has outgrown its rotary embedding is read anew. */
    private static void renew(Sequence sequence) {
        if (sequence.cached().stale(sequence.history().length())) {
            sequence.cached().truncate(0);
        }
    }

    /** @param needed blocks that the pass takes so far; grows where there is room */
    private boolean makeRoom(Sequence sequence, int tokens, int[] needed, List<PassPart> parts) {
        int more = sequence.cached().blocksFor(tokens);
        while (!free(needed[0] + more)) {
            Sequence last = running.reversed().stream()
                    .filter(one -> parts.stream().noneMatch(part -> part.sequence() == one))
                    .findFirst()
                    .orElse(sequence);
            if (last == sequence) {
                if (running.size() == 1) {
                    throw new IllegalStateException("the cache has too few blocks for one text");
                }
                preempt(sequence); // older ones took the blocks
                return false;
            }
            preempt(last);
        }
        needed[0] += more;
        return true;
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        kept.keepEncoded(sequence, sequence.release());
        waiting.first(sequence);
        counters.preemptions++;
    }

    private void leave(Sequence sequence) {
        running.remove(sequence);
        sequence.forgetDraft();
        kept.keep(sequence, sequence.release());
    }

    /** A step of a beam search is done: others take the places of its beams. */
    private void advance(BeamChoices search) {
        List<Beam> before = search.beams();
        search.advance();
        if (search.ended()) {
            before.stream().filter(running::contains).findFirst().ifPresent(this::leave);
        }
        int at = running.size();
        for (Beam beam : before.reversed()) {
            if (running.contains(beam)) {
                at = running.indexOf(beam);
                running.remove(at);
                beam.release().close();
            } else {
                waiting.remove(beam);
            }
        }
        List<Beam> homeless = new ArrayList<>();
        for (Beam beam : search.beams()) {
            if (beam.cached() != null && running.size() < settings.sequences()) {
                running.add(at++, beam);
            } else {
                homeless.add(beam);
            }
        }
        for (Beam beam : homeless.reversed()) {
            if (beam.cached() != null) {
                beam.release().close();
            }
            waiting.first(beam);
        }
    }

    private void pass(List<PassPart> parts) {
        List<Generator.Step> steps = new ArrayList<>(parts.size());
        int tokens = 0;
        int rows = 0;
        for (PassPart part : parts) {
            steps.add(part.step());
            tokens += part.length();
            rows += part.scores();
        }
        if (scores.length < rows * row.length) {
            scores = new float[Math.multiplyExact(rows, row.length)];
        }
        long before = generator.busyNanos();
        long begun = System.nanoTime();
        generator.forward(steps, scores);
        times.took(tokens, System.nanoTime() - begun);
        double busy = (double) (generator.busyNanos() - before) / tokens;
        counters.passes++;
        int at = 0;
        for (PassPart part : parts) {
            part.sequence().submission().worked(Math.round(busy * part.length()));
            waiting.served(part.sequence().tenant(), part.length());
            if (part.scored()) {
                take(part, at);
            }
            at += part.scores();
        }
    }

    /** Takes a token, and for each one that was drafted rightly the next. */
    private void take(PassPart part, int firstRow) {
        Sequence sequence = part.sequence();
        int right = 0;
        while (true) {
            System.arraycopy(scores, (firstRow + right) * row.length, row, 0, row.length);
            if (!take(sequence)) {
                break;
            }
            int last = sequence.history().id(sequence.history().length() - 1);
            if (right == part.draft().length || part.draft()[right] != last) {
                sequence.forgetDraft();
                break;
            }
            right++;
        }
        if (part.draft().length > 0) {
            sequence.judge(part.draft().length, right);
            counters.acceptedTokens += right;
        }
    }

    /** @return whether the text goes on as it is */
    private boolean take(Sequence sequence) {
        long begun = System.nanoTime();
        try {
            sequence.submission().token();
            sequence.take(row);
            counters.completionTokens++;
        } catch (IllegalArgumentException | IllegalStateException e) {
            leave(sequence);
            sequence.submission().fail(new GenerationException(Kind.FAILED, null, e.getMessage(), e));
            return false;
        }
        switch (sequence) {
            case DrawnSequence drawn -> {
                if (drawn.ended()) {
                    leave(drawn);
                }
            }
            case Beam beam -> {
                if (beam.choices().scored()) {
                    advance(beam.choices());
                }
            }
        }
        sequence.submission().worked(System.nanoTime() - begun);
        return sequence instanceof DrawnSequence && !sequence.ended();
    }

    private void failRunning(Predicate<Sequence> which, GenerationException failure) {
        for (Sequence sequence : running.stream().filter(which).toList()) {
            running.remove(sequence);
            sequence.release().close();
            sequence.submission().fail(failure);
        }
    }

    private void end() {
        GenerationException closed =
                new GenerationException(Kind.CANCELLED, "The model was closed while it wrote this text.");
        failRunning(sequence -> true, closed);
        kept.clear();
        waiting.removeIf(one -> true, gone -> gone.submission().fail(closed));
        for (Submission late = incoming.poll(); late != null; late = incoming.poll()) {
            late.fail(closed);
        }
        publish();
        adapters.end();
        generator.close();
    }

    private void publish() {
        status = counters.status(
                running.size(),
                waiting.size() + incoming.size(),
                blocks,
                generator.freeBlocks(),
                Math.min(blocks, kept.blocks()),
                opening.passes(),
                generator.busyNanos());
    }
}
