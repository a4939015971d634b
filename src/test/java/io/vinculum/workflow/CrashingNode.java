package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.testing.TestDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own that halts at a named point of the one run it starts. Steps write down what they do in a
 * table of their own, at once, so that it outlives them.
 */
final class CrashingNode {
    static final int HALTED = 137;
    static final String WORKFLOW = "crashing";

    private static final int NOT_REACHED = 3;

    private final Database database;
    private final String point;

    CrashingNode(Database database, String point) {
        this.database = database;
        this.point = point;
    }

    /** Takes the database's address, the shape, whether its last step fails, and the point. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        Database database = Database.open(vertx, DatabaseSettings.of(arguments[0]));
        CrashingNode node = new CrashingNode(database, arguments[3]);
        Workflow<JsonObject, String> workflow =
                node.workflow(Shape.valueOf(arguments[1]), Boolean.parseBoolean(arguments[2]));
        Coordinator coordinator = new Coordinator(vertx, database, List.of(workflow), node::around);
        TestDatabase.await(coordinator.start());
        TestDatabase.await(coordinator.run(request()));
        Runtime.getRuntime().halt(NOT_REACHED);
    }

    static JsonObject request() {
        return new JsonObject().put("id", WORKFLOW).put("transactionId", "t").put("input", new JsonObject());
    }

    /** What the run looks like. */
    enum Shape {
        SEQUENTIAL,
        PARALLEL,
        LIST
    }

    Workflow<JsonObject, String> workflow(Shape shape, boolean failing) {
        return Workflow.define(WORKFLOW, JsonObject.class, flow -> {
            flow.step(step("one"), flow.constant("x"));
            switch (shape) {
                case SEQUENTIAL -> flow.step(step("two"), flow.constant("x"));
                case PARALLEL ->
                    flow.parallel(
                            () -> flow.step(step("two"), flow.constant("x")),
                            () -> flow.step(step("beside"), flow.constant("x")));
                case LIST -> flow.forEach(step("two"), flow.constant(List.of("a", "b", "c")), 2);
            }
            return flow.step(failing ? failing() : step("three"), flow.constant("x"));
        });
    }

    private Step<String, String> step(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
                    effect("do " + name + " " + input);
                    at("in " + name);
                    return name + " of " + input;
                })
                .compensate((output, context) -> {
                    effect("undo " + output.replace(" of ", " "));
                    at("in undo " + name);
                });
    }

    private Step<String, String> failing() {
        return Step.of("three", String.class, (String input, StepContext context) -> {
            at("in three");
            throw PermanentFailure.of("on purpose");
        });
    }

    private void effect(String what) {
        TestDatabase.await(database.write(Statement.of("insert into public.effect (what) values ($1)", what)));
    }

    private void at(String reached) {
        if (reached.equals(point)) {
            Runtime.getRuntime().halt(HALTED);
        }
    }

    Journal around(Journal journal) {
        return new Journal() {
            @Override
            public Future<Void> recorded(Run run, Position position, Result result) {
                String what = (result.undo() ? "undo " : "")
                        + run.workflow().nodes().get(position.node()).name();
                at("before " + what);
                return journal.recorded(run, position, result).onSuccess(done -> at("after " + what));
            }

            @Override
            public Future<Void> changed(Run run, RunState state, @Nullable Object output) {
                at("before the end");
                return journal.changed(run, state, output).onSuccess(done -> at("after the end"));
            }
        };
    }
}
