package org.candor.governor.internal;

import java.util.Map;
import java.util.function.Consumer;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.retrieval.Retrieval;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;

/** Answers on the open path for the caller that is compared, on the governor's for everybody else. */
@Component(property = OpenPath.MARK)
@ServiceRanking(OpenPath.RANKING)
public final class OpenAnswers implements Answers {

    private final Answers governed;
    private final AnswerOperations open = new AnswerOperations(OpenPath.create());

    @Activate
    public OpenAnswers(@Reference(target = OpenPath.GOVERNED) Answers governed, @Reference Retrieval retrieval) {
        this.governed = governed;
        open.retrieval = retrieval;
    }

    @Override
    public Map<String, Object> answer(Caller caller, Question question, Consumer<String> progress) {
        return (OpenPath.isFor(caller) ? open : governed).answer(caller, question, progress);
    }
}
