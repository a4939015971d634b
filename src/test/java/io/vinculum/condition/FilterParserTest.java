package io.vinculum.condition;

import static io.vinculum.testing.Generators.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.declare.GraphFolder;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.Generators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every node of a filter counts, so no nesting of empty or boolean ones gets past the limit. */
class FilterParserTest {
    private static final Catalog SHOP = GraphFolder.read(Path.of("graphql"));
    private static final Entity PRODUCT = SHOP.entity("product");
    private static final Leaf VALUE = new Leaf(0, Leaf.Kind.ONE, "x");

    private static Condition parse(Object filters, int most) {
        return FilterParser.json(10, most).parse(PRODUCT, filters);
    }

    @Test
    void emptyConditionsCountToo() {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(Map.of());
        }

        assertThatThrownBy(() -> parse(Map.of("$and", many), 20))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.TOO_COMPLEX));
        assertThat(parse(Map.of("$and", many), 21)).isNotNull();
    }

    @Test
    void alternativesOfOneFieldCountToo() {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(VALUE);
        }

        assertThatThrownBy(() -> parse(Map.of("title", Map.of("$or", many)), 20))
                .hasMessageContaining("at most 20");
    }

    @Test
    void whetherARecordIsThereIsAskedByExistsOrIsNull() {
        Leaf yes = new Leaf(0, Leaf.Kind.TRUE, true);
        Condition json = FilterParser.json(10, 10).parse(PRODUCT, Map.of("brand", Map.of("$exists", yes)));
        Condition typed = FilterParser.graphql(10, 10).parse(PRODUCT, Map.of("brand", Map.of("isNull", yes)));

        assertThat(ConditionText.of(json)).isEqualTo("brand (some: everything)");
        assertThat(ConditionText.of(typed)).isEqualTo("brand (none: everything)");
    }

    @Test
    @Tag("generator")
    void aFilterIsRefusedExactlyAboveItsNumberOfNodes() {
        long seed = Generators.seed();
        Random random = new Random(seed);
        for (int i = 0; i < Generators.rounds(500); i++) {
            Object filters = filters(random, 0);
            int nodes = nodes(filters);

            assertThat(parse(filters, nodes)).as("seed %d: %s", seed, filters).isNotNull();
            assertThatThrownBy(() -> parse(filters, nodes - 1))
                    .as("seed %d: %s", seed, filters)
                    .hasMessageContaining("conditions");
        }
    }

    private static Object filters(Random random, int depth) {
        Map<String, Object> filters = new LinkedHashMap<>();
        for (int i = random.nextInt(depth > 4 ? 1 : 4); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> filters.put(one(random, "title", "handle", "status"), VALUE);
                case 1 -> filters.put(one(random, "$and", "$or"), list(random, depth));
                case 2 -> filters.put("$not", filters(random, depth + 1));
                case 3 -> filters.put("price", Map.of("$gt", VALUE, "$lt", VALUE));
                default -> filters.put("title", Map.of(one(random, "$and", "$or"), List.of(VALUE, VALUE)));
            }
        }
        return filters;
    }

    private static List<Object> list(Random random, int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(filters(random, depth + 1));
        }
        return list;
    }

    /** The model: an object of one member is that member, of none or several a node with its members below. */
    private static int nodes(Object node) {
        if (!(node instanceof Map<?, ?> map)) {
            return 1;
        }
        int sum = map.size() == 1 ? 0 : 1;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (entry.getValue() instanceof List<?> list) {
                sum += 1 + list.stream().mapToInt(FilterParserTest::nodes).sum();
            } else if (name.equals("$not")) {
                sum += 1 + nodes(entry.getValue());
            } else {
                sum += nodes(entry.getValue());
            }
        }
        return sum;
    }
}
