package org.candor.api.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Something that must be done for a permit to hold. What an operation cannot do is refused, never skipped. */
public sealed interface Obligation {

    /** As a policy writes it, for example {@code mask:email,phone}: equal texts mean the same. */
    String text();

    /**
     * Personal data of these kinds is masked in answers.
     *
     * @param kinds of {@link PersonalData.Kind}
     * @param keep texts that look like personal data and are none; they stay readable, whatever their capitals
     */
    record MaskPersonalData(Set<PersonalData.Kind> kinds, Set<String> keep) implements Obligation {
        public MaskPersonalData {
            kinds = Set.copyOf(kinds);
            keep = Set.copyOf(keep);
        }

        /** Nothing is kept readable. */
        public MaskPersonalData(Set<PersonalData.Kind> kinds) {
            this(kinds, Set.of());
        }

        @Override
        public String text() {
            return "mask:"
                    + kinds.stream()
                            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                            .sorted()
                            .collect(Collectors.joining(","));
        }
    }

    /**
     * The work is done by another model than the caller names.
     *
     * @param model a route, for example {@code encoder-en}
     */
    record RouteModel(String model) implements Obligation {
        @Override
        public String text() {
            return "route:" + model;
        }
    }

    /** The caller has to say what for; the purpose that is assumed where none is given will not do. */
    record RequirePurpose() implements Obligation {
        @Override
        public String text() {
            return "purpose";
        }
    }

    /** What a budget counts. */
    enum Unit {
        REQUESTS,
        JOULES
    }

    /**
     * Each caller has so much of this operation in any period of that length.
     *
     * @param unit what is counted
     * @param amount more than 0
     * @param period a minute to 31 days
     */
    record Budget(Unit unit, double amount, Duration period) implements Obligation {
        @Override
        public String text() {
            return "budget:" + unit.name().toLowerCase(Locale.ROOT) + "="
                    + BigDecimal.valueOf(amount).stripTrailingZeros().toPlainString() + "/" + period;
        }
    }

    /** Another person has to ask for the same thing before it is done. */
    record SecondPerson() implements Obligation {
        @Override
        public String text() {
            return "second-person";
        }
    }
}
