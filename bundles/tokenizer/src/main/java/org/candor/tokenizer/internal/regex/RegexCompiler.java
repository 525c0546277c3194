package org.candor.tokenizer.internal.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.candor.tokenizer.internal.CodePointTable;
import org.candor.tokenizer.internal.regex.RegexNode.Anchor;
import org.candor.tokenizer.internal.regex.RegexNode.Atomic;
import org.candor.tokenizer.internal.regex.RegexNode.Characters;
import org.candor.tokenizer.internal.regex.RegexNode.Choice;
import org.candor.tokenizer.internal.regex.RegexNode.Greed;
import org.candor.tokenizer.internal.regex.RegexNode.Look;
import org.candor.tokenizer.internal.regex.RegexNode.Repeat;
import org.candor.tokenizer.internal.regex.RegexNode.Sequence;

/** Makes instructions of a parsed expression. */
final class RegexCompiler {
    private static final int MAX_CODE = 100_000;

    private final CharacterSets sets;
    private final Map<BitSet, Integer> numbers = new LinkedHashMap<>();
    private int[] code = new int[64];
    private int size;
    private int loops;

    RegexCompiler(CharacterSets sets) {
        this.sets = sets;
    }

    Regex compile(String expression, RegexNode node) throws RegexSyntaxException {
        emit(node);
        add(Regex.MATCH);
        List<BitSet> distinct = List.copyOf(numbers.keySet());
        TreeSet<Integer> bounds = new TreeSet<>(List.of(0));
        for (BitSet set : distinct) {
            for (int from = set.nextSetBit(0); from >= 0; ) {
                int to = set.nextClearBit(from);
                bounds.add(from);
                bounds.add(to);
                from = set.nextSetBit(to);
            }
        }
        Map<BitSet, Integer> signatures = new HashMap<>();
        signatures.put(signature(distinct, Character.MAX_CODE_POINT), 0);
        CodePointTable.Builder classes = new CodePointTable.Builder();
        for (Integer from : bounds) {
            if (from > Character.MAX_CODE_POINT) {
                break;
            }
            Integer next = bounds.higher(from);
            int to = next == null ? Character.MAX_CODE_POINT + 1 : Math.min(next, Character.MAX_CODE_POINT + 1);
            BitSet signature = signature(distinct, from);
            int number = signatures.computeIfAbsent(signature, s -> signatures.size());
            for (int c = from; c < to && number != 0; c++) {
                classes.set(c, number);
            }
        }
        int count = signatures.size();
        boolean[] members = new boolean[distinct.size() * count];
        signatures.forEach(
                (signature, number) -> signature.stream().forEach(set -> members[set * count + number] = true));
        return new Regex(expression, Arrays.copyOf(code, size), classes.build(), count, members, loops, sets.word());
    }

    private static BitSet signature(List<BitSet> sets, int codePoint) {
        BitSet signature = new BitSet();
        for (int i = 0; i < sets.size(); i++) {
            signature.set(i, sets.get(i).get(codePoint));
        }
        return signature;
    }

    private void add(int... values) throws RegexSyntaxException {
        if (size + values.length > MAX_CODE) {
            throw new RegexSyntaxException("the expression needs more than " + MAX_CODE + " instructions");
        }
        if (size + values.length > code.length) {
            code = Arrays.copyOf(code, code.length * 2);
        }
        for (int value : values) {
            code[size++] = value;
        }
    }

    private int number(BitSet set) {
        return numbers.computeIfAbsent(set, s -> numbers.size());
    }

    private void emit(RegexNode node) throws RegexSyntaxException {
        switch (node) {
            case Characters(BitSet set) -> add(Regex.CHARACTER, number(set));
            case Sequence(List<RegexNode> parts) -> {
                for (RegexNode part : parts) {
                    emit(part);
                }
            }
            case Choice(List<RegexNode> alternatives) -> choice(alternatives);
            case Anchor(RegexNode.Place place) -> add(Regex.ANCHOR, place.ordinal());
            case Atomic(RegexNode body) -> body(body, Regex.ATOMIC, 0);
            case Look(RegexNode body, boolean behind, boolean negated) -> look(body, behind, negated);
            case Repeat repeat -> repeat(repeat);
        }
    }

    private void choice(List<RegexNode> alternatives) throws RegexSyntaxException {
        List<Integer> exits = new ArrayList<>();
        for (int i = 0; i < alternatives.size(); i++) {
            if (i == alternatives.size() - 1) {
                emit(alternatives.get(i));
                break;
            }
            int split = size;
            add(Regex.SPLIT, size + 3, 0);
            emit(alternatives.get(i));
            exits.add(size + 1);
            add(Regex.JUMP, 0);
            code[split + 2] = size;
        }
        for (int exit : exits) {
            code[exit] = size;
        }
    }

    private void body(RegexNode body, int operation, int flags) throws RegexSyntaxException {
        int at = size;
        if (operation == Regex.ATOMIC) {
            add(operation, 0);
        } else {
            add(operation, flags & 1, 0, flags >> 1);
        }
        emit(body);
        add(Regex.MATCH);
        code[operation == Regex.ATOMIC ? at + 1 : at + 2] = size;
    }

    /** A look behind steps back as far as its alternative is long. */
    private void look(RegexNode body, boolean behind, boolean negated) throws RegexSyntaxException {
        if (!behind) {
            body(body, Regex.LOOK, negated ? 1 : 0);
            return;
        }
        List<RegexNode> alternatives = body instanceof Choice(List<RegexNode> all) ? all : List.of(body);
        List<RegexNode> looks = new ArrayList<>();
        for (RegexNode alternative : alternatives) {
            if (length(alternative) < 0) {
                throw new RegexSyntaxException("a look-behind of no fixed length is not supported");
            }
            looks.add(new Look(alternative, true, negated));
        }
        if (looks.size() > 1) {
            // Not behind any of them, or behind one of them.
            emit(negated ? new Sequence(looks) : new Choice(looks));
            return;
        }
        int length = length(alternatives.getFirst());
        if (length == 0) {
            body(body, Regex.LOOK, negated ? 1 : 0);
        } else {
            body(body, Regex.LOOK, length << 1 | (negated ? 1 : 0));
        }
    }

    /** Characters that every match takes, or -1 when that differs. */
    private static int length(RegexNode node) {
        return switch (node) {
            case Characters c -> 1;
            case Anchor a -> 0;
            case Look l -> 0;
            case Atomic(RegexNode body) -> length(body);
            case Sequence(List<RegexNode> parts) -> {
                int total = 0;
                for (RegexNode part : parts) {
                    int length = length(part);
                    if (length < 0) {
                        yield -1;
                    }
                    total += length;
                }
                yield total;
            }
            case Choice(List<RegexNode> alternatives) -> {
                int first = length(alternatives.getFirst());
                yield alternatives.stream().allMatch(a -> length(a) == first) ? first : -1;
            }
            case Repeat(RegexNode body, int least, int most, Greed greed) -> {
                int length = length(body);
                boolean fixed = length >= 0 && least == most && (long) length * least <= MAX_CODE;
                yield length == 0 ? 0 : fixed ? length * least : -1;
            }
        };
    }

    private void repeat(Repeat repeat) throws RegexSyntaxException {
        if (repeat.greed() == Greed.POSSESSIVE) {
            emit(new Atomic(new Repeat(repeat.body(), repeat.least(), repeat.most(), Greed.GREEDY)));
            return;
        }
        boolean greedy = repeat.greed() == Greed.GREEDY;
        if (greedy && repeat.body() instanceof Characters(BitSet set)) {
            add(Regex.RUN, number(set), repeat.least(), repeat.most());
            return;
        }
        for (int i = 0; i < repeat.least(); i++) {
            emit(repeat.body());
        }
        if (repeat.most() < 0) {
            int split = size;
            branch(greedy);
            if (canBeEmpty(repeat.body())) {
                int slot = loops++;
                add(Regex.TURN, slot);
                emit(repeat.body());
                add(Regex.AGAIN, slot, split);
            } else {
                emit(repeat.body());
                add(Regex.JUMP, split);
            }
            code[split + (greedy ? 2 : 1)] = size;
            return;
        }
        List<Integer> exits = new ArrayList<>();
        for (int i = repeat.least(); i < repeat.most(); i++) {
            exits.add(size + (greedy ? 2 : 1));
            branch(greedy);
            emit(repeat.body());
        }
        for (int exit : exits) {
            code[exit] = size;
        }
    }

    private static boolean canBeEmpty(RegexNode node) {
        return switch (node) {
            case Characters c -> false;
            case Anchor a -> true;
            case Look l -> true;
            case Atomic(RegexNode body) -> canBeEmpty(body);
            case Sequence(List<RegexNode> parts) -> parts.stream().allMatch(RegexCompiler::canBeEmpty);
            case Choice(List<RegexNode> alternatives) -> alternatives.stream().anyMatch(RegexCompiler::canBeEmpty);
            case Repeat(RegexNode body, int least, int most, Greed greed) -> least == 0 || canBeEmpty(body);
        };
    }

    /** A split whose exit is filled in later. */
    private void branch(boolean greedy) throws RegexSyntaxException {
        add(Regex.SPLIT, greedy ? size + 3 : 0, greedy ? 0 : size + 3);
    }
}
