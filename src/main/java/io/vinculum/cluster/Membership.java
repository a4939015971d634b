package io.vinculum.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Completable;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/** A member that leaves the cluster with its Vert.x; the manager leaves an instance that it was given running. */
final class Membership extends HazelcastClusterManager {
    private final HazelcastInstance hazelcast;

    Membership(HazelcastInstance hazelcast) {
        super(hazelcast);
        this.hazelcast = hazelcast;
    }

    @Override
    public void leave(Completable<Void> promise) {
        super.leave((done, cause) -> shutDown(promise, cause));
    }

    /** Takes seconds, so not on an event loop. */
    private void shutDown(Completable<Void> promise, Throwable cause) {
        Thread leaving = new Thread(
                () -> {
                    hazelcast.shutdown();
                    promise.complete(null, cause);
                },
                "vinculum-leaving");
        leaving.start();
    }
}
