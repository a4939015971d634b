package io.vinculum.module;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.query.Query;
import io.vinculum.write.Write;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.Write.Removing;
import io.vinculum.write.WriteVerticle;
import io.vinculum.write.Writes;
import io.vinculum.write.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts one module: answers {@code module.<module>.<action>}. */
public final class ModuleVerticle extends VerticleBase {
    private final String module;
    private final Catalog catalog;
    private final Query query;
    private final Writes writes;

    public ModuleVerticle(String module, Query query, Writes writes) {
        this.module = module;
        this.catalog = writes.catalog();
        this.query = query;
        this.writes = writes;
    }

    @Override
    public Future<?> start() {
        return Future.all(List.of(
                on("list", this::list),
                on("retrieve", this::retrieve),
                on("create", request -> write(request, Write::create)),
                on("update", request -> write(request, Write::update)),
                on("delete", request -> remove(request, keys -> Write.remove(request.model(), keys, Removing.HARD))),
                on(
                        "softDelete",
                        request -> remove(request, keys -> Write.remove(request.model(), keys, Removing.SOFT))),
                on("restore", request -> remove(request, keys -> Write.restore(request.model(), keys)))));
    }

    private Future<Void> on(String action, Function<Request, Future<?>> handler) {
        return vertx.eventBus()
                .<Object>consumer(Modules.address(module, action), message -> answer(message, action, handler))
                .completion();
    }

    private void answer(Message<Object> message, String action, Function<Request, Future<?>> handler) {
        Future.succeededFuture(message.body())
                .map(body -> Request.of(this, action, body, WriteVerticle.within(message.headers())))
                .compose(handler::apply)
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(message, cause));
    }

    private Future<JsonObject> list(Request request) {
        request.check(List.of(
                "fields",
                "filters",
                "pagination",
                "relations",
                "withDeleted",
                "count",
                "throwIfKeyNotFound",
                "options",
                "explain"));
        return graph(request, JsonText.plain(new JsonObject(request.body())));
    }

    private Future<JsonObject> graph(Request request, Map<String, @Nullable Object> body) {
        body.remove("model");
        body.put("entity", request.model().name());
        body.putIfAbsent("fields", List.of("*"));
        return query.graphBytes(body).map(JsonObject::new);
    }

    private Future<Object> retrieve(Request request) {
        request.check(List.of("id", "fields", "withDeleted"));
        Model model = request.model();
        Object id = request.body().get("id");
        if (id == null) {
            throw Failure.invalid("'id' must name the " + model.name() + " to retrieve");
        }
        Map<String, @Nullable Object> body = JsonText.plain(new JsonObject(request.body()));
        body.remove("id");
        body.put("filters", Map.of(model.key().name(), Map.of("$eq", id)));
        return graph(request, body).map(answer -> {
            JsonArray data = answer.getJsonArray("data");
            if (data.isEmpty()) {
                throw Failure.notFound(model.name() + " not found: " + Nearest.shown(String.valueOf(id)));
            }
            return data.getValue(0);
        });
    }

    /** The body of one request, with the model it is about. */
    private record Request(String action, Model model, Map<String, @Nullable Object> body, Duration within) {

        static Request of(ModuleVerticle host, String action, @Nullable Object raw, Duration within) {
            if (!(raw instanceof JsonObject object)) {
                throw Failure.invalid(Modules.address(host.module, action) + " takes a JSON object");
            }
            Map<String, @Nullable Object> body = object.getMap();
            Object name = body.get("model");
            if (name != null && !(name instanceof String)) {
                throw Failure.invalid("'model' takes a model's name, was " + JsonText.shown(name));
            }
            Model model = host.catalog.model(host.module, Optional.ofNullable((String) name));
            return new Request(action, model, body, within);
        }

        void check(List<String> known) {
            body.keySet().stream()
                    .filter(name -> !name.equals("model") && !known.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw Failure.invalid(
                                "'" + action + "' has no '" + Nearest.shown(name) + "'" + Nearest.hint(name, known));
                    });
        }

        /** The plain value of an argument; a list of the bus without its own type. */
        @Nullable
        Object argument(String name) {
            Object value = body.get(name);
            return value instanceof JsonArray array ? array.getList() : value;
        }
    }

    private interface Reading {
        Write read(Model model, List<?> records, Answer answer);
    }

    /** One record in, one record out; a list in, a list out. */
    private Future<?> write(Request request, Reading reading) {
        request.check(List.of("data"));
        Object data = request.argument("data");
        if (data == null) {
            throw Failure.invalid("'" + request.action() + "' takes a record, or a list of them, as 'data'");
        }
        List<?> records = data instanceof List<?> list ? list : List.of(data);
        return writes.run(reading.read(request.model(), records, Answer.ROWS), request.within())
                .map(Written::rows)
                .map(rows -> data instanceof List<?> ? rows : rows.getValue(0));
    }

    private Future<?> remove(Request request, Function<List<Object>, Write> reading) {
        request.check(List.of("id", "ids"));
        List<Object> ids = new ArrayList<>();
        Object many = request.argument("ids");
        if (many != null) {
            ids.addAll(JsonText.list("'ids'", many));
        }
        Object one = request.argument("id");
        if (one != null) {
            ids.add(one);
        }
        if (many == null && one == null) {
            throw Failure.invalid("'" + request.action() + "' takes the keys of records as 'ids'");
        }
        return writes.run(reading.apply(ids), request.within()).map(Written::rows);
    }
}
