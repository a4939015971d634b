package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads records of modules: {@code {"product": {"product_id": ["prod_1", "prod_2"]}}}. */
final class RecordKeys {
    private RecordKeys() {}

    static Map<Model, List<Object>> read(Catalog catalog, @Nullable Object raw) {
        Map<String, @Nullable Object> modules = Given.object("records", raw);
        if (modules.isEmpty()) {
            throw Failure.invalid("records takes modules and keys, like {\"product\": {\"product_id\": [\"…\"]}}");
        }
        Map<Model, List<Object>> records = new LinkedHashMap<>();
        modules.forEach((module, keys) -> {
            List<Model> models = catalog.modules().get(module);
            if (models == null) {
                throw Failure.invalid("there is no module '" + Nearest.shown(module) + "'"
                        + Nearest.hint(module, catalog.modules().keySet()));
            }
            Given.object(module, keys).forEach((key, ids) -> {
                Model model = model(module, models, key);
                records.put(model, bound(model, module + "." + key, ids));
            });
        });
        return records;
    }

    private static Model model(String module, List<Model> models, String key) {
        return models.stream()
                .filter(model -> model.linkKey().equals(key))
                .findFirst()
                .orElseThrow(() -> Failure.invalid("the module '" + module + "' has no key '" + Nearest.shown(key) + "'"
                        + Nearest.hint(key, models.stream().map(Model::linkKey).toList())));
    }

    private static List<Object> bound(Model model, String where, @Nullable Object ids) {
        Object given = Given.value(ids);
        List<?> list = given instanceof List<?> many ? many : Collections.singletonList(given);
        return list.stream()
                .<Object>map(id -> model.key().type().read(id, where))
                .distinct()
                .toList();
    }
}
