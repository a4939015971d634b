package io.vinculum;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** A node that lives as long as it is deployed. */
final class NodeVerticle extends VerticleBase {
    private final VinculumOptions options;
    private @Nullable Vinculum node;

    NodeVerticle(VinculumOptions options) {
        this.options = options;
    }

    @Override
    public Future<?> start() {
        return Vinculum.start(vertx, options).onSuccess(started -> node = started);
    }

    @Override
    public Future<?> stop() {
        return node == null ? Future.succeededFuture() : node.close();
    }
}
