package io.vinculum.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.catalog.Catalog;
import io.vinculum.json.JsonText;
import io.vinculum.selection.GraphRequest;
import io.vinculum.selection.QueryLimits;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which plans may run on a connection that others share: those that are short whatever is in the tables. */
class ShortReadTest {
    private static final Catalog SHOP = Catalog.builder()
            .model("brand", "Brand", brand -> brand.field("id", "ID!").field("name", "String!"))
            .model("product", "Product", product -> product.field("id", "ID!").field("title", "String!"))
            .model("old", "Note", note -> note.adopted().field("id", "ID!").field("text", "String"))
            .link("ProductBrand", link -> link.field("products", "[Product!]!").field("brand", "Brand"))
            .link("NoteProduct", link -> link.field("notes", "[Note!]!").field("product", "Product"))
            .build();

    private static Optional<Level.Read> shortOf(String request) {
        GraphRequest.Planned planned =
                GraphRequest.plan(JsonText.object("request", JsonText.parse(request)), SHOP, QueryLimits.DEFAULT);
        return ShortRead.of((Level.Read)
                Planner.plan(planned.selection(), QueryLimits.DEFAULT, Set.of()).root());
    }

    @Test
    void oneRecordByItsKeyIsShort() {
        String request =
                "{\"entity\": \"product\", \"fields\": [\"title\", \"brand.name\"], \"filters\": {\"id\": \"p1\"}}";

        assertThat(shortOf(request)).isPresent();
    }

    @Test
    void ofItsOneListSomeRowsAreRead() {
        Level.Read read = shortOf(
                        "{\"entity\": \"brand\", \"fields\": [\"name\", \"products.title\"], \"filters\": {\"id\": \"b1\"}}")
                .orElseThrow();

        assertThat(PlanSql.print(read).toString()).endsWith(" limit 257");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"entity\": \"product\", \"fields\": [\"title\"]}",
                "{\"entity\": \"product\", \"fields\": [\"title\"], \"filters\": {\"id\": [\"p1\", \"p2\"]}}",
                "{\"entity\": \"product\", \"fields\": [\"title\"], \"filters\": {\"id\": \"p1\", \"title\": {\"$re\": \"(a*)*b\"}}}",
                "{\"entity\": \"product\", \"fields\": [\"title\"], \"filters\": {\"id\": \"p1\", \"brand\": {\"name\": \"x\"}}}",
                "{\"entity\": \"product\", \"fields\": [\"title\", \"brand.name\"], \"filters\": {\"id\": \"p1\"}, \"withDeleted\": true}",
                "{\"entity\": \"brand\", \"fields\": [\"products.title\"], \"filters\": {\"id\": \"b1\"}, \"relations\": {\"products\": {\"filters\": {\"title\": {\"$re\": \"(a*)*b\"}}}}}",
                "{\"entity\": \"note\", \"fields\": [\"text\"], \"filters\": {\"id\": \"n1\"}}",
                "{\"entity\": \"product\", \"fields\": [\"notes.text\"], \"filters\": {\"id\": \"p1\"}}",
                "{\"entity\": \"brand\", \"fields\": [\"products.notes.text\"], \"filters\": {\"id\": \"b1\"}}"
            })
    void whatMayBeLongIsNot(String request) {
        assertThat(shortOf(request)).isEmpty();
    }
}
