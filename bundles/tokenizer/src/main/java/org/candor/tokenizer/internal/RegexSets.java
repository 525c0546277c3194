package org.candor.tokenizer.internal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.candor.tokenizer.internal.regex.CharacterSets;

/** The character sets of regular expressions, from the tables. Immutable but for what it remembers; thread safe. */
final class RegexSets implements CharacterSets {
    private static final List<String> CATEGORIES = List.of(
            "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
            "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn");
    private static final Map<String, String> LONG_NAMES = Map.ofEntries(
            Map.entry("letter", "l"),
            Map.entry("uppercaseletter", "lu"),
            Map.entry("lowercaseletter", "ll"),
            Map.entry("titlecaseletter", "lt"),
            Map.entry("modifierletter", "lm"),
            Map.entry("otherletter", "lo"),
            Map.entry("mark", "m"),
            Map.entry("number", "n"),
            Map.entry("decimalnumber", "nd"),
            Map.entry("punctuation", "p"),
            Map.entry("symbol", "s"),
            Map.entry("separator", "z"),
            Map.entry("other", "c"),
            Map.entry("control", "cc"),
            Map.entry("whitespace", "space"),
            Map.entry("alphabetic", "alpha"),
            Map.entry("uppercase", "upper"),
            Map.entry("lowercase", "lower"));

    private final UnicodeTables tables;
    private final Map<String, BitSet> known = new ConcurrentHashMap<>();
    private final Map<String, String> scripts = new ConcurrentHashMap<>();

    RegexSets(UnicodeTables tables) {
        this.tables = tables;
        tables.setNames()
                .filter(name -> name.startsWith("script-"))
                .forEach(name -> scripts.put(plain(name.substring("script-".length())), name));
    }

    private static String plain(String name) {
        return name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public BitSet property(String name) {
        String plain = plain(name);
        plain = LONG_NAMES.getOrDefault(plain, plain);
        if (plain.equals("any")) {
            BitSet all = new BitSet();
            all.set(0, Character.MAX_CODE_POINT + 1);
            return all;
        }
        if (plain.equals("lc")) {
            return categories("lu", "ll", "lt");
        }
        if (plain.length() <= 2) {
            BitSet found = categories(plain);
            return found.isEmpty() ? null : found;
        }
        // As a property this is general category P, in brackets it is more.
        if (plain.equals("punct")) {
            return categories("p");
        }
        return scripts.containsKey(plain) ? set(scripts.get(plain)) : posix(plain);
    }

    private BitSet categories(String... prefixes) {
        BitSet result = new BitSet();
        for (String category : CATEGORIES) {
            if (Arrays.stream(prefixes)
                    .anyMatch(p -> category.toLowerCase(Locale.ROOT).startsWith(p))) {
                result.or(set("gc-" + category));
            }
        }
        if (Arrays.asList(prefixes).contains("c")) {
            result.set(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
        }
        return result;
    }

    @Override
    public BitSet posix(String name) {
        if (name.equals("ascii")) {
            BitSet ascii = new BitSet();
            ascii.set(0, 128);
            return ascii;
        }
        return tables.hasSet("posix-" + name) ? set("posix-" + name) : null;
    }

    @Override
    public BitSet word() {
        return set("regex-word");
    }

    @Override
    public BitSet space() {
        return set("white-space");
    }

    @Override
    public List<Integer> caseFolds(int codePoint) {
        int[] folds = tables.mapping("case-folds").get(codePoint);
        return folds == null ? List.of() : Arrays.stream(folds).boxed().toList();
    }

    private BitSet set(String name) {
        return known.computeIfAbsent(name, n -> tables.set(n).toBitSet());
    }
}
