package io.vinculum.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.ConstraintChange;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.migration.RandomWorld.AField;
import io.vinculum.migration.RandomWorld.ALink;
import io.vinculum.migration.RandomWorld.AModel;
import io.vinculum.migration.RandomWorld.Preparation;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Migrates from one random catalog to the next with rows in the tables, some of the times interrupted, and compares
 * with a database that was made for the next one.
 */
@Tag("generator")
class RandomMigrationsIT {
    private static final int PAIRS = 40;
    private static final int CHAIN = 8;
    private static final int ROWS = 4;

    /** The kinds of changes that were met, so that the test is known to try all of them. */
    private static final Set<Class<?>> KINDS = new HashSet<>();

    private static Vertx vertx;
    private static Database old;
    private static Database fresh;

    /** Where a field was kept before a change. */
    private record Place(String table, String column, AField field) {}

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        old = Database.open(vertx, DatabaseSettings.of(TestDatabase.create()));
        fresh = Database.open(vertx, DatabaseSettings.of(TestDatabase.create()));
    }

    @AfterAll
    static void close() {
        TestDatabase.await(old.close());
        TestDatabase.await(fresh.close());
        TestDatabase.await(vertx.close());
    }

    @Test
    void everyChangeLeadsToWhatAFreshDatabaseHasAndKeepsTheRows() {
        int pairs = PAIRS * Integer.getInteger("generators.scale", 1);
        for (int done = 0; done < pairs; done += CHAIN) {
            chain(done, Math.min(CHAIN, pairs - done));
        }
        Set<Class<?>> all = kinds(Change.class);
        // Left behind by an interrupted migration only, as are the tests of KilledMigrationIT.
        all.remove(ConstraintChange.Validate.class);
        assertThat(KINDS).containsAll(all);
    }

    /** The records of a sealed interface, and of those that it permits. */
    private static Set<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses())
                        .flatMap(one -> kinds(one).stream())
                        .collect(Collectors.toSet())
                : Set.of(type);
    }

    private void chain(int seed, int length) {
        RandomWorld world = new RandomWorld(seed);
        Random random = new Random(seed);
        clear(old);
        migrate(old, world, random);
        for (int i = 0; i < length; i++) {
            fill(world, random);
            Map<Integer, Place> places = places(world);
            Map<Integer, String> tables = tables(world);
            List<String> changes = world.change();
            String what = "seed " + seed + ", step " + i + ": " + changes;
            try {
                world.preparation.forEach(preparation -> prepare(preparation, places));
                Map<Integer, Long> counts = new HashMap<>();
                tables.forEach((id, table) -> counts.put(id, count(table)));
                Map<Integer, Map<String, String>> values = new HashMap<>();
                places.forEach((id, place) -> values.put(id, values(place.table(), place.column())));
                if (random.nextInt(3) == 0) {
                    interrupt(world, random.nextInt(60), random.nextLong());
                }
                migrate(old, world, random);
                rowsAreKept(world, counts, values, what);
            } catch (RuntimeException e) {
                throw new AssertionError(what, e);
            }
            assertThat(TestDatabase.await(new Migration(old, world.catalog()).plan())
                            .summary())
                    .as(what)
                    .isEmpty();
            clear(fresh);
            migrate(fresh, world, random);
            assertThat(TestDatabase.await(Structure.of(old)))
                    .as(what)
                    .isEqualTo(TestDatabase.await(Structure.of(fresh)));
        }
    }

    private static void clear(Database database) {
        String sql = "do $$ declare s text; begin for s in select nspname from pg_namespace where nspname ~ "
                + "'^(mod|link)' loop execute format('drop schema %I cascade', s); end loop; end $$";
        TestDatabase.await(
                database.transaction(session -> session.script(sql + "; drop schema if exists vinculum cascade")));
    }

    private static MigrationOptions options(Random random) {
        return MigrationOptions.DEFAULT
                .allowingDestructive(true)
                .allowingRewrite(true)
                .largeAbove(random.nextBoolean() ? 0 : 10_000);
    }

    private static void migrate(Database database, RandomWorld world, Random random) {
        TestDatabase.await(new Migration(database, world.catalog()).apply(options(random)))
                .changes()
                .forEach(change -> KINDS.add(change.getClass()));
    }

    /** Stops a migration before the given statement, as a crash would. */
    private static void interrupt(RandomWorld world, int at, long seed) {
        int[] seen = {0};
        Migration migration = new Migration(
                old,
                world.catalog(),
                statement -> seen[0]++ == at
                        ? Future.failedFuture(new Failure(FailureCode.UNAVAILABLE, "stopped"))
                        : Future.succeededFuture());
        TestDatabase.await(migration
                .apply(options(new Random(seed)))
                .recover(cause -> String.valueOf(cause.getMessage()).contains("stopped")
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause)));
    }

    private static Map<Integer, Place> places(RandomWorld world) {
        Map<Integer, Place> places = new LinkedHashMap<>();
        world.everyField((table, field) -> places.put(field.id, new Place(table, field.column(), copy(field))));
        return places;
    }

    private static AField copy(AField field) {
        AField copy = new AField();
        copy.id = field.id;
        copy.type = field.type;
        copy.target = field.target;
        return copy;
    }

    private static Map<Integer, String> tables(RandomWorld world) {
        Map<Integer, String> tables = new LinkedHashMap<>();
        world.models.forEach(model -> tables.put(model.id, model.table()));
        world.links.forEach(link -> tables.put(link.id, link.table()));
        return tables;
    }

    private static List<io.vertx.sqlclient.Row> rows(String sql) {
        return TestDatabase.await(old.read(Statement.of(sql)));
    }

    private static long count(String table) {
        return rows("select count(*) from " + table).get(0).getLong(0);
    }

    private static Map<String, String> values(String table, String column) {
        Map<String, String> values = new TreeMap<>();
        rows("select (id)::text, (" + column + ")::text from " + table)
                .forEach(row -> values.put(row.getString(0), row.getString(1)));
        return values;
    }

    private static void prepare(Preparation preparation, Map<Integer, Place> places) {
        Place place = places.get(preparation.field());
        if (place == null) {
            return;
        }
        boolean list = place.field().type.startsWith("[");
        String sql = preparation.gone() == null
                ? "update %1$s set %2$s = (select %2$s from %1$s where %2$s is not null limit 1) where %2$s is null; "
                        + "delete from %1$s where %2$s is null"
                : list
                        ? "update %1$s set %2$s = array_replace(%2$s, '%3$s', '%4$s')"
                        : "update %1$s set %2$s = '%4$s' where %2$s = '%3$s'";
        run(String.format(sql, place.table(), place.column(), preparation.gone(), preparation.kept()));
    }

    private static void run(String sql) {
        TestDatabase.await(old.transaction(session -> session.script(sql)));
    }

    private static void rowsAreKept(
            RandomWorld world, Map<Integer, Long> counts, Map<Integer, Map<String, String>> values, String what) {
        tables(world).forEach((id, table) -> {
            if (counts.containsKey(id)) {
                assertThat(count(table)).as(what + ": rows of " + table).isEqualTo(counts.get(id));
            }
        });
        world.everyField((table, field) -> {
            if (values.containsKey(field.id) && !field.converted) {
                Map<String, String> expected = new TreeMap<>(values.get(field.id));
                expected.replaceAll((key, value) -> renamed(world, field, value));
                assertThat(values(table, field.column()))
                        .as(what + ": values of " + table + "." + field.column())
                        .isEqualTo(expected);
            }
        });
    }

    private static String renamed(RandomWorld world, AField field, String value) {
        String renamed = value;
        for (RandomWorld.AnEnum one : world.enums) {
            if (renamed != null && field.target == null && field.type.contains(one.name)) {
                for (Map.Entry<String, String> entry : one.renamed.entrySet()) {
                    renamed = renamed.replaceAll("\\b" + entry.getKey() + "\\b", entry.getValue());
                }
            }
        }
        return renamed;
    }

    private static void fill(RandomWorld world, Random random) {
        for (AModel model : world.models) {
            for (int i = (int) count(model.table()); i < ROWS; i++) {
                insert(world, model.table(), model.fields, new ArrayList<>(), random);
            }
        }
        for (ALink link : world.links) {
            if (count(link.table()) == 0) {
                List<String> first = keys(link.first);
                List<String> second = keys(link.second);
                for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                    List<String> ends =
                            List.of(link.firstColumn() + "=" + first.get(i), link.secondColumn() + "=" + second.get(i));
                    insert(world, link.table(), link.fields, new ArrayList<>(ends), random);
                }
            }
        }
    }

    private static List<String> keys(AModel model) {
        return rows("select (id)::text from " + model.table() + " order by 1").stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static int serial;

    private static void insert(
            RandomWorld world, String table, List<AField> fields, List<String> values, Random random) {
        serial++;
        boolean textId = rows("select 1 from information_schema.columns where table_schema || '.' || table_name = '"
                                + table + "' and column_name = 'id' and data_type = 'text'")
                        .size()
                > 0;
        boolean uuid = rows("select 1 from information_schema.columns where table_schema || '.' || table_name = '"
                                + table + "' and column_name = 'id' and data_type = 'uuid'")
                        .size()
                > 0;
        if (textId || uuid) {
            values.add("id=" + (uuid ? String.format("00000000-0000-0000-0000-%012d", serial) : "k" + serial));
        }
        for (AField field : fields) {
            String value = value(world, field, random);
            if (value != null) {
                values.add(field.column() + "=" + value);
            }
        }
        List<String> columns = new ArrayList<>();
        List<String> literals = new ArrayList<>();
        values.forEach(value -> {
            columns.add(value.substring(0, value.indexOf('=')));
            literals.add("'" + value.substring(value.indexOf('=') + 1).replace("'", "''") + "'");
        });
        run(
                columns.isEmpty()
                        ? "insert into " + table + " default values"
                        : "insert into " + table + " (" + String.join(", ", columns) + ") values ("
                                + String.join(", ", literals) + ")");
    }

    private static String value(RandomWorld world, AField field, Random random) {
        if (!field.required && random.nextInt(4) == 0) {
            return null;
        }
        if (field.target != null) {
            List<String> keys = keys(field.target);
            return keys.isEmpty() ? null : keys.get(random.nextInt(keys.size()));
        }
        for (RandomWorld.AnEnum one : world.enums) {
            List<String> values = List.copyOf(one.values.keySet());
            if (field.type.equals(one.name)) {
                return values.get(random.nextInt(values.size()));
            }
            if (field.type.equals("[" + one.name + "!]")) {
                return "{" + values.get(0) + "," + values.get(values.size() - 1) + "}";
            }
        }
        return switch (field.type) {
            case "Int", "Long", "Float", "BigDecimal" -> String.valueOf(serial);
            case "Boolean" -> String.valueOf(random.nextBoolean());
            case "UUID" -> String.format("00000000-0000-0000-0000-%012d", serial);
            case "DateTime" -> "2026-01-01T00:00:00Z";
            case "JSON" -> "{\"a\": " + serial + "}";
            case "[String!]" -> "{a,b" + serial + "}";
            default -> Objects.requireNonNull("text'" + serial);
        };
    }
}
