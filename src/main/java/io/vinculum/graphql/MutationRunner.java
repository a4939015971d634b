package io.vinculum.graphql;

import graphql.language.Field;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.condition.Leaf;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonBytes;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Answer;
import io.vinculum.query.Bound;
import io.vinculum.query.CompiledPlan;
import io.vinculum.query.Query;
import io.vinculum.selection.Selection;
import io.vinculum.workflow.Coordinator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs the fields of a mutation one after the other; the first that fails ends it. */
public final class MutationRunner {
    private final Schema schema;
    private final Query query;
    private final Modules modules;
    private final Links links;
    private final Coordinator workflows;

    MutationRunner(Schema schema, Query query, Modules modules, Links links, Coordinator workflows) {
        this.schema = schema;
        this.query = query;
        this.modules = modules;
        this.links = links;
        this.workflows = workflows;
    }

    /** One field to run. */
    private record Call(
            Operations.Prepared operation,
            String key,
            List<Field> fields,
            GraphQLFieldDefinition definition,
            Deadline deadline) {

        /** That of the whole request; fails when it is over. */
        Deadline within() {
            if (deadline.isOver()) {
                throw new Failure(FailureCode.TIMEOUT, "the request took longer than it may; this field wrote nothing");
            }
            return deadline;
        }

        Map<String, @Nullable Object> arguments() {
            return FieldArguments.plain(fields.get(0), definition, operation.variables());
        }
    }

    /** A failure of one field, with its response key. */
    public static final class FieldFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String key;
        private final Failure failure;

        public FieldFailure(String key, Failure failure) {
            super(failure.getMessage(), null, false, false);
            this.key = key;
            this.failure = failure;
        }

        public String key() {
            return key;
        }

        public Failure failure() {
            return failure;
        }
    }

    /** Runs the fields in turn; one whose deadline ends before its commit is sent is rolled back. */
    Future<Buffer> run(Operations.Prepared prepared, Deadline deadline) {
        FieldCollector collector = new FieldCollector(
                prepared.document(), prepared.variables(), query.limits().fields());
        GraphQLObjectType type = Objects.requireNonNull(schema.graphql().getMutationType());
        JsonBytes out = new JsonBytes(1_024);
        out.json("{\"data\":");
        Future<Character> written = Future.succeededFuture('{');
        for (Map.Entry<String, List<Field>> entry : collector
                .collect(List.of(prepared.operation().getSelectionSet()))
                .entrySet()) {
            String key = entry.getKey();
            written = written.compose(before -> {
                out.raw(before).string(key).raw(':');
                String name = entry.getValue().get(0).getName();
                if (name.equals("__typename")) {
                    out.string(type.getName());
                    return Future.succeededFuture(',');
                }
                Call call = new Call(prepared, key, entry.getValue(), type.getField(name), deadline);
                return field(call, out).map(',');
            });
        }
        return written.map(before -> out.json(before == '{' ? "{}}" : "}}").toBuffer());
    }

    private Future<Void> field(Call call, JsonBytes out) {
        return Future.succeededFuture(call)
                .compose(ready -> run(ready, out))
                .recover(cause -> Future.failedFuture(
                        cause instanceof RequestFailure ? cause : new FieldFailure(call.key(), Failure.of(cause))));
    }

    private Future<Void> run(Call call, JsonBytes out) {
        RootField meaning =
                Objects.requireNonNull(schema.roots().get(call.definition().getName()));
        Map<String, @Nullable Object> arguments = call.arguments();
        if (meaning instanceof RootField.Write write) {
            return write(call, write, arguments, out);
        }
        if (meaning instanceof RootField.Remove remove) {
            return remove(call, remove, arguments, out);
        }
        if (meaning instanceof RootField.ChangeRun change) {
            return changeRun(call, change, arguments, out);
        }
        if (meaning instanceof RootField.Tie tie) {
            return tie(call, tie, arguments, out);
        }
        return links(call, ((RootField.Links) meaning).action(), arguments).map(answer -> written(out.value(answer)));
    }

    private Future<Void> changeRun(
            Call call, RootField.ChangeRun change, Map<String, @Nullable Object> arguments, JsonBytes out) {
        FieldCollector collector = new FieldCollector(
                call.operation().document(),
                call.operation().variables(),
                query.limits().fields());
        JsonObject request = RunFields.request(arguments);
        return workflows.change(change.action(), request).map(run -> {
            RunFields.write(run, RunFields.TYPE, collector.below(call.fields()), out);
            return null;
        });
    }

    private static Void written(JsonBytes out) {
        Objects.requireNonNull(out);
        return null;
    }

    private Future<Void> write(
            Call call, RootField.Write write, Map<String, @Nullable Object> arguments, JsonBytes out) {
        Model model = write.model();
        List<?> records = JsonText.list("data", arguments.get("data"));
        if (records.size() > query.limits().rootRows()) {
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    "one mutation writes and answers at most " + query.limits().rootRows() + " records, was "
                            + records.size() + "; nothing was written");
        }
        ReadBack readBack = readBack(call, model, model.key(), false);
        Future<JsonArray> done = write.create()
                ? modules.createKeys(model, records, call.within())
                : modules.updateKeys(model, records, call.within());
        return done.compose(written -> {
            List<Object> keys = written.stream().toList();
            return readBack.run(query, keys).map(answer -> {
                answer.writeInOrder(keys.stream().map(String::valueOf).toList(), out);
                return null;
            });
        });
    }

    /** The selection of records that are about to be written, planned and checked before they are. */
    private record ReadBack(
            CompiledPlan plan, SelectionCompiler.Literals literals, Leaf keys, List<@Nullable Object> variables) {

        void check() {
            literals.set(keys, List.of());
            plan.check(literals.after(variables));
        }

        Future<Answer> run(Query query, List<?> written) {
            literals.set(keys, written);
            return query.run(List.of(new Bound(plan, literals.after(variables))))
                    .map(answers -> answers.get(0));
        }
    }

    private ReadBack readBack(Call call, Entity entity, io.vinculum.catalog.Field key, boolean withDeleted) {
        FieldCollector collector = new FieldCollector(
                call.operation().document(),
                call.operation().variables(),
                query.limits().fields());
        VariableShape variables = VariableShape.of(
                schema.graphql(),
                call.operation().operation().getVariableDefinitions(),
                call.operation().variables(),
                query.limits());
        SelectionCompiler compiler = new SelectionCompiler(schema.graphql(), collector, query.limits(), variables);
        Leaf keys = compiler.literals().add(List.of(), Leaf.Kind.MANY);
        Selection selection = compiler.ofKeys(entity, key, keys, call.fields(), withDeleted);
        ReadBack readBack = new ReadBack(query.planWithKeys(selection), compiler.literals(), keys, variables.values());
        readBack.check();
        return readBack;
    }

    private Future<Void> remove(
            Call call, RootField.Remove remove, Map<String, @Nullable Object> arguments, JsonBytes out) {
        Model model = remove.model();
        JsonArray ids = new JsonArray(JsonText.list("ids", arguments.get("ids")));
        return modules.remove(model.module(), remove.action(), model.name(), ids, call.within())
                .map(gone -> {
                    JsonArray texts = new JsonArray();
                    gone.forEach(id -> texts.add(String.valueOf(id)));
                    return written(out.value(texts));
                });
    }

    private Future<Void> tie(Call call, RootField.Tie tie, Map<String, @Nullable Object> arguments, JsonBytes out) {
        Link link = tie.link();
        Map<String, @Nullable Object> input = new LinkedHashMap<>();
        input.put("link", link.name());
        link.sides()
                .forEach(side -> input.put(
                        side.field(),
                        Map.of(side.key().name(), Objects.requireNonNull(arguments.get(side.inputKey(link))))));
        if (arguments.get("data") != null) {
            input.put("data", arguments.get("data"));
        }
        ReadBack readBack = readBack(call, link, link.field("id"), !tie.create());
        Future<JsonArray> done =
                tie.create() ? links.create(input, call.within()) : links.dismiss(input, call.within());
        return done.compose(rows -> {
            if (rows.isEmpty()) {
                out.nothing();
                return Future.succeededFuture();
            }
            List<String> ids = List.of(rows.getJsonObject(0).getString("id"));
            return readBack.run(query, ids).map(answer -> {
                answer.writeFirst(out);
                return null;
            });
        });
    }

    private Future<?> links(Call call, RootField.Links.Action action, Map<String, @Nullable Object> arguments) {
        return switch (action) {
            case CREATE -> links.create(arguments.get("links"), call.within());
            case DISMISS -> links.dismiss(arguments.get("links"), call.within());
            case DELETE -> links.delete(arguments.get("of"), call.within());
            case RESTORE -> links.restore(arguments.get("of"), call.within());
        };
    }
}
