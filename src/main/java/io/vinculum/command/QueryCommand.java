package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.query.Query;
import io.vinculum.selection.QueryLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one selection. */
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Answers one selection across modules, as JSON.",
        footer = {
            "",
            "Example: vinculum query product id title 'brand.*' --filters '{\"brand\": {\"name\": \"Acme\"}}' --take 5"
        })
public final class QueryCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "ENTITY", description = "A model or a link, like product or product_brand.")
    private String entity = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FIELDS",
            description = "Like id, 'brand.*' or reviews.rating.")
    private List<String> fields = List.of();

    @Option(names = "--filters", paramLabel = "JSON", description = "Like '{\"price\": {\"$gt\": 10}}'.")
    private @Nullable String filters;

    @Option(names = "--order", paramLabel = "JSON", description = "Like '{\"title\": \"ASC\"}'.")
    private @Nullable String order;

    @Option(names = "--relations", paramLabel = "JSON", description = "Like '{\"reviews\": {\"take\": 3}}'.")
    private @Nullable String relations;

    @Option(names = "--skip", paramLabel = "N", description = "Pass over so many rows, and count all.")
    private @Nullable Integer skip;

    @Option(names = "--take", paramLabel = "N", description = "Answer so many rows.")
    private @Nullable Integer take;

    @Option(names = "--explain", description = "Also answer the plan and its SQL.")
    private boolean explain;

    @Override
    public Integer call() {
        Map<String, @Nullable Object> request = request();
        QueryLimits limits = VinculumCommand.settings(json.command()).limits();
        JsonObject answer = database.use(
                graph,
                (vertx, opened, catalog) -> new Query(
                                opened,
                                catalog,
                                limits,
                                (module, body, deadline) -> Future.failedFuture(Failure.invalid(
                                        "the module '" + module + "' is answered by a running server only")))
                        .graphBytes(request)
                        .map(JsonOption::object));
        json.print(answer, () -> json.out().println(JsonOption.pretty(answer)));
        return 0;
    }

    private Map<String, @Nullable Object> request() {
        Map<String, @Nullable Object> pagination = new LinkedHashMap<>();
        pagination.put("skip", skip);
        pagination.put("take", take);
        pagination.put("order", json("--order", order));
        pagination.values().removeIf(value -> value == null);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("entity", entity);
        request.put("fields", fields);
        request.put("filters", json("--filters", filters));
        request.put("relations", json("--relations", relations));
        request.put("pagination", pagination);
        request.put("explain", explain);
        return request;
    }

    private static @Nullable Object json(String flag, @Nullable String text) {
        try {
            return text == null ? null : JsonText.parse(text);
        } catch (Failure failure) {
            throw Failure.invalid(flag + ": " + failure.getMessage());
        }
    }
}
