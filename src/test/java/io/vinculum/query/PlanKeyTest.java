package io.vinculum.query;

import static io.vinculum.testing.Generators.one;
import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.catalog.Catalog;
import io.vinculum.declare.GraphFolder;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.plan.Planner;
import io.vinculum.plan.Planner.Need;
import io.vinculum.selection.GraphRequest;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.Generators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two requests that share a cached plan must be planned alike: otherwise a warm cache answers other rows than a cold one. */
class PlanKeyTest {
    private static final Catalog SHOP = GraphFolder.read(Path.of("graphql"));

    private static Map<String, Object> request(String json) {
        return JsonText.object("request", JsonText.parse(json));
    }

    private static String key(Map<String, Object> request) {
        return GraphRequest.read(request, QueryLimits.DEFAULT).key();
    }

    /** The plan, its statements and where each value goes; or the failure instead. */
    private static String planned(Map<String, Object> request) {
        try {
            GraphRequest.Planned planned = GraphRequest.plan(request, SHOP, QueryLimits.DEFAULT);
            Set<Need> needs = planned.count() ? Set.of(Need.COUNT) : Set.of();
            return CompiledPlan.of(Planner.plan(planned.selection(), QueryLimits.DEFAULT, needs), 100)
                            .explain()
                    + planned.selection().toString()
                    + planned.throwIfKeyNotFound();
        } catch (Failure failure) {
            // The message shows the value that was wrong, which is no part of a shape.
            return failure.code().name();
        }
    }

    @Test
    void aFilterOfAListIsNotOneOfTheRoot() {
        assertThat(key(request("{\"relations\": {\"reviews\": {\"take\": 3}}, \"filters\": {\"id\": \"x\"}}")))
                .isNotEqualTo(
                        key(request("{\"relations\": {\"reviews\": {\"take\": 3, \"filters\": {\"id\": \"x\"}}}}")));
    }

    @Test
    void nothingIsNotTheWordNull() {
        assertThat(key(request("{\"pagination\": {\"order\": null}}")))
                .isNotEqualTo(key(request("{\"pagination\": {\"order\": \"null\"}}")));
    }

    @Test
    @Tag("generator")
    void requestsOfOneKeyAreOneShape() {
        long seed = Generators.seed();
        Random random = new Random(seed);
        Map<String, String> plans = new HashMap<>();
        for (int i = 0; i < Generators.rounds(2_000); i++) {
            Map<String, Object> first = random(random);
            for (Map<String, Object> one : List.of(first, moved(first, random), moved(first, random))) {
                String key;
                try {
                    key = key(one);
                } catch (Failure refused) {
                    continue;
                }
                String planned = planned(one);
                String before = plans.putIfAbsent(key, planned);
                assertThat(before == null ? planned : before)
                        .as("seed %d: %s", seed, JsonText.encode(one))
                        .isEqualTo(planned);
            }
        }
    }

    private static Map<String, Object> random(Random random) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("entity", one(random, "product", "products", "brand"));
        request.put(
                "fields", List.of("id", one(random, "reviews.id", "products.id", "title", "name"), "reviews.rating"));
        List<String> members =
                new ArrayList<>(Arrays.asList("filters", "pagination", "relations", "count", "withDeleted"));
        java.util.Collections.shuffle(members, random);
        for (String member : members.subList(0, random.nextInt(6))) {
            request.put(member, member(member, random));
        }
        return request;
    }

    private static Object member(String member, Random random) {
        return switch (member) {
            case "filters" -> filters(random, 0);
            case "pagination" -> arguments(random, false);
            case "relations" -> relations(random);
            default -> one(random, true, false, null);
        };
    }

    private static Object relations(Random random) {
        Map<String, Object> relations = new LinkedHashMap<>();
        for (String path : List.of("reviews", "products")) {
            if (random.nextBoolean()) {
                relations.put(path, arguments(random, true));
            }
        }
        return random.nextInt(8) == 0 ? null : relations;
    }

    private static Object arguments(Random random, boolean nested) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            arguments.put("take", one(random, 3, 5, null));
        }
        if (random.nextInt(3) == 0) {
            arguments.put("skip", one(random, 1, null));
        }
        if (random.nextBoolean()) {
            arguments.put(
                    "order", one(random, Map.of("id", "DESC"), List.of(Map.of("id", "ASC")), "null", null, Map.of()));
        }
        if (nested && random.nextBoolean()) {
            arguments.put("filters", filters(random, 0));
        }
        return random.nextInt(8) == 0 ? null : arguments;
    }

    private static Object filters(Random random, int depth) {
        Map<String, Object> filters = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (depth > 2 ? 0 : random.nextInt(5)) {
                case 0 -> filters.put("id", one(random, "x", null, List.of("x", "y"), true, Map.of("$ne", "x"), 1));
                case 1 -> filters.put(one(random, "$and", "$or"), List.of(filters(random, depth + 1)));
                case 2 -> filters.put("$not", filters(random, depth + 1));
                case 3 -> filters.put("reviews", filters(random, depth + 1));
                default -> filters.put("brand", one(random, null, Map.of("name", "a"), Map.of()));
            }
        }
        return filters;
    }

    /** The same request with one of its members somewhere else: what a sloppy key takes for the same. */
    private static Map<String, Object> moved(Map<String, Object> request, Random random) {
        Map<String, Object> moved = new LinkedHashMap<>(request);
        List<String> names = new ArrayList<>(request.keySet());
        String from = names.get(random.nextInt(names.size()));
        String to = names.get(random.nextInt(names.size()));
        if (moved.get(to) instanceof Map<?, ?> target && !from.equals(to)) {
            Map<String, Object> longer = new LinkedHashMap<>();
            target.forEach(
                    (name, value) -> longer.put(String.valueOf(name), inside(value, from, moved.get(from), random)));
            if (random.nextBoolean()) {
                longer.put(from, moved.get(from));
            }
            moved.put(to, longer);
            moved.remove(from);
        }
        return moved;
    }

    private static Object inside(Object value, String name, Object member, Random random) {
        if (value instanceof Map<?, ?> map && random.nextBoolean()) {
            Map<String, Object> longer = new LinkedHashMap<>();
            map.forEach((key, one) -> longer.put(String.valueOf(key), one));
            longer.put(name, member);
            return longer;
        }
        return value;
    }
}
