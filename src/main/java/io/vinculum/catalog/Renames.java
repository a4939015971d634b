package io.vinculum.catalog;

import java.util.List;
import java.util.Map;

/**
 * What had another name before, as {@code @was} says; it has no effect once nothing has the old name any more.
 *
 * @param entities by the name of a model or a link: its old name
 * @param fields by the name of a model or a link, then by field: the field's old name
 * @param values by the name of an enum, then by value: the value's old name
 */
public record Renames(
        Map<String, Old> entities, Map<String, Map<String, String>> fields, Map<String, Map<String, String>> values) {

    /**
     * The old name of a model or a link.
     *
     * @param name without its module
     * @param tables where its table may have been
     */
    public record Old(String name, List<Table> tables) {

        /** Reads {@code item} or {@code old_module.item}; a type's name stands for its snake_case form. */
        static Old parse(String text, String schema) {
            Table snake = Table.parse(Names.snake(text), schema);
            Table literal = Table.parse(text, schema);
            return new Old(snake.name(), snake.equals(literal) ? List.of(snake) : List.of(literal, snake));
        }
    }

    public Renames {
        entities = Map.copyOf(entities);
        fields = Map.copyOf(fields);
        values = Map.copyOf(values);
    }

    /** The fields of an entity that had another name, with that name. */
    public Map<String, String> fieldsOf(String entity) {
        return fields.getOrDefault(entity, Map.of());
    }

    /** The values of an enum that had another name, with that name. */
    public Map<String, String> valuesOf(String enumName) {
        return values.getOrDefault(enumName, Map.of());
    }
}
