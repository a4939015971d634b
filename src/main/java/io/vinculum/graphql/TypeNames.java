package io.vinculum.graphql;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of generated types: {@code ProductFilters}, {@code ProductOrder}, {@code StringFilter}. A declared type keeps
 * its name: beside a link {@code CustomerOrder}, the order of customers becomes {@code CustomerOrderInput}.
 */
final class TypeNames {
    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> names = new HashMap<>();

    TypeNames(Catalog catalog) {
        for (Entity entity : catalog.entities()) {
            taken.add(entity.typeName());
            entity.fields().values().stream()
                    .map(field -> field.type().enumName())
                    .filter(name -> name != null)
                    .forEach(taken::add);
        }
    }

    /** The name of a generated type; the same whenever it is asked for. */
    String of(String base, String suffix) {
        return names.computeIfAbsent(base + "." + suffix, key -> free(base + suffix));
    }

    String of(Entity entity, String suffix) {
        return of(entity.typeName(), suffix);
    }

    private String free(String name) {
        String candidate = name;
        while (!taken.add(candidate)) {
            candidate += "Input";
        }
        return candidate;
    }
}
