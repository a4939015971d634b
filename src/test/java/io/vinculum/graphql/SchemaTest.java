package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.declare.GraphFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SchemaTest {
    @Test
    void aDeclaredTypeKeepsItsNameBesideAGeneratedOne() {
        Catalog catalog = Catalog.builder()
                .model("customer", "Customer", customer -> customer.field("id", "ID!"))
                .model("order", "Order", order -> order.field("id", "ID!"))
                .link(
                        "CustomerOrder",
                        link -> link.field("customer", "Customer").field("orders", "[Order!]!"))
                .build();

        assertThat(Schema.of(catalog).sdl())
                .contains(
                        "type CustomerOrder {",
                        "input CustomerOrderInput {",
                        "customers(filters: CustomerFilters, order: [CustomerOrderInput!]");
    }

    @Test
    void twoDeclarationsOfOneOperationAreRefused() {
        Catalog twice = Catalog.builder()
                .model("a", "Thing", thing -> thing.field("id", "ID!").plural("odd_things"))
                .model("b", "Other", other -> other.field("id", "ID!").plural("oddThings"))
                .build();

        assertThatThrownBy(() -> Schema.of(twice)).hasMessageContaining("the operation 'oddThings'");
    }

    @Test
    void theSchemaOfTheSampleHoldsEveryKindOfOperation() {
        String sdl = Schema.of(GraphFolder.read(Path.of("graphql"))).sdl();

        assertThat(sdl)
                .contains("product(id: ID!): Product\n")
                .contains("orders(filters: OrderFilters, order: [OrderOrder!], skip: Int, take: Int): [Order!]!")
                .contains("softDeleteProducts(ids: [ID!]!): [ID!]!")
                .contains(
                        "createRelatedProducts(data: RelatedProductsData, recommended_by_id: ID!, recommends_id: ID!): RelatedProducts!")
                .contains("\"Before tax, in euros.\"")
                .doesNotContain("createOrderCustomer");
    }
}
