package org.candor.governor.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.candor.api.policy.Obligation;

/**
 * An obligation that is not met: the permit does not hold.
 *
 * @param code stable
 * @param english for people
 * @param chinese for people
 */
record Unmet(String code, String english, String chinese) {

    static Unmet purpose(Operation operation) {
        return new Unmet(
                "purpose-required",
                "The policy wants to know what for: say the purpose of \"" + operation.name()
                        + "\", for example \"purpose\": \"question-answering\".",
                "策略要求声明用途：请为“" + operation.name() + "”给出 purpose，例如 \"purpose\": \"question-answering\"。");
    }

    static Unmet route(Operation operation, Obligation.RouteModel route) {
        return new Unmet(
                "obligation-cannot-be-met",
                "The policy sends \"" + operation.name() + "\" to the model \"" + route.model()
                        + "\", and this operation names no model that could be another one. Correct the policy.",
                "策略要求“" + operation.name() + "”使用模型“" + route.model() + "”，而该操作无法更换模型。请更正策略。");
    }

    static Unmet mask(Operation operation) {
        return new Unmet(
                "obligation-cannot-be-met",
                "The policy wants personal data masked in \"" + operation.name()
                        + "\", and what this operation tells is not masked by anybody. Correct the policy.",
                "策略要求对“" + operation.name() + "”的结果遮盖个人数据，而该操作的结果无法遮盖。请更正策略。");
    }

    static Unmet budget(Operation operation, Obligation.Budget budget, Instant free) {
        String unit = budget.unit().name().toLowerCase(Locale.ROOT);
        String amount = budget.amount() == Math.rint(budget.amount())
                ? String.valueOf((long) budget.amount())
                : String.valueOf(budget.amount());
        String time = free.truncatedTo(ChronoUnit.SECONDS).toString();
        return new Unmet(
                "budget-exhausted",
                "The policy gives each caller " + amount + " " + unit + " of \"" + operation.name() + "\" in "
                        + budget.period() + ", and they are used up; there is something left again at " + time + ".",
                "策略规定每个调用者在 " + budget.period() + " 内对“" + operation.name() + "”的配额为 " + amount + " " + unit + "，现已用尽；"
                        + time + " 起重新可用。");
    }

    static Unmet secondPerson(Operation operation) {
        return new Unmet(
                "second-person-needed",
                "\"" + operation.name()
                        + "\" takes two persons. That you asked is noted; it is done when another person "
                        + "who may do it asks for the same within " + Approvals.WITHIN.toHours() + " hours.",
                "“" + operation.name() + "”需要两人。您的请求已记录；另一位有权者在 " + Approvals.WITHIN.toHours() + " 小时内提出同样的请求后即会执行。");
    }
}
