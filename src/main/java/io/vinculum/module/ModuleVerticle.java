package io.vinculum.module;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.event.Events;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.query.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hosts one module: answers {@code module.<module>.<action>}. */
public final class ModuleVerticle extends VerticleBase {
    private final String module;
    private final Catalog catalog;
    private final Query query;
    private final Map<Model, Records> records = new HashMap<>();

    public ModuleVerticle(String module, Catalog catalog, Database database, Query query, Events events) {
        this.module = module;
        this.catalog = catalog;
        this.query = query;
        catalog.modules()
                .getOrDefault(module, List.of())
                .forEach(model -> records.put(model, new Records(database, catalog, events, model)));
    }

    @Override
    public Future<?> start() {
        return Future.all(List.of(
                on("list", this::list),
                on("retrieve", this::retrieve),
                on("create", request -> request.write("data", Records::create)),
                on("update", request -> request.write("data", Records::update)),
                on("delete", request -> request.remove(Records::delete)),
                on("softDelete", request -> request.remove(Records::softDelete)),
                on("restore", request -> request.remove(Records::restore))));
    }

    private Future<Void> on(String action, Function<Request, Future<?>> handler) {
        return vertx.eventBus()
                .<Object>consumer(Modules.address(module, action), message -> answer(message, action, handler))
                .completion();
    }

    private void answer(Message<Object> message, String action, Function<Request, Future<?>> handler) {
        Future.succeededFuture(message.body())
                .map(body -> Request.of(this, action, body))
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
        return graph(request, new HashMap<>(request.body()));
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
        Map<String, @Nullable Object> body = new HashMap<>(request.body());
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
    private record Request(String action, Model model, Records records, Map<String, @Nullable Object> body) {

        static Request of(ModuleVerticle host, String action, @Nullable Object raw) {
            if (!(raw instanceof JsonObject object)) {
                throw Failure.invalid(Modules.address(host.module, action) + " takes a JSON object");
            }
            Map<String, @Nullable Object> body = JsonText.plain(object);
            Object name = body.get("model");
            if (name != null && !(name instanceof String)) {
                throw Failure.invalid("'model' takes a model's name, was " + JsonText.shown(name));
            }
            Model model = host.catalog.model(host.module, Optional.ofNullable((String) name));
            return new Request(action, model, Objects.requireNonNull(host.records.get(model)), body);
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

        /** One record in, one record out; a list in, a list out. */
        Future<?> write(String key, Writing writing) {
            check(List.of(key));
            Object data = body.get(key);
            if (data instanceof List<?> list) {
                return writing.apply(records, list);
            }
            if (data == null) {
                throw Failure.invalid("'" + action + "' takes a record, or a list of them, as 'data'");
            }
            return writing.apply(records, List.of(data)).map(rows -> rows.getValue(0));
        }

        Future<?> remove(Writing writing) {
            check(List.of("id", "ids"));
            List<Object> ids = new ArrayList<>();
            if (body.get("ids") != null) {
                ids.addAll(JsonText.list("'ids'", body.get("ids")));
            }
            if (body.get("id") != null) {
                ids.add(body.get("id"));
            }
            if (!body.containsKey("ids") && !body.containsKey("id")) {
                throw Failure.invalid("'" + action + "' takes the keys of records as 'ids'");
            }
            return writing.apply(records, ids);
        }
    }

    private interface Writing {
        Future<JsonArray> apply(Records records, List<?> input);
    }
}
