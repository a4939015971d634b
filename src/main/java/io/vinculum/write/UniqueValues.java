package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Index;
import io.vinculum.catalog.Model;
import io.vinculum.value.Unnest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Locks for unique values of records. Two writers of the same values wait for each other's index entries, in the order
 * of their rows and of the indexes, which no order of rows makes the same for all. So whoever writes more than one such
 * value locks a number for each, in order, and holds the model's name with others; or, for many values, holds it alone.
 * Pure.
 */
final class UniqueValues {
    /** PostgreSQL's table of locks has room for 64 of each connection. */
    private static final int MOST = 64;

    private final Model model;
    private final boolean several;

    /**
     * Locks for a write of one model.
     *
     * @param several whether its transaction writes other things too
     */
    UniqueValues(Model model, boolean several) {
        this.model = model;
        this.several = several;
    }

    private String name() {
        return "vinculum.unique." + model.name();
    }

    /** Adds what creating records locks. */
    void created(WriteLocks locks, List<RecordInput> records) {
        Set<Field> given = RecordSql.given(records);
        List<List<Field>> indexes = indexes(given);
        if (given.contains(model.key())
                && records.stream().noneMatch(record -> record.made().contains(model.key()))) {
            indexes.add(List.of(model.key()));
        }
        int values = records.size() * indexes.size();
        // A single value is waited for with nothing behind it.
        if (values == 0 || (values == 1 && !several)) {
            return;
        }
        if (values > MOST) {
            locks.alone(name());
            return;
        }
        locks.share(name());
        locks.values(model, new Lock(name(), records, indexes, Set.of()));
    }

    /** Adds what updating records locks: values that come and values that go. */
    void updated(WriteLocks locks, List<RecordInput> records) {
        Set<Field> given = RecordSql.given(records);
        List<List<Field>> indexes = indexes(given);
        if (indexes.isEmpty()) {
            return;
        }
        if (records.size() * indexes.size() * 2 > MOST
                || indexes.stream().anyMatch(index -> !given.containsAll(index))) {
            locks.alone(name());
            return;
        }
        Set<Field> old = new LinkedHashSet<>();
        indexes.forEach(old::addAll);
        locks.share(name());
        locks.values(model, new Lock(name(), records, indexes, old));
    }

    /** Adds what restoring so many records locks. */
    void restored(WriteLocks locks, int records) {
        long indexes = model.indexes().stream().filter(Index::unique).count();
        if (indexes * records > 1 || (indexes * records == 1 && several)) {
            locks.alone(name());
        }
    }

    /** Adds the lock that excludes all others of it. */
    void alone(WriteLocks locks) {
        if (model.indexes().stream().anyMatch(Index::unique)
                || !model.key().type().scalar().isNumber()) {
            locks.alone(name());
        }
    }

    private List<List<Field>> indexes(Set<Field> given) {
        return model.indexes().stream()
                .filter(Index::unique)
                .map(Index::fields)
                .filter(fields -> fields.stream().anyMatch(given::contains))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /**
     * Locks a number for each value.
     *
     * @param old the fields whose values of now are locked too
     */
    record Lock(String name, List<RecordInput> records, List<List<Field>> indexes, Set<Field> old) {

        /**
         * The statement, open for further conditions.
         *
         * @param rows where the values of now are: a table as {@code m}, and a condition
         */
        String sql(Unnest parameters, String rows) {
            List<String> hashes = new ArrayList<>();
            for (List<Field> index : indexes) {
                String given = index.stream()
                        .map(field -> parameters.addArray(
                                field.type(),
                                RecordSql.column(
                                        records, record -> record.values().get(field))))
                        .collect(Collectors.joining(", "));
                String names =
                        index.stream().map(field -> quote(field.column())).collect(Collectors.joining(", "));
                hashes.add(hash(parameters, index, "n") + " from unnest(" + given + ") n(" + names + ")");
                if (!old.isEmpty()) {
                    hashes.add(hash(parameters, index, "m") + " from " + rows);
                }
            }
            return "select pg_advisory_xact_lock(o.h)::text from (select distinct v.h from ("
                    + String.join(" union all ", hashes) + ") v where v.h is not null order by v.h) o where true";
        }

        /** The number of a value; none of one that is null, which stands in no other one's way. */
        private String hash(Unnest parameters, List<Field> index, String alias) {
            String of = index.stream().map(Field::name).collect(Collectors.joining(","));
            String values = index.stream()
                    .map(field -> quote(alias, field.column()) + "::text")
                    .collect(Collectors.joining(" || '/' || "));
            return "select hashtextextended(" + parameters.addText(name + "." + of + "=") + " || " + values
                    + ", 0) as h";
        }
    }
}
