package io.vinculum.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A migration whose connection is cut before each of its statements in turn, and which is run again. */
class KilledMigrationIT {
    private static final MigrationOptions OPTIONS = MigrationOptions.DEFAULT
            .allowingDestructive(true)
            .allowingRewrite(true)
            .waiting(Duration.ofSeconds(2), Duration.ofSeconds(20))
            // Everything counts as large, so that each kind of step after the transaction is there.
            .largeAbove(0);

    private static final int EVERY = Integer.getInteger("generators.scale", 1) == 1 ? 4 : 1;

    private Vertx vertx;
    private Database database;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(TestDatabase.create()));
    }

    @AfterEach
    void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
    }

    private static Catalog before() {
        return Catalog.builder()
                .enumeration("Colour", "red", "green")
                .model(
                        "shop",
                        "Item",
                        item -> item.field("id", "Int!")
                                .field("width", "Int")
                                .field("colour", "Colour")
                                .field("colours", "[Colour!]")
                                .field("gone", "String", gone -> gone.index())
                                .field("code", "String", code -> code.unique()))
                .model("shop", "Part", part -> part.field("id", "ID!").field("item", "Item"))
                .model("other", "Owner", owner -> owner.field("id", "ID!"))
                .link("ItemOwner", link -> link.field("items", "[Item!]!").field("owner", "Owner"))
                .build();
    }

    private static Catalog after() {
        return Catalog.builder()
                .enumeration("Colour", "crimson", "green", "blue")
                .valueWas("Colour", "crimson", "red")
                .model(
                        "store",
                        "Thing",
                        thing -> thing.was("shop.item")
                                .field("id", "Long!")
                                .field(
                                        "size",
                                        "Long!",
                                        size -> size.was("width").index())
                                .field("colour", "Colour!")
                                .field(
                                        "colours",
                                        "[Colour!]",
                                        colours -> colours.column("shades").was("colours"))
                                .field("code", "String", code -> code.index())
                                .field(
                                        "note",
                                        "String!",
                                        note -> note.defaultValue("x").index()))
                .model(
                        "store",
                        "Piece",
                        piece -> piece.was("shop.part")
                                .field("id", "ID!")
                                .field("thing", "Thing", thing -> thing.was("item"))
                                .field("twin", "Piece"))
                .model("other", "Owner", owner -> owner.field("id", "ID!"))
                .link(
                        "Holding",
                        link -> link.was("ItemOwner")
                                .field("things", "[Thing!]!")
                                .field("owners", "[Owner!]!")
                                .field("since", "Date"))
                .build();
    }

    private void sql(String sql) {
        TestDatabase.await(database.transaction(session -> session.script(sql)));
    }

    private void reset() {
        sql("drop schema if exists shop, store, other, link, vinculum cascade");
        TestDatabase.await(new Migration(database, before()).apply(OPTIONS));
        sql("insert into shop.item (id, width, colour, colours, gone, code) select n, n, 'red', '{red,green}', 'g', "
                + "'c' || n from generate_series(1, 20) n; insert into shop.part (id, item_id) values ('p', 3); "
                + "insert into other.owner (id) values ('o'); "
                + "insert into link.item_owner (item_id, owner_id, id) values (3, 'o', 'l'); "
                + "insert into vinculum.removed (entity, key, cause, cause_key, deleted_at) values "
                + "('item', '7', 'part', 'p', now())");
    }

    private Future<Void> cut() {
        return database.write(Statement.of("select pg_terminate_backend(pid) from pg_stat_activity where "
                        + "application_name = 'vinculum migration' and datname = current_database()"))
                .mapEmpty();
    }

    /** Answers how many statements it came to; cuts its own connection before one of them. */
    private int migrate(int killedAt) {
        AtomicInteger statements = new AtomicInteger();
        Migration migration = new Migration(
                database,
                after(),
                statement -> statements.getAndIncrement() == killedAt ? cut() : Future.succeededFuture());
        Future<?> outcome = migration.apply(OPTIONS).transform(done -> Future.succeededFuture(done.failed()));
        boolean failed = (Boolean) TestDatabase.await(outcome);
        assertThat(failed).as("killed at " + killedAt).isEqualTo(statements.get() > killedAt);
        return statements.get();
    }

    @Test
    void whereverItIsCutTheNextRunEndsInTheSameState() {
        reset();
        int statements = migrate(Integer.MAX_VALUE);
        List<String> wanted = TestDatabase.await(Structure.of(database));
        assertThat(statements).isGreaterThan(50);

        for (int at = 0; at < statements; at += EVERY) {
            reset();
            migrate(at);
            TestDatabase.await(new Migration(database, after()).apply(OPTIONS));
            String when = "cut before statement " + at;
            assertThat(TestDatabase.await(Structure.of(database))).as(when).isEqualTo(wanted);
            assertThat(TestDatabase.await(new Migration(database, after()).plan())
                            .summary())
                    .as(when)
                    .isEmpty();
            rowsAreThere(when);
        }
    }

    private void rowsAreThere(String when) {
        String sql = "select (select count(*) from store.thing where size = id and colour = 'crimson' "
                + "and shades = '{crimson,green}' and code = 'c' || id and note = 'x'), "
                + "(select count(*) from store.piece where id = 'p' and thing_id = 3), "
                + "(select count(*) from link.holding where thing_id = 3 and owner_id = 'o' and id = 'l'), "
                + "(select count(*) from vinculum.removed where entity = 'thing' and cause = 'piece')";
        var row = TestDatabase.await(database.read(Statement.of(sql))).get(0);
        assertThat(List.of(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3)))
                .as(when)
                .containsExactly(20L, 1L, 1L, 1L);
    }
}
