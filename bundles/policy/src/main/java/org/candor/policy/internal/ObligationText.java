package org.candor.policy.internal;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;

/**
 * Obligations as the annotation {@code obligation} of a policy writes them, several separated by semicolons:
 * {@code mask:email,phone}, {@code mask} (the kinds of detectors.json), {@code route:encoder-en}, {@code purpose},
 * {@code budget:requests=100/PT1H}, {@code budget:joules=500/P1D}, {@code second-person}.
 */
final class ObligationText {

    static final String ALLOWED = "mask, mask:email,phone,card,iban, route:MODEL, purpose, budget:requests=N/PERIOD, "
            + "budget:joules=N/PERIOD (PERIOD as PT1H or P1D, a minute to 31 days) and second-person, separated by "
            + "semicolons";

    private static final Pattern ROUTE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final Pattern BUDGET =
            Pattern.compile("(requests|joules)=([0-9]{1,12}(?:\\.[0-9]{1,3})?)/(P.{1,20})");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(31);

    private ObligationText() {}

    /** @throws IllegalArgumentException naming the part that is wrong and what is allowed */
    static List<Obligation> parse(String text, Detectors detectors) {
        List<Obligation> obligations = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            obligations.add(one(part.strip(), detectors));
        }
        return List.copyOf(obligations);
    }

    private static Obligation one(String text, Detectors detectors) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1).strip();
        return switch (kind) {
            case "mask" ->
                new Obligation.MaskPersonalData(colon < 0 ? detectors.kinds() : kinds(text, rest), detectors.keep());
            case "route" -> {
                if (!ROUTE.matcher(rest).matches()) {
                    throw wrong(text);
                }
                yield new Obligation.RouteModel(rest);
            }
            case "purpose" -> {
                if (colon >= 0) {
                    throw wrong(text);
                }
                yield new Obligation.RequirePurpose();
            }
            case "second-person" -> {
                if (colon >= 0) {
                    throw wrong(text);
                }
                yield new Obligation.SecondPerson();
            }
            case "budget" -> budget(text, rest);
            default -> throw wrong(text);
        };
    }

    private static Obligation budget(String text, String rest) {
        Matcher matcher = BUDGET.matcher(rest);
        if (!matcher.matches()) {
            throw wrong(text);
        }
        try {
            Duration period = Duration.parse(matcher.group(3));
            double amount = Double.parseDouble(matcher.group(2));
            if (amount <= 0 || period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
                throw wrong(text);
            }
            return new Obligation.Budget(
                    Obligation.Unit.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), amount, period);
        } catch (DateTimeParseException e) {
            throw wrong(text);
        }
    }

    static Set<PersonalData.Kind> kinds(String text, String list) {
        Set<PersonalData.Kind> kinds = EnumSet.noneOf(PersonalData.Kind.class);
        for (String word : list.split(",", -1)) {
            String name = word.strip();
            kinds.add(List.of(PersonalData.Kind.values()).stream()
                    .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
                    .findFirst()
                    .orElseThrow(() -> wrong(text)));
        }
        return kinds;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("\"" + text + "\" is no obligation; allowed are " + ALLOWED);
    }

    /** As a policy writes them, sorted: equal texts mean equal obligations. */
    static List<String> texts(List<Obligation> obligations) {
        Set<String> texts = new TreeSet<>();
        obligations.forEach(obligation -> texts.add(obligation.text()));
        return List.copyOf(texts);
    }
}
