package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.Vinculum;
import io.vinculum.cluster.Cluster;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a node joins others, and how it finds them. */
final class ClusterOption {
    @Option(names = "--cluster", description = "Join the other nodes of this database; without it, a node is alone.")
    boolean cluster;

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            description = "Only nodes of one name join (default: vinculum-<database>).")
    @Nullable
    String name;

    @Option(
            names = "--cluster-host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description = "The address at which other nodes reach this one (default: ${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(
            names = "--cluster-port",
            paramLabel = "N",
            defaultValue = "5701",
            description = "The first port to try for the cluster (default: ${DEFAULT-VALUE}).")
    int port = 5701;

    @Option(
            names = "--cluster-members",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "127.0.0.1",
            description = "Where other nodes may be found (default: three ports of ${DEFAULT-VALUE}).")
    List<String> members = List.of("127.0.0.1");

    /** The cluster to join, of a database; empty for a lone node. */
    Optional<Cluster> of(String database) {
        return cluster
                ? Optional.of(new Cluster(name == null ? "vinculum-" + database : name, host, port, members))
                : Optional.empty();
    }

    /** Makes the Vert.x of a node. */
    static Future<Vertx> vertx(Optional<Cluster> cluster) {
        return cluster.map(Cluster::join).orElseGet(() -> Future.succeededFuture(Vinculum.vertx()));
    }
}
