package io.vinculum.write;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a caller is told of a rule that PostgreSQL holds. */
class BrokenRuleIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.with(Catalog.builder()
            .model(
                    "shop",
                    "Item",
                    item -> item.table("item")
                            .field("id", "ID!")
                            .field("code", "String!", code -> code.column("sku").unique()))
            .model(
                    "stock",
                    "StockItem",
                    item -> item.table("item")
                            .field("id", "ID!")
                            .field(
                                    "number",
                                    "String!",
                                    code -> code.column("sku").unique()))
            .model("stock", "Box", box -> box.field("id", "ID!").field("item", "StockItem!"))
            .build());

    private static Object ask(String address, String body) {
        return shop.ask(address, new JsonObject(body));
    }

    @Test
    void tablesOfOneNameInTwoSchemasAreToldApart() {
        for (String[] one : new String[][] {{"shop", "item", "code"}, {"stock", "stock_item", "number"}}) {
            String body = "{\"model\": \"" + one[1] + "\", \"data\": {\"" + one[2] + "\": \"x\"}}";
            ask("module." + one[0] + ".create", body);
            assertThatThrownBy(() -> ask("module." + one[0] + ".create", body))
                    .hasMessageContaining("DUPLICATE: there is another " + one[1] + " with " + one[2] + " 'x' already");
        }
    }

    @Test
    void aRecordThatIsReferredToSaysByWhat() {
        ask("module.stock.create", "{\"model\": \"stock_item\", \"data\": {\"id\": \"i1\", \"number\": \"x\"}}");
        ask("module.stock.create", "{\"model\": \"box\", \"data\": {\"item_id\": \"i1\"}}");

        assertThatThrownBy(() -> ask("module.stock.delete", "{\"model\": \"stock_item\", \"ids\": [\"i1\"]}"))
                .hasMessageContaining(
                        "CONFLICT: the stock_item 'i1' cannot be deleted: records of box still refer to it");
    }

    @Test
    void aRecordThatAForeignTableRefersToNamesNoTable() {
        ask("module.stock.create", "{\"model\": \"stock_item\", \"data\": {\"id\": \"i1\", \"number\": \"x\"}}");
        shop.sql(
                "create table public.audit (item text references stock.item (id)); insert into public.audit values ('i1')");

        assertThatThrownBy(() -> ask("module.stock.delete", "{\"model\": \"stock_item\", \"ids\": [\"i1\"]}"))
                .hasMessageContaining("records that are not declared here still refer to it")
                .hasMessageNotContaining("audit");
        shop.sql("drop table public.audit");
    }
}
