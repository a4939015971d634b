package io.vinculum.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.declare.GraphFolder;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.selection.GraphRequest;
import io.vinculum.selection.QueryLimits;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans are compared as text, which is also what {@code explain} answers. */
class PlannerTest {
    private static final Catalog SHOP = GraphFolder.read(Path.of("graphql"));

    private static Plan plan(String request) {
        GraphRequest.Planned planned =
                GraphRequest.plan(JsonText.object("request", JsonText.parse(request)), SHOP, QueryLimits.DEFAULT);
        Set<Planner.Need> needs = planned.count() ? Set.of(Planner.Need.COUNT) : Set.of();
        return Planner.plan(planned.selection(), QueryLimits.DEFAULT, needs);
    }

    private static String sql(String request) {
        return text(plan(request).root()).toString();
    }

    private static SqlText text(Level level) {
        return PlanSql.print((Level.Read) level);
    }

    private static void refused(String request, String... parts) {
        assertThatThrownBy(() -> plan(request)).isInstanceOf(Failure.class).hasMessageContainingAll(parts);
    }

    @Test
    void readsOneRecordWithoutMore() {
        assertThat(sql("{\"entity\": \"brand\", \"fields\": [\"name\"], \"filters\": {\"id\": \"b1\"}}"))
                .isEqualTo("select t.\"name\" from \"brand\".\"brand\" t where t.\"deleted_at\" is null and "
                        + "(t.\"id\" = $1::text)");
    }

    @Test
    void cutsRowsByANumberBeforeThePage() {
        assertThat(
                        sql(
                                "{\"entity\": \"brand\", \"fields\": [\"id\", \"name\"], \"filters\": {\"country\": \"Italy\"}}"))
                .isEqualTo("select t.\"id\", t.\"name\" from (select t.\"id\", t.\"name\" from \"brand\".\"brand\" t "
                        + "where t.\"deleted_at\" is null and (t.\"country\" = $1::text) order by t.\"id\" asc limit 64) t "
                        + "order by t.\"id\" asc limit $2::int8");
    }

    @Test
    void theNumberIsOneOfAFewAndNeverLessThanThePageNeeds() {
        SqlText text =
                text(plan("{\"entity\": \"brand\", \"fields\": [\"id\"]}").root());

        assertThat(text.text(64, 64)).contains("limit 64)");
        assertThat(text.text(65, 1)).contains("limit 1024)");
        assertThat(text.text(10_001, 1)).contains("limit 16384)");
        assertThat(text.text(Long.MAX_VALUE, 1)).containsPattern("limit \\d{18,}\\)");
    }

    @Test
    void aDeepPageIsCutByItsOwnLengthBeforeItIsJoined() {
        SqlText text = text(plan("{\"entity\": \"products\", \"fields\": [\"title\", \"brand.name\"], "
                        + "\"pagination\": {\"skip\": 0, \"take\": 5}}")
                .root());

        assertThat(text.text(9_000, 5))
                .contains(
                        "limit 16384) t order by t.\"id\" asc limit $1::int8 offset $2::int8) t order by t.\"id\" asc "
                                + "limit 64) t on true left join");
    }

    @Test
    void joinsToOneHopsAfterThePageIsCut() {
        assertThat(
                        sql(
                                "{\"entity\": \"products\", \"fields\": [\"title\", \"brand.name\"], \"pagination\": {\"take\": 5}}"))
                .isEqualTo("select t.\"title\", j0.\"id\", j0.\"name\" from (select t.\"title\", t.\"id\" from (select "
                        + "t.\"title\", t.\"id\" from \"product\".\"product\" t where t.\"deleted_at\" is null "
                        + "order by t.\"id\" asc limit 64) t order by t.\"id\" asc limit $1::int8) t left join "
                        + "\"link\".\"product_brand\" l0 on l0.\"product_id\" = t.\"id\" and l0.\"deleted_at\" is null left "
                        + "join \"brand\".\"brand\" j0 on j0.\"id\" = l0.\"brand_id\" and j0.\"deleted_at\" is null "
                        + "order by t.\"id\" asc");
    }

    @Test
    void joinsOnceWhatIsBothFilteredAndRead() {
        assertThat(sql("{\"entity\": \"product\", \"fields\": [\"id\", \"brand.name\"], "
                        + "\"filters\": {\"brand\": {\"name\": \"Acme\"}}, \"pagination\": {\"take\": 5}}"))
                .isEqualTo(
                        "select t.\"id\", t.\"j0 id\", t.\"j0 name\" from (select t.\"id\", j0.\"id\" as \"j0 id\", "
                                + "j0.\"name\" as \"j0 name\" from \"product\".\"product\" t join \"link\".\"product_brand\" l0 on "
                                + "l0.\"product_id\" = t.\"id\" and l0.\"deleted_at\" is null join \"brand\".\"brand\" j0 on "
                                + "j0.\"id\" = l0.\"brand_id\" and j0.\"deleted_at\" is null where t.\"deleted_at\" is null and "
                                + "(j0.\"name\" = $1::text) order by t.\"id\" asc limit 64) t order by t.\"id\" asc limit $2::int8");
    }

    @Test
    void countsInTheStatementOfThePage() {
        Plan plan =
                plan("{\"entity\": \"brand\", \"fields\": [\"name\"], \"pagination\": {\"skip\": 20, \"take\": 5}}");

        assertThat(plan.single()).isTrue();
        assertThat(text(plan.root()).toString())
                .isEqualTo(
                        "select t.\"id\", t.\"name\", n.count from (select count(*) as count from \"brand\".\"brand\" t "
                                + "where t.\"deleted_at\" is null) n left join (select t.\"id\", t.\"name\" from (select t.\"id\", "
                                + "t.\"name\" from \"brand\".\"brand\" t where t.\"deleted_at\" is null order by t.\"id\" asc "
                                + "limit 64) t order by t.\"id\" asc limit $1::int8 offset $2::int8) t on true order by t.\"id\" asc");
    }

    @Test
    void readsEachListOfAllParentsAtOnce() {
        assertThat(plan("{\"entity\": \"product\", \"fields\": [\"id\", \"brand.name\", \"reviews.customer.name\", "
                                + "\"variants.sku\"], \"count\": true}")
                        .toString())
                .isEqualTo("""
                        read t.id, j0.id, j0.name
                          look up optional t.brand j0
                            count all beside
                              page
                                sort t.id asc
                                  scan product t
                          read j0.id, j0.name
                            sort t.id asc
                              look up optional t.customer j0
                                batch product.reviews t
                          read t.sku
                            sort t.id asc
                              batch product.variants t
                        """);
    }

    @Test
    void readsOneRecordWithItsOneListInOneStatement() {
        Plan plan = plan(
                "{\"entity\": \"brand\", \"fields\": [\"name\", \"products.title\"], \"filters\": {\"id\": \"b1\"}}");

        assertThat(plan.single()).isTrue();
        assertThat(plan.toString()).isEqualTo("""
                        read t.name, c.id, c.title
                          with its products
                            scan brand t where id = ?
                            sort c.id asc
                              rows of brand.products c
                        """);
        assertThat(text(plan.root()).toString())
                .contains("left join (\"link\".\"product_brand\" l0 join \"product\".\"product\" c on")
                .endsWith(
                        "where t.\"deleted_at\" is null and (t.\"id\" = $1::text) order by c.\"id\" asc limit 100001");
    }

    @Test
    void pagesANestedListPerParent() {
        Plan plan = plan("{\"entity\": \"product\", \"fields\": [\"id\", \"reviews.id\"], "
                + "\"relations\": {\"reviews\": {\"take\": 3, \"order\": {\"rating\": \"DESC\"}}}}");

        assertThat(text(plan.root().children().get(0)).toString())
                .startsWith("select k.key, t.\"id\" from unnest($1::text[]) k(key) cross join lateral (select")
                .contains("order by t.\"rating\" desc, t.\"id\" asc limit $2::int8");
    }

    @Test
    void aPageOfANestedListIsTakenForEachParent() {
        assertThat(plan("{\"entity\": \"product\", \"fields\": [\"id\", \"reviews.id\"], "
                                + "\"relations\": {\"reviews\": {\"take\": 3, \"filters\": {\"rating\": {\"$gte\": 4}}}}}")
                        .root()
                        .children()
                        .get(0))
                .satisfies(level -> assertThat(new PlanText().of(level)).isEqualTo("""
                        read t.id
                          for each parent
                            page take ?
                              sort t.id asc
                                rows of product.reviews t where rating >= ?
                        """));
    }

    @Test
    void aFilterThatIsReadIsOneLookUpAndOneThatIsNotIsACondition() {
        assertThat(plan("{\"entity\": \"product\", \"fields\": [\"brand.name\"], \"filters\": "
                                + "{\"brand\": {\"name\": \"a\"}, \"reviews\": {\"$none\": {\"rating\": 1}}}}")
                        .toString())
                .isEqualTo("""
                        read j0.id, j0.name
                          page
                            sort t.id asc
                              look up required t.brand j0 where name = ?
                                scan product t where reviews (none: rating = ?)
                        """);
    }

    @Test
    void anOrderThroughALinkIsLookedUpBeforeThePage() {
        assertThat(plan("{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"take\": 2, \"order\": "
                                + "{\"brand\": {\"name\": \"DESC_NULLS_LAST\", \"country\": \"ASC\"}}}}")
                        .toString())
                .isEqualTo("""
                        read t.id
                          page take ?
                            sort s0.name desc nulls last, s0.country asc, t.id asc
                              look up optional t.brand s0
                                scan product t
                        """);
    }

    @Test
    void deletedRowsAreSeenWhereTheyAreAskedFor() {
        Plan plan = plan("{\"entity\": \"product\", \"fields\": [\"brand.id\"], \"withDeleted\": true}");

        assertThat(plan.toString()).contains("look up best t.brand j0").contains("with deleted rows");
        assertThat(text(plan.root()).toString()).doesNotContain("is null");
    }

    @Test
    void filtersThroughLinksByExists() {
        assertThat(sql("{\"entity\": \"brand\", \"fields\": [\"id\"], \"filters\": {\"products\": {\"$every\": "
                        + "{\"price\": {\"$gt\": 5}}}}}"))
                .contains("not exists (select from \"link\".\"product_brand\" l1 join \"product\".\"product\" f0 on "
                        + "f0.\"id\" = l1.\"product_id\" and f0.\"deleted_at\" is null where l1.\"brand_id\" = t.\"id\" "
                        + "and l1.\"deleted_at\" is null and (f0.\"price\" > $1::text::numeric) is not true)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"entity\": \"prodct\", \"fields\": [\"id\"]} | did you mean 'product'?",
                "{\"entity\": \"product\", \"fields\": []} | at least one field",
                "{\"entity\": \"product\"} | at least one field",
                "{\"entity\": \"product\", \"fields\": [\"titel\"]} | did you mean 'title'?",
                "{\"entity\": \"product\", \"fields\": [\"brand.nam\"]} | brand has no field 'nam'",
                "{\"entity\": \"product\", \"fields\": [\"title.x\"]} | it has no fields of its own",
                "{\"entity\": \"product\", \"fields\": [\"\"]} | has no field ''",
                "{\"entity\": \"product\", \"fields\": [5]} | fields takes strings",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filter\": {}} | did you mean 'filters'?",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"titel\": 1}} | did you mean 'title'?",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"price\": {\"$gtt\": 1}}} | did you mean '$gt'?",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"price\": {\"$like\": \"1\"}}} | does not compare",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"price\": {}}} | has no operator",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"$orr\": []}} | unknown operator",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"$or\": {}}} | takes a list",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"brand\": \"b1\"}} | takes an object",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": 5} | filters takes an object",
                "{\"entity\": \"order\", \"fields\": [\"id\"], \"filters\": {\"q\": \"x\"}} | no @searchable field",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"order\": {\"title\": \"UP\"}}} | unknown direction 'UP'",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"order\": {\"reviews\": {\"rating\": \"ASC\"}}}} | leads to many",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"limit\": 5}} | pagination has no 'limit'",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"relations\": {\"reviews\": {\"take\": 5}}} | no list among the selected fields",
                "{\"entity\": \"product\", \"fields\": [\"brand.id\"], \"relations\": {\"brand\": {\"take\": 5}}} | no list among the selected fields",
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"withDeleted\": \"yes\"} | takes true or false"
            })
    void refusesWrongNamesWithTheNearestRightOne(String request, String message) {
        refused(request, message);
    }

    @Test
    void aReadOnlyLinkHasNoRowsOfItsOwn() {
        refused("{\"entity\": \"order_customer\", \"fields\": [\"*\"]}", "read-only", "read it as 'customer' of order");
    }

    @Test
    void refusesPathsThatAreTooLong() {
        String path = "brand.products.".repeat(6) + "id";

        refused("{\"entity\": \"product\", \"fields\": [\"" + path + "\"]}", "10 hops");
    }

    @Test
    void theKeyOfAPlanHoldsNoValues() {
        String shape =
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"title\": {\"$in\": [%s]}, \"price\": %s}}";

        String one = key(String.format(shape, "\"a\"", "1"));
        String two = key(String.format(shape, "\"b\", \"c\"", "99.5"));

        assertThat(one).isEqualTo(two);
        assertThat(key(String.format(shape, "\"a\"", "null"))).isNotEqualTo(one);
        assertThat(key(String.format(shape, "\"a\"", "[1]"))).isNotEqualTo(one);
    }

    private static String key(String request) {
        return GraphRequest.read(JsonText.object("request", JsonText.parse(request)), QueryLimits.DEFAULT)
                .key();
    }
}
