package org.candor.governor.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.candor.api.energy.EnergyShare;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;

/**
 * Meets what a permit demands, before the work and after it. An obligation that cannot be met ends the permit; none is
 * passed over. Thread safe.
 */
final class Obligations {

    private final Budgets budgets;
    private final Approvals approvals = new Approvals();
    private final Clock clock;

    Obligations(Clock clock) {
        this(clock, System::nanoTime);
    }

    /** @param nanos a clock that never goes back */
    Obligations(Clock clock, LongSupplier nanos) {
        this.clock = clock;
        this.budgets = new Budgets(nanos);
    }

    /** What an operation tells, as far as masking goes. */
    enum Text {
        /** Nothing that is not masked anyway: what changes something tells that it did, and of a document its masked title. */
        NONE,
        /** Text that is masked where the policy wants it. */
        MASKED,
        /** Text that nobody masks: such an operation is not done under a policy that wants it masked. */
        OPEN
    }

    /** The permit does not hold. */
    static final class UnmetException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Kind kind;
        private final transient Unmet unmet;

        private UnmetException(Kind kind, Unmet unmet) {
            super(unmet.english());
            this.kind = kind;
            this.unmet = unmet;
        }

        Kind kind() {
            return kind;
        }

        /** The decision that takes the place of the permit. */
        Decision refusal(Decision permit) {
            return new Decision(
                    false,
                    unmet.code(),
                    unmet.english(),
                    permit.obligations(),
                    permit.policy(),
                    Map.of("en", unmet.english(), "zh", unmet.chinese()),
                    permit.determining());
        }
    }

    /**
     * Meets what has to be so before the work begins.
     *
     * @return the operation with what has to be committed in addition
     */
    Operation before(Operation asked, Decision decision, Text text) throws UnmetException {
        Operation operation = asked;
        String first = null;
        // What takes something comes last: what is refused for another reason takes nothing.
        List<Obligation> inOrder = decision.obligations().stream()
                .sorted(Comparator.comparingInt(Obligations::takes))
                .toList();
        for (Obligation obligation : inOrder) {
            switch (obligation) {
                case Obligation.RequirePurpose purpose -> {
                    if (!operation.purposeStated()) {
                        throw new UnmetException(Kind.DENIED, Unmet.purpose(operation));
                    }
                }
                case Obligation.RouteModel route -> {
                    if (!operation.attributes().containsKey(Operation.MODEL)) {
                        throw new UnmetException(Kind.DENIED, Unmet.route(operation, route));
                    }
                }
                case Obligation.Budget budget -> {
                    Instant free = budgets.take(operation.caller(), operation.name(), budget, clock.instant());
                    if (free != null) {
                        if (first != null) {
                            approvals.giveBack(asked, first, clock.instant());
                        }
                        throw new UnmetException(Kind.BUSY, Unmet.budget(operation, budget, free));
                    }
                }
                case Obligation.SecondPerson second -> {
                    first = approvals.ask(operation, clock.instant());
                    if (first == null) {
                        throw new UnmetException(Kind.DENIED, Unmet.secondPerson(operation));
                    }
                    operation = operation.with("askedFirstBy", first);
                }
                case Obligation.MaskPersonalData mask -> {
                    if (text == Text.OPEN) {
                        throw new UnmetException(Kind.DENIED, Unmet.mask(operation));
                    }
                }
            }
        }
        return operation;
    }

    private static int takes(Obligation obligation) {
        return switch (obligation) {
            case Obligation.RequirePurpose nothing -> 0;
            case Obligation.RouteModel nothing -> 0;
            case Obligation.MaskPersonalData nothing -> 0;
            case Obligation.SecondPerson aRequest -> 1;
            case Obligation.Budget some -> 2;
        };
    }

    /** Nothing is done whose result could not be masked. */
    static void demandDetector(Decision decision, PersonalData detector) {
        if (detector == null
                && decision.obligations().stream().anyMatch(Obligation.MaskPersonalData.class::isInstance)) {
            throw Services.missing("personal-data", "detector of personal data that the policy asks for");
        }
    }

    /** Masks what came out, where the policy wants it. */
    static <T> T masked(Decision decision, Masked<T> how, T result, PersonalData detector) {
        demandDetector(decision, detector);
        T met = result;
        for (Obligation obligation : decision.obligations()) {
            if (obligation instanceof Obligation.MaskPersonalData mask) {
                met = how.mask(met, new Masking(detector, mask.kinds(), mask.keep()));
            }
        }
        return met;
    }

    /** Masks the texts of a result. */
    interface Masked<T> {
        T mask(T result, Masking masking);
    }

    /** Takes what an operation used from budgets of joules. */
    void spend(Operation operation, Decision decision, EnergyShare share) {
        if (share == null || share.joules() == null) {
            return;
        }
        for (Obligation obligation : decision.obligations()) {
            if (obligation instanceof Obligation.Budget budget) {
                budgets.spend(operation.caller(), operation.name(), budget, share.joules());
            }
        }
    }
}
