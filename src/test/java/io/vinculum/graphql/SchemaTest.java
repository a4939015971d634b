package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import io.vinculum.catalog.Catalog;
import io.vinculum.declare.GraphFolder;
import io.vinculum.testing.LargeCatalog;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    /** Each of thousands of models would carry what nobody can ask for. */
    @Test
    void noTypeIsUnused() {
        GraphQLSchema schema = Schema.of(LargeCatalog.of(30, 40)).graphql();
        Set<String> used = new HashSet<>(Set.of("Query", "Mutation"));
        Deque<GraphQLNamedType> open = new ArrayDeque<>();
        used.forEach(name -> open.add((GraphQLNamedType) schema.getType(name)));
        while (!open.isEmpty()) {
            for (GraphQLNamedType type : leadsTo(open.pop())) {
                if (used.add(type.getName())) {
                    open.add(type);
                }
            }
        }

        assertThat(schema.getAllTypesAsList())
                .extracting(GraphQLNamedType::getName)
                .filteredOn(name -> !name.startsWith("__"))
                .containsExactlyInAnyOrderElementsOf(used);
    }

    private static List<GraphQLNamedType> leadsTo(GraphQLNamedType type) {
        List<GraphQLType> next = new ArrayList<>();
        if (type instanceof GraphQLObjectType object) {
            object.getFieldDefinitions().forEach(field -> {
                next.add(field.getType());
                field.getArguments().forEach(argument -> next.add(argument.getType()));
            });
        } else if (type instanceof GraphQLInputObjectType input) {
            input.getFieldDefinitions().forEach(field -> next.add(field.getType()));
        }
        return next.stream()
                .map(one -> (GraphQLNamedType) GraphQLTypeUtil.unwrapAll(one))
                .toList();
    }

    @Test
    void argumentsHaveTheirTypesWhateverTheModelsHold() {
        Catalog texts = Catalog.builder()
                .model("m", "Note", note -> note.field("id", "ID!").field("text", "String"))
                .build();

        assertThat(Schema.of(texts).graphql().getType("Int")).isNotNull();
    }
}
