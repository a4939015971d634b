package io.vinculum.command;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vinculum.Vinculum;
import io.vinculum.WorkflowProvider;
import io.vinculum.flow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Stops every event loop of its node a second after the start, where a system property asks for it. */
public final class StuckProvider implements WorkflowProvider {
    static final String STICK = "stick";
    static final String STUCK = "stuck";
    static final String PROPERTY = "vinculum.test.stuck";

    @Override
    public List<Workflow<?, ?>> workflows(Vinculum node) {
        return List.of();
    }

    @Override
    public Future<?> start(Vinculum node) {
        if (Boolean.getBoolean(PROPERTY)) {
            Vertx vertx = node.vertx();
            Thread sticking = new Thread(() -> stick(vertx));
            sticking.setDaemon(true);
            sticking.start();
        }
        return Future.succeededFuture();
    }

    private static void stick(Vertx vertx) {
        // The test says when: once the server has announced itself.
        while (!Files.exists(Path.of(STICK))) {
            LockSupport.parkNanos(1_000_000);
        }
        int loops = 4 * Runtime.getRuntime().availableProcessors();
        vertx.deployVerticle(Sticking::new, new DeploymentOptions().setInstances(loops));
    }

    private static final class Sticking extends VerticleBase {
        @Override
        public Future<?> start() throws IOException {
            Files.writeString(Path.of(STUCK), "");
            while (true) {
                LockSupport.park();
            }
        }
    }
}
