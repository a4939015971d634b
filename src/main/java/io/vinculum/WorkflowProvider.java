package io.vinculum;

import io.vertx.core.Future;
import io.vinculum.flow.Workflow;
import java.util.List;

/**
 * Brings workflows to a node. {@code serve} finds every provider on its class path by {@link java.util.ServiceLoader}:
 * name the class in {@code META-INF/services/io.vinculum.WorkflowProvider}.
 */
@FunctionalInterface
public interface WorkflowProvider {

    /** The workflows, whose steps may use the node's modules, links and query once it has started. */
    List<Workflow<?, ?>> workflows(Vinculum node);

    /**
     * Work at the start of a node, before its HTTP port opens: deploy a verticle on {@link Vinculum#vertx}, for example
     * one that answers a module whose rows live elsewhere.
     *
     * @return when it is done; its failure is the failure of the start
     */
    default Future<?> start(Vinculum node) {
        return Future.succeededFuture();
    }
}
