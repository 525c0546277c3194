package org.candor.governor.internal;

import java.util.List;
import org.candor.api.model.ModelRegistry;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Embedding;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;

/** Embeds on the open path for the caller that is compared, on the governor's for everybody else. */
@Component(property = OpenPath.MARK)
@ServiceRanking(OpenPath.RANKING)
public final class OpenEmbedding implements Embedding {

    private final Embedding governed;
    private final EmbeddingOperations open = new EmbeddingOperations(OpenPath.create());

    @Activate
    public OpenEmbedding(@Reference(target = OpenPath.GOVERNED) Embedding governed, @Reference ModelRegistry registry) {
        this.governed = governed;
        open.registry = registry;
    }

    @Override
    public Result embed(Caller caller, String model, List<String> texts, String purpose, String user) {
        return path(caller).embed(caller, model, texts, purpose, user);
    }

    @Override
    public Result embedTokens(Caller caller, String model, List<int[]> tokens, String purpose, String user) {
        return path(caller).embedTokens(caller, model, tokens, purpose, user);
    }

    private Embedding path(Caller caller) {
        return OpenPath.isFor(caller) ? open : governed;
    }
}
