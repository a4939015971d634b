package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Over a limit is a failure, never a silent cut. */
class QueryLimitsIT {
    @RegisterExtension
    static final TestDatabase small = TestDatabase.with(
            Catalog.builder()
                    .model("a", "Alpha", alpha -> alpha.field("id", "Int!"))
                    .model("b", "Beta", beta -> beta.field("id", "Int!"))
                    .link("AlphaBeta", link -> link.field("alphas", "[Alpha!]!").field("betas", "[Beta!]!"))
                    .build(),
            new QueryLimits(3, 5, 4, 10, 25, 1 << 20, 8 << 20, 1 << 20, Duration.ofSeconds(10)));

    @BeforeEach
    void fill() {
        small.sql(
                "insert into a.alpha (id) select generate_series(1, 12); insert into b.beta (id) select generate_series(1, 9);"
                        + "insert into link.alpha_beta (alpha_id, beta_id, id) select a.id, b.id, 'l' || a.id || '-' || b.id "
                        + "from a.alpha a, b.beta b");
    }

    private static void refused(String request, String... parts) {
        assertThatThrownBy(() -> small.data(request)).hasMessageContainingAll(parts);
    }

    @Test
    void moreRootRowsThanAllowedAreTooLarge() {
        refused("{\"entity\": \"alpha\", \"fields\": [\"id\"]}", "TOO_LARGE", "more than 10 rows");
        assertThat(small.data("{\"entity\": \"alpha\", \"fields\": [\"id\"], \"pagination\": {\"take\": 10}}"))
                .hasSize(10);
        refused("{\"entity\": \"alpha\", \"fields\": [\"id\"], \"pagination\": {\"take\": 1000000}}", "TOO_LARGE");
    }

    @Test
    void moreRowsInAllThanAllowedAreTooLarge() {
        refused("{\"entity\": \"alpha\", \"fields\": [\"betas.id\"], \"pagination\": {\"take\": 3}}", "TOO_LARGE");
        assertThat(small.data("{\"entity\": \"alpha\", \"fields\": [\"betas.id\"], \"pagination\": {\"take\": 2}}"))
                .hasSize(2);
    }

    @Test
    void moreFieldsHopsOrConditionsThanAllowedAreTooComplex() {
        refused("{\"entity\": \"alpha\", \"fields\": [\"id\", \"id\", \"id\", \"id\", \"id\", \"id\"]}", "TOO_COMPLEX");
        refused("{\"entity\": \"alpha\", \"fields\": [\"betas.alphas.betas.alphas.id\"]}", "TOO_COMPLEX", "3 hops");
        refused("""
                {"entity": "alpha", "fields": ["id"], "filters": {"betas": {"alphas": {"betas": {"alphas": {}}}}}}""", "TOO_COMPLEX");
        refused("""
                {"entity": "alpha", "fields": ["id"], "filters": {"$or": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]}}""", "TOO_COMPLEX");
    }
}
