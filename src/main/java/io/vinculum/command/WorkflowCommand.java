package io.vinculum.command;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists, shows, starts and changes runs of workflows on a server that runs. */
@Command(
        name = "workflow",
        mixinStandardHelpOptions = true,
        description = "Lists, shows, runs, cancels and retries runs of workflows, on a server that runs.",
        subcommands = {
            WorkflowCommand.ListRuns.class,
            WorkflowCommand.Show.class,
            WorkflowCommand.Run.class,
            WorkflowCommand.Cancel.class,
            WorkflowCommand.Retry.class
        },
        footer = {"", "Example: vinculum workflow list --state failed"})
public final class WorkflowCommand implements Runnable {
    private static final String RUN = "{ id transactionId state output error }";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "workflow takes one of: " + String.join(", ", spec.subcommands().keySet()));
    }

    /** A run as a line: when, which, how it stands and why. */
    private static String line(JsonObject run) {
        String error = Optional.ofNullable(run.getJsonObject("error"))
                .map(cause -> "  " + cause.getString("code") + ": " + cause.getString("message"))
                .orElse("");
        return "%-24s  %-12s  %s  %s%s"
                .formatted(
                        run.getString("created_at", ""),
                        run.getString("state"),
                        run.getString("id"),
                        run.getString("transactionId"),
                        error);
    }

    /** One run on a server. */
    private static final class OneRun {
        @Parameters(index = "0", paramLabel = "WORKFLOW", description = "The workflow's name.")
        private String id = "";

        @Parameters(index = "1", paramLabel = "TRANSACTION", description = "The run's transaction id.")
        private String transactionId = "";

        @Nullable
        JsonObject asked(CommandSpec command, String kind, String field, String members) {
            return RemoteServer.of(command)
                    .ask(
                            kind + " ($id: String!, $transactionId: String!) { run: " + field
                                    + "(id: $id, transactionId: $transactionId) " + members + " }",
                            new JsonObject().put("id", id).put("transactionId", transactionId))
                    .getJsonObject("run");
        }

        int change(String field, JsonOption json) {
            JsonObject changed = Objects.requireNonNull(asked(json.command(), "mutation", field, RUN));
            json.print(changed, () -> json.out().println(JsonOption.pretty(changed)));
            return "failed".equals(changed.getString("state")) ? 1 : 0;
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the latest runs, newest first.",
            footer = {"", "Example: vinculum workflow list checkout --state failed --take 50"})
    static final class ListRuns implements Callable<Integer> {
        @Mixin
        private JsonOption json = new JsonOption();

        @Parameters(index = "0", arity = "0..1", paramLabel = "WORKFLOW", description = "Runs of this one only.")
        private @Nullable String id;

        @Option(names = "--state", paramLabel = "STATE", description = "Like done, failed, waiting or stuck.")
        private @Nullable String state;

        @Option(names = "--take", paramLabel = "N", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
        private int take = 20;

        @Override
        public Integer call() {
            JsonArray runs = RemoteServer.of(json.command())
                    .ask(
                            "query ($id: String, $state: String, $take: Int) { runs: workflowRuns(id: $id, state: $state,"
                                    + " take: $take) { id transactionId state error created_at } }",
                            new JsonObject().put("id", id).put("state", state).put("take", take))
                    .getJsonArray("runs");
            json.print(runs, () -> print(runs));
            return 0;
        }

        private void print(JsonArray runs) {
            PrintWriter out = json.out();
            runs.forEach(run -> out.println(line((JsonObject) run)));
            if (runs.isEmpty()) {
                out.println("no runs");
            }
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows one run with the timeline of its steps.",
            footer = {"", "Example: vinculum workflow show checkout order-17"})
    static final class Show implements Callable<Integer> {
        @Mixin
        private OneRun run = new OneRun();

        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public Integer call() {
            JsonObject found = run.asked(
                    json.command(),
                    "query",
                    "workflowRun",
                    "{ id transactionId state input output error steps created_at finished_at }");
            if (found == null) {
                throw Failure.notFound("there is no run " + run.transactionId + " of " + run.id);
            }
            json.print(found, () -> print(found));
            return 0;
        }

        private void print(JsonObject found) {
            PrintWriter out = json.out();
            out.println(line(found));
            out.println("input   " + Json.encode(found.getValue("input")));
            found.getJsonArray("steps").forEach(step -> out.println(step((JsonObject) step)));
            out.println("output  " + Json.encode(found.getValue("output")));
        }

        private static String step(JsonObject step) {
            String name = (step.getBoolean("undo", false) ? "undo " : "")
                    + step.getString("step")
                    + (step.containsKey("item") ? "[" + step.getInteger("item") + "]" : "");
            Object result = step.getValue("error") == null ? step.getValue("output") : step.getValue("error");
            return "  %-24s  %-9s  try %d  %s  %s"
                    .formatted(
                            step.getString("started_at", ""),
                            step.getString("state"),
                            step.getInteger("attempts"),
                            name,
                            result == null ? "" : Json.encode(result));
        }
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            description = "Runs a workflow and shows what it answers; exit status 1 when it did not end done.",
            footer = {"", "Example: vinculum workflow run delete-brand '{\"brand_id\": \"brand_1\"}' --transaction t1"})
    static final class Run implements Callable<Integer> {
        @Mixin
        private JsonOption json = new JsonOption();

        @Parameters(index = "0", paramLabel = "WORKFLOW", description = "The workflow's name.")
        private String id = "";

        @Parameters(index = "1", arity = "0..1", paramLabel = "INPUT", description = "JSON (default: {}).")
        private String input = "{}";

        @Option(
                names = "--transaction",
                paramLabel = "ID",
                description = "The same id is the same run (default: one that is made).")
        private @Nullable String transactionId;

        @Option(names = "--no-wait", description = "Do not wait for the end.")
        private boolean noWait;

        @Override
        public Integer call() {
            JsonObject variables = new JsonObject()
                    .put("id", id)
                    .put("input", parsed())
                    .put("transactionId", transactionId)
                    .put("wait", !noWait);
            JsonObject run = RemoteServer.of(json.command())
                    .ask(
                            "mutation ($id: String!, $input: JSON, $transactionId: String, $wait: Boolean) { run:"
                                    + " runWorkflow(id: $id, input: $input, transactionId: $transactionId, wait: $wait) "
                                    + RUN + " }",
                            variables)
                    .getJsonObject("run");
            json.print(run, () -> json.out().println(JsonOption.pretty(run)));
            return List.of("reverted", "failed").contains(run.getString("state")) ? 1 : 0;
        }

        private Object parsed() {
            try {
                return Json.decodeValue(input);
            } catch (DecodeException e) {
                throw Failure.invalid("INPUT takes JSON, as '{\"brand_id\": \"brand_1\"}', was " + input);
            }
        }
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Undoes what a run has done, also one that is done, and waits for it.",
            footer = {"", "Example: vinculum workflow cancel checkout order-17"})
    static final class Cancel implements Callable<Integer> {
        @Mixin
        private OneRun run = new OneRun();

        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public Integer call() {
            return run.change("cancelWorkflow", json);
        }
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = "Undoes once more what could not be undone of a failed run, or resumes a stuck one.",
            footer = {"", "Example: vinculum workflow retry checkout order-17"})
    static final class Retry implements Callable<Integer> {
        @Mixin
        private OneRun run = new OneRun();

        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public Integer call() {
            return run.change("retryWorkflow", json);
        }
    }
}
