package io.vinculum;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.cluster.Cluster;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.List;

/** One node of a cluster in a process of its own, whose steps write down what they do, at once, beside the workflow. */
final class ClusterNode {
    /** Long enough for a kill to find many runs under way. */
    private static final Duration REST = Duration.ofMillis(40);

    private final Vertx vertx;
    private final Database effects;

    private ClusterNode(Vertx vertx, Database effects) {
        this.vertx = vertx;
        this.effects = effects;
    }

    static Catalog catalog() {
        return Catalog.builder()
                .model("brand", "Brand", brand -> brand.field("id", "ID!").field("name", "String!"))
                .build();
    }

    /** Takes the database's address, the cluster's name, and the port of its first member; prints its HTTP port. */
    public static void main(String[] arguments) {
        Cluster cluster = new Cluster(
                arguments[1], "127.0.0.1", Integer.parseInt(arguments[2]), List.of("127.0.0.1:" + arguments[2]));
        Vertx vertx = TestDatabase.await(cluster.join());
        ClusterNode steps = new ClusterNode(vertx, Database.open(vertx, DatabaseSettings.of(arguments[0])));
        Vinculum node = TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(catalog(), DatabaseSettings.of(arguments[0]))
                        .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                        .withBehind(Vinculum.Behind.MIGRATE)
                        .withProviders(List.of(started -> List.of(steps.workflow())))));
        System.out.println("PORT " + node.port());
    }

    private Workflow<JsonObject, String> workflow() {
        return Workflow.define("load", JsonObject.class, flow -> {
            Value<JsonObject> one = flow.step(step("one"), flow.input());
            Value<JsonObject> two = flow.step(step("two"), one);
            Value<JsonObject> three = flow.step(step("three"), two);
            return flow.transform(three, input -> "done " + input.getInteger("n"));
        });
    }

    private Step<JsonObject, JsonObject> step(String name) {
        return Step.of(name, JsonObject.class, (JsonObject input, StepContext context) -> {
                    if (name.equals("three") && input.getBoolean("fail")) {
                        throw PermanentFailure.of("on purpose");
                    }
                    effect(context, "do " + name);
                    TestDatabase.await(vertx.timer(REST.toMillis()));
                    return input;
                })
                .compensate((input, context) -> effect(context, "undo " + name));
    }

    private void effect(StepContext context, String what) {
        TestDatabase.await(effects.write(Statement.of(
                "insert into public.effect (run, what, pid) values ($1, $2, $3)", context.runId(), what, (int)
                        ProcessHandle.current().pid())));
    }
}
