package io.vinculum.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.CatalogBuilder;
import io.vinculum.catalog.LinkBuilder;
import io.vinculum.catalog.ModelBuilder;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.declare.GraphFolder;
import io.vinculum.query.Query;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 2 of the contract, each test on a database of its own. */
class MigrationIT {
    private static final Catalog SHOP = GraphFolder.read(Path.of("graphql"));
    private static final MigrationOptions ALL =
            MigrationOptions.DEFAULT.allowingDestructive(true).allowingRewrite(true);
    private static final MigrationOptions REWRITE = MigrationOptions.DEFAULT.allowingRewrite(true);

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

    private static Catalog things(Consumer<ModelBuilder> thing) {
        return Catalog.builder()
                .enumeration("Colour", "red", "green")
                .model("thing", "Thing", thing)
                .build();
    }

    private static Catalog pairs(String linkName, Consumer<LinkBuilder> more) {
        CatalogBuilder builder = Catalog.builder()
                .model("a", "Alpha", alpha -> alpha.field("id", "ID!"))
                .model("b", "Beta", beta -> beta.field("id", "ID!"));
        if (!linkName.isEmpty()) {
            builder.link(linkName, link -> {
                link.field("alphas", "[Alpha!]!").field("beta", "Beta");
                more.accept(link);
            });
        }
        return builder.build();
    }

    private MigrationPlan migrate(Catalog catalog) {
        return TestDatabase.await(new Migration(database, catalog).apply(false));
    }

    private MigrationPlan migrate(Catalog catalog, MigrationOptions options) {
        return TestDatabase.await(new Migration(database, catalog).apply(options));
    }

    private MigrationPlan plan(Catalog catalog) {
        return TestDatabase.await(new Migration(database, catalog).plan());
    }

    private void refused(Catalog catalog, String... parts) {
        assertThatThrownBy(() -> migrate(catalog))
                .hasMessageContainingAll(parts)
                .hasMessageContaining("nothing was changed");
    }

    private void sql(String sql) {
        TestDatabase.await(database.transaction(session -> session.script(sql)));
    }

    private long count(String query) {
        return TestDatabase.await(database.read(Statement.of("select count(*) from " + query)))
                .get(0)
                .getLong(0);
    }

    @Test
    void aSecondMigrationFindsNothingToDo() {
        assertThat(migrate(SHOP).changes()).isNotEmpty();
        assertThat(plan(SHOP).summary()).isEmpty();
        assertThat(migrate(SHOP).isEmpty()).isTrue();
    }

    private static Catalog tagged(String tag, Consumer<ModelBuilder> more) {
        return Catalog.builder()
                .model("shop", tag, model -> {
                    model.field("id", "ID!");
                    more.accept(model);
                })
                .model(
                        "shop",
                        "Thing",
                        thing -> thing.field("id", "ID!")
                                .field("marks", "[" + tag + "!]!", marks -> marks.pivot("tagging")))
                .link("ThingTag", link -> link.field("things", "[Thing!]!").field("tags", "[" + tag + "!]!"))
                .build();
    }

    @Test
    void aModelThatNamesItsFormerTableKeepsTheRowsThatLeadToIt() {
        migrate(tagged("Tag", tag -> tag.table("shop.labels")));
        sql("insert into shop.labels (id) values ('t1'); insert into shop.thing (id) values ('x1'); "
                + "insert into shop.tagging (thing_id, tag_id) values ('x1', 't1'); "
                + "insert into link.thing_tag (id, thing_id, tag_id) values ('l1', 'x1', 't1')");

        MigrationPlan done = migrate(tagged("Label", label -> label.was("shop.labels")));
        assertThat(done.destructive()).isFalse();
        assertThat(count("shop.tagging where label_id = 't1'")).isEqualTo(1);
        assertThat(count("link.thing_tag where label_id = 't1'")).isEqualTo(1);
        assertThat(plan(tagged("Label", label -> {})).summary()).isEmpty();
    }

    @Test
    void aPlanChangesNothingAndSaysItsSql() {
        MigrationPlan plan = plan(SHOP);

        assertThat(plan.summary())
                .contains("create table product.product of product")
                .contains("create unique index on link.product_brand [product_id]: ProductBrand is read from Product, "
                        + "and one has one 'brand' at most");
        assertThat(plan.sql())
                .contains("create table \"link\".\"product_brand\"")
                .contains("where deleted_at is null");
        assertThat(count("pg_namespace where nspname = 'product'")).isZero();
    }

    @Test
    void descriptionsBecomeComments() {
        migrate(SHOP);

        assertThat(count("pg_description where description = 'Somebody who buys.'"))
                .isEqualTo(1);
        assertThat(count("pg_description where description = 'Before tax, in euros.'"))
                .isEqualTo(1);
    }

    @Test
    void fiveNodesMayMigrateAtOnce() {
        List<Future<MigrationPlan>> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(new Migration(database, SHOP).apply(false));
        }
        TestDatabase.await(Future.all(nodes));

        assertThat(nodes.stream().filter(node -> !node.result().isEmpty())).hasSize(1);
    }

    @Test
    void columnsAreAddedWidenedAndRelaxed() {
        migrate(things(thing -> thing.field("id", "ID!").field("size", "Int!")));
        sql("insert into thing.thing (id, size) values ('a', 5)");
        Catalog grown = things(thing -> thing.field("id", "ID!")
                .field("size", "Long")
                .field("colour", "Colour!", colour -> colour.defaultValue("green"))
                .field("note", "String"));

        refused(grown, "size from int4 to int8 (1 row) [rewrites the table", "vinculum migrate --allow-rewrite");
        assertThat(migrate(grown, REWRITE).summary())
                .contains("add column colour text", "column size from int4 to int8", "column size optional");
        assertThat(plan(grown).isEmpty()).isTrue();
        assertThat(count("thing.thing where colour = 'green' and size = 5")).isEqualTo(1);
    }

    @Test
    void aRequiredColumnWithoutDefaultIsRefusedWhereThereAreRows() {
        migrate(things(thing -> thing.field("id", "ID!")));
        Catalog required = things(thing -> thing.field("id", "ID!").field("note", "String!"));
        sql("insert into thing.thing (id) values ('a')");

        refused(required, "add column note", "1 rows would have no value", "@default(value: \"…\")");
        sql("delete from thing.thing");
        assertThat(migrate(required).changes()).hasSize(1);
    }

    @Test
    void aColumnThatHoldsNullsCannotBecomeRequired() {
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String")));
        sql("insert into thing.thing (id) values ('a')");

        refused(things(thing -> thing.field("id", "ID!").field("note", "String!")), "1 rows hold null");
    }

    @Test
    void destructiveChangesNeedToBeAllowed() {
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String").field("size", "Long")));
        sql("insert into thing.thing (id, note, size) values ('a', 'x', 5)");
        Catalog smaller = things(thing -> thing.field("id", "ID!").field("size", "Int"));

        refused(
                smaller,
                "drop column note of table thing.thing (1 row) [destructive]",
                "column size from int8 to int4 (1 row) [destructive]",
                "--allow-destructive");
        migrate(smaller, ALL);
        assertThat(plan(smaller).isEmpty()).isTrue();
        assertThat(count("thing.thing where size = 5")).isEqualTo(1);
    }

    @Test
    void fewerEnumValuesAreDestructiveMoreAreNot() {
        Consumer<ModelBuilder> thing = model -> model.field("id", "ID!").field("colour", "Colour");
        migrate(Catalog.builder()
                .enumeration("Colour", "red", "green")
                .model("thing", "Thing", thing)
                .build());
        sql("insert into thing.thing (id, colour) values ('a', 'green')");

        migrate(Catalog.builder()
                .enumeration("Colour", "red", "green", "blue")
                .model("thing", "Thing", thing)
                .build());
        sql("insert into thing.thing (id, colour) values ('b', 'blue')");
        refused(
                Catalog.builder()
                        .enumeration("Colour", "red", "green")
                        .model("thing", "Thing", thing)
                        .build(),
                "column colour takes other values (1 row) [destructive]",
                "1 row of colour hold others, one 'blue'");
    }

    @Test
    void anUnrelatedLinkOfTheSameModelsNeverInheritsRows() {
        migrate(pairs("AlphaBeta", link -> {}));
        sql("insert into link.alpha_beta (alpha_id, beta_id, id) values ('a', 'b', 'l')");

        refused(
                pairs("Pairing", link -> {}),
                "drop table link.alpha_beta",
                "(1 row) [destructive]",
                "if pairing is what the table link.alpha_beta was, say @was(name: \"alpha_beta\") on it");
        migrate(pairs("Pairing", link -> {}), ALL);
        assertThat(count("link.pairing")).isZero();
    }

    @Test
    void aLinkThatSaysWhatItWasKeepsItsRows() {
        migrate(pairs("AlphaBeta", link -> {}));
        sql("insert into link.alpha_beta (alpha_id, beta_id, id) values ('a', 'b', 'l')");
        Catalog renamed = pairs("Pairing", link -> link.was("AlphaBeta"));

        assertThat(migrate(renamed).summary()).contains("rename table link.alpha_beta to link.pairing (1 row)");
        assertThat(plan(renamed).isEmpty()).isTrue();
        assertThat(count("link.pairing")).isEqualTo(1);
        refused(pairs("", link -> {}), "drop table link.pairing", "1 row");
        assertThat(migrate(pairs("Pairing", link -> {})).isEmpty()).isTrue();
    }

    @Test
    void aChangedCardinalityChangesItsIndex() {
        Catalog one = pairs("AlphaBeta", link -> {});
        Catalog many = Catalog.builder()
                .model("a", "Alpha", alpha -> alpha.field("id", "ID!"))
                .model("b", "Beta", beta -> beta.field("id", "ID!"))
                .link("AlphaBeta", link -> link.field("alphas", "[Alpha!]!").field("betas", "[Beta!]!"))
                .build();
        migrate(one);
        migrate(many);
        sql("insert into link.alpha_beta (alpha_id, beta_id, id) values ('a', 'b', '1'), ('a', 'c', '2')");

        refused(one, "unique index on link.alpha_beta [alpha_id]", "alpha_id 'a' do not admit it");
        assertThat(plan(one).refused()).isTrue();
        assertThat(plan(one).summary())
                .contains("refused: cannot create unique index on link.alpha_beta [alpha_id]", "alpha_id 'a'");
        assertThat(plan(many).isEmpty()).isTrue();
    }

    @Test
    void tablesOfOthersAreLeftAlone() {
        sql(
                "create schema thing; create table thing.other (x int); create table thing.thing (id text primary key, extra int, "
                        + "created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz)");
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String")));

        assertThat(count("information_schema.columns where table_schema = 'thing' and column_name in ('x', 'extra')"))
                .isEqualTo(2);
    }

    @Test
    void anAdoptedTableIsCheckedAndLeftAlone() {
        Catalog adopted = things(thing ->
                thing.table("public.things").adopted().field("id", "ID!").field("size", "Int!"));
        assertThat(plan(adopted).refusals())
                .anyMatch(refusal -> refusal.contains("adopts the table public.things, which is not in this database"));
        sql(
                "create table public.things (id varchar(255) primary key, sice int, size text, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)");
        assertThat(plan(adopted).refusals())
                .containsExactly("thing declares the column 'size' of public.things as Int, but it is text");

        sql("alter table public.things drop column size, add column size int");
        migrate(adopted);
        assertThat(plan(adopted).isEmpty()).isTrue();
        assertThat(count("information_schema.columns where table_name = 'things' and column_name = 'sice'"))
                .isEqualTo(1);
    }

    @Test
    void aDatabaseThatIsBehindIsSaidToBe() {
        assertThatThrownBy(() -> TestDatabase.await(new Migration(database, SHOP).check()))
                .hasMessageContaining("vinculum migrate");

        migrate(pairs("", link -> {}));
        Query query = new Query(
                database,
                pairs("AlphaBeta", link -> {}),
                QueryLimits.DEFAULT,
                (module, request, deadline) -> Future.failedFuture("none"));
        assertThatThrownBy(() ->
                        TestDatabase.await(query.graphBytes(Map.of("entity", "alpha", "fields", List.of("beta.id")))))
                .isInstanceOfSatisfying(
                        io.vinculum.failure.Failure.class,
                        failure -> assertThat(failure.code()).isEqualTo(io.vinculum.failure.FailureCode.NOT_MIGRATED))
                .hasMessageContaining("vinculum migrate");
    }

    @Test
    void aNewNameSchemaColumnAndValueAtOnceKeepTheRows() {
        migrate(Catalog.builder()
                .enumeration("Colour", "red", "green")
                .model(
                        "shop",
                        "Item",
                        item -> item.field("id", "ID!").field("paint", "Colour!", paint -> paint.index()))
                .build());
        sql("insert into shop.item (id, paint) values ('a', 'red'), ('b', 'green')");
        Catalog moved = Catalog.builder()
                .enumeration("Colour", "crimson", "green", "blue")
                .valueWas("Colour", "crimson", "red")
                .model(
                        "store",
                        "Thing",
                        thing -> thing.was("shop.item")
                                .field("id", "ID!")
                                .field(
                                        "colour",
                                        "Colour!",
                                        colour -> colour.was("paint").index()))
                .build();

        assertThat(migrate(moved).summary())
                .contains(
                        "rename table shop.item to store.thing (2 rows)",
                        "rename column paint of table store.thing to colour",
                        "'red' becomes 'crimson' (1 row)");
        assertThat(count("store.thing where colour = 'crimson'")).isEqualTo(1);
        assertThat(migrate(moved).isEmpty()).isTrue();
    }

    @Test
    void aRenamedFieldIsNamedAsARemedyForItsLostValues() {
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String")));
        Catalog renamed = things(thing -> thing.field("id", "ID!").field("remark", "String"));

        refused(renamed, "if remark of thing.thing is what note was, say @was(name: \"note\") on it");
    }

    @Test
    void thePlanSaysWhichLocksAreTakenAndHowLongTheyAreWaitedFor() {
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String")));
        Catalog more = things(thing -> thing.field("id", "ID!")
                .field("note", "String", note -> note.index())
                .field("size", "Int"));
        sql("insert into thing.thing (id) select n from generate_series(1, 10001) n");
        MigrationPlan plan = plan(more);

        assertThat(plan.summary())
                .contains(
                        "locks thing.thing (access exclusive, blocks readers and writers), waits for it at most 2000 ms")
                .contains("done concurrently after the transaction, blocks no reader or writer");
        assertThat(plan.sql()).contains("begin;\n", "commit;\ncreate index concurrently \"thing_note_idx\"");
        assertThat(plan(more).steps()).hasSize(2);
    }

    @Test
    void nodesThatWaitDoNotHoldUpAConcurrentIndex() {
        migrate(things(thing -> thing.field("id", "ID!").field("note", "String")));
        sql("insert into thing.thing (id) values ('a')");
        Catalog indexed = things(thing -> thing.field("id", "ID!").field("note", "String", note -> note.index()));
        List<Future<MigrationPlan>> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(new Migration(database, indexed).apply(MigrationOptions.DEFAULT.largeAbove(0)));
        }
        TestDatabase.await(Future.all(nodes));

        assertThat(nodes.stream().filter(node -> !node.result().isEmpty())).hasSize(1);
        assertThat(count("pg_indexes where indexname = 'thing_note_idx'")).isEqualTo(1);
    }

    @Test
    void theCheckAtStartLooksAtNoRows() {
        migrate(things(thing -> thing.field("id", "ID!")));
        Catalog required = things(thing -> thing.field("id", "ID!").field("note", "String!"));
        TestDatabase.await(database.transaction(session -> session.script("lock table thing.thing")
                .compose(locked -> new Migration(database, required).check().transform(checked -> {
                    assertThat(checked.cause()).hasMessageContaining("add column note");
                    return Future.succeededFuture();
                }))));
    }

    @Test
    void declarationsThatAreOlderThanTheDatabaseAreToldFromNewerOnes() {
        Catalog older = things(thing -> thing.field("id", "ID!").field("note", "String"));
        migrate(older);
        migrate(things(thing -> thing.field("id", "ID!")
                .field("note", "String", note -> note.was("note").index())));
        assertThatThrownBy(() -> TestDatabase.await(new Migration(database, older).check()))
                .hasMessageContaining("the declarations are older than the database")
                .hasMessageNotContaining("behind");

        sql("insert into vinculum.migrated_version (number) values (1000)");
        assertThatThrownBy(() -> TestDatabase.await(new Migration(database, older).check()))
                .hasMessageContainingAll("made by a newer Vinculum", "step 1000");
        assertThatThrownBy(() -> migrate(older)).hasMessageContaining("made by a newer Vinculum");
    }

    @Test
    void aDatabaseFromBeforeStepsWereNumberedIsUpgraded() {
        migrate(SHOP);
        sql("drop table vinculum.migrated_version, vinculum.migrated_catalog; "
                + "alter table vinculum.migrated_table alter column identity drop default; "
                + "update vinculum.migrated_table set identity = 'x'; "
                + "insert into vinculum.removed (entity, key, cause, cause_key, deleted_at) values "
                + "('product', 'p', 'brand', 'b', now())");

        assertThat(plan(SHOP).summary().lines())
                .hasSize(OwnTables.newest())
                .allMatch(line -> line.contains("vinculum's own tables"));
        migrate(SHOP);
        assertThat(plan(SHOP).isEmpty()).isTrue();
        assertThat(count("vinculum.removed")).isEqualTo(1);
        assertThat(count("vinculum.migrated_version")).isEqualTo(OwnTables.newest());
    }

    @Test
    void aKeyKeepsItsKindOfType() {
        migrate(things(thing -> thing.field("id", "Int!")));
        refused(things(thing -> thing.field("id", "ID!")), "a key changes between Int and Long only");
        migrate(things(thing -> thing.field("id", "Long!")), REWRITE);
    }
}
