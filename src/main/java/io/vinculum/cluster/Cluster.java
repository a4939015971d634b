package io.vinculum.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * How nodes find each other. The cluster only carries messages: what is true is in PostgreSQL, so a split of the network
 * costs answers, never rows.
 *
 * @param name only nodes of one name join
 * @param host the address at which the others reach this node
 * @param port the first port to try; the next free one of a hundred is taken
 * @param members addresses, each with a port or without, at which others may be found
 */
public record Cluster(String name, String host, int port, List<String> members) {
    /** A node that says nothing for so long is taken for gone; Hazelcast waits for a minute. */
    private static final String SILENCE_SECONDS = "5";

    /** Each takes some seconds. */
    private static final int TRIES = 6;

    private static final Pattern MEMBER = Pattern.compile("[\\w.-]+(:\\d{1,5})?");

    public Cluster {
        if (name.isBlank() || name.equals("dev")) {
            throw Failure.invalid("a cluster needs a name of its own, not '" + name + "'; give it with --cluster-name");
        }
        members = members.stream().map(String::strip).toList();
        for (String member : members) {
            if (!MEMBER.matcher(member).matches()) {
                throw Failure.invalid("--cluster-members takes host:port,host:port, was '" + member + "'");
            }
        }
        if (members.isEmpty()) {
            throw Failure.invalid("--cluster-members takes one address at least; this node's own will do");
        }
    }

    static {
        // Hazelcast logs before it has read any configuration.
        System.setProperty("hazelcast.logging.type", "slf4j");
    }

    /**
     * Makes a Vert.x that is a member; fails with {@code UNAVAILABLE} when it cannot listen at its address, or is not let
     * in after several tries: while a cluster gives up a member that has died, it lets nobody in.
     */
    public Future<Vertx> join() {
        return join(TRIES);
    }

    private Future<Vertx> join(int left) {
        return member().compose(hazelcast -> vertx(hazelcast).onFailure(cause -> hazelcast.shutdown()))
                .recover(cause -> left > 1 && cause instanceof IllegalStateException
                        ? join(left - 1)
                        : Future.failedFuture(new Failure(
                                FailureCode.UNAVAILABLE,
                                "this node cannot join the cluster '" + name + "' as " + host + ":" + port + ": "
                                        + cause.getMessage())));
    }

    /** Joins before there is a Vert.x, which would log each refused try as an error of its own. */
    private Future<HazelcastInstance> member() {
        CompletableFuture<HazelcastInstance> joined = new CompletableFuture<>();
        Thread joining = new Thread(
                () -> {
                    try {
                        joined.complete(Hazelcast.newHazelcastInstance(config()));
                    } catch (RuntimeException e) {
                        joined.completeExceptionally(e);
                    }
                },
                "vinculum-joining");
        joining.setDaemon(true);
        joining.start();
        return Future.fromCompletionStage(joined);
    }

    private Future<Vertx> vertx(HazelcastInstance hazelcast) {
        VertxOptions options = new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventBusOptions(new EventBusOptions().setHost(host).setClusterPublicHost(host));
        return Vertx.builder()
                .with(options)
                .withClusterManager(new Membership(hazelcast))
                .buildClustered();
    }

    private Config config() {
        Config config = new Config()
                .setClusterName(name)
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", SILENCE_SECONDS)
                // A lone node is there in two seconds; others that come later are merged with it.
                .setProperty("hazelcast.max.join.seconds", "2")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.merge.first.run.delay.seconds", "5")
                .setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        // Vert.x finds its own members by it.
        config.getMemberAttributeConfig()
                .setAttribute("__vertx.nodeId", UUID.randomUUID().toString());
        config.getJetConfig().setEnabled(false);
        config.getNetworkConfig().setPort(port).setPublicAddress(host);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(host);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(1).setMembers(members);
        // What the event bus keeps there, as it needs it.
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
        return config;
    }
}
