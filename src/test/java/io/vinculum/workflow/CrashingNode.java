package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.execute.Journal;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    private final Vertx vertx;
    private @Nullable Coordinator coordinator;

    CrashingNode(Vertx vertx, Database database, String point) {
        this.vertx = vertx;
        this.database = database;
        this.point = point;
    }

    /** Takes the database's address, the shape, whether its last step fails, and the point. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        Database database = Database.open(vertx, DatabaseSettings.of(arguments[0]));
        CrashingNode node = new CrashingNode(vertx, database, arguments[3]);
        Workflow<JsonObject, String> workflow =
                node.workflow(Shape.valueOf(arguments[1]), Boolean.parseBoolean(arguments[2]));
        Coordinator coordinator = node.coordinator(workflow);
        TestDatabase.await(coordinator.start());
        TestDatabase.await(coordinator.run(request()));
        TestDatabase.await(node.ended());
        Runtime.getRuntime().halt(NOT_REACHED);
    }

    Coordinator coordinator(Workflow<?, ?> workflow) {
        Coordinator made = new Coordinator(vertx, database, List.of(workflow), this::around);
        coordinator = made;
        return made;
    }

    /** Waits for the end, also of a run that waits for somebody outside meanwhile. */
    Future<JsonObject> ended() {
        return coordinator
                .retrieve(request())
                .compose(run -> run.getValue("finished_at") != null
                        ? Future.succeededFuture(run)
                        : vertx.timer(20, TimeUnit.MILLISECONDS).compose(fired -> ended()));
    }

    static JsonObject request() {
        return new JsonObject().put("id", WORKFLOW).put("transactionId", "t").put("input", new JsonObject());
    }

    /** What the run looks like. */
    enum Shape {
        SEQUENTIAL,
        PARALLEL,
        LIST,
        NESTED,
        ASYNC
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
                case NESTED ->
                    flow.run(
                            Workflow.<String, String>define(
                                    "inner", String.class, inner -> inner.step(step("two"), inner.input())),
                            flow.constant("x"));
                case ASYNC -> flow.step(async(), flow.constant("x"));
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

    /** A step that somebody else ends, as soon as it is written down that it waits for him. */
    private Step<String, String> async() {
        return Step.async("two", String.class, (String input, StepContext context) -> {
                    effect("do two " + input);
                    at("in two");
                })
                .compensate((output, context) -> {
                    effect("undo " + output.replace(" of ", " "));
                    at("in undo two");
                });
    }

    private void finish(JsonObject step) {
        Coordinator node = coordinator;
        if (node != null) {
            node.change(RunAction.STEP_SUCCESS, step.copy().put("output", "two of x"))
                    .onFailure(cause -> vertx.timer(20, TimeUnit.MILLISECONDS).onSuccess(fired -> finish(step)));
        }
    }

    /** Ends what a former node has begun and nobody has ended. */
    void finishTwo() {
        finish(request().put("step", "two"));
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
            public Future<Boolean> started(Run run) {
                at("before the start");
                return journal.started(run).onSuccess(done -> at("after the start"));
            }

            @Override
            public Future<Void> recorded(Run run, Position position, StepResult result) {
                String name = run.nameAt(position);
                String what = (result.undo() ? "undo " : "")
                        + name.substring(name.indexOf('.') + 1)
                        + (result.state() == StepRecord.State.WAITING ? " waits" : "");
                at("before " + what);
                return journal.recorded(run, position, result).onSuccess(done -> {
                    at("after " + what);
                    if (result.state() == StepRecord.State.WAITING) {
                        finishTwo();
                    }
                });
            }

            @Override
            public Future<Void> changed(Run run, RunState state) {
                at("before the end");
                return journal.changed(run, state).onSuccess(done -> at("after the end"));
            }

            @Override
            public Future<StepResult> inTransaction(
                    Run run, Position position, Function<Session, Future<StepResult>> work) {
                return journal.inTransaction(run, position, work);
            }
        };
    }
}
