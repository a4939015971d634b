package io.vinculum.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.failure.Failure;
import io.vinculum.graphql.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdlReaderTest {
    @TempDir
    private Path folder;

    private void file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> GraphFolder.read(folder))
                .isInstanceOf(Failure.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void theSampleShopShowsEachKindOfLink() {
        Catalog shop = GraphFolder.read(Path.of("graphql"));

        assertThat(shop.modules()).containsOnlyKeys("blog", "brand", "customer", "order", "product", "review");
        assertThat(shop.links()).hasSize(8);
        assertThat(shop.link("order_customer").readOnly()).isTrue();
        assertThat(shop.link("review_customer").checked()).isTrue();
        assertThat(shop.entity("products").relations())
                .containsKeys(
                        "variants", "collections", "brand", "brand_link", "reviews", "reviews_link", "recommends");
    }

    @Test
    void aLinkAppearsOnBothSidesAndAsItsRow() {
        Catalog shop = GraphFolder.read(Path.of("graphql"));
        Relation brand = shop.entity("product").relations().get("brand");
        Relation products = shop.entity("brand").relations().get("products");

        assertThat(brand.list()).isFalse();
        assertThat(products.list()).isTrue();
        assertThat(shop.entity("brand").relations().get("products_link").list()).isTrue();
        assertThat(shop.entity("product_brand").relations()).containsOnlyKeys("product", "brand");
        assertThat(shop.entity("product_brand").fields())
                .containsOnlyKeys("product_id", "brand_id", "featured", "id", "created_at", "updated_at", "deleted_at");
    }

    @Test
    void aSelfLinkIsNamedByItsFields() {
        Catalog shop = GraphFolder.read(Path.of("graphql"));

        assertThat(shop.entity("related_products").fields()).containsKeys("recommended_by_id", "recommends_id", "rank");
        assertThat(shop.entity("related_products").relations()).containsOnlyKeys("recommended_by", "recommends");
    }

    @Test
    void cardinalityIsAPartialUniqueIndex() {
        Catalog shop = GraphFolder.read(Path.of("graphql"));

        assertThat(shop.entity("product_brand").indexes())
                .anySatisfy(index -> {
                    assertThat(index.fields()).extracting(Field::name).containsExactly("product_id");
                    assertThat(index.unique()).isTrue();
                    assertThat(index.live()).isTrue();
                })
                .anySatisfy(index ->
                        assertThat(index.fields()).extracting(Field::name).containsExactly("brand_id", "product_id"));
    }

    @Test
    void allErrorsOfAFolderComeAtOnceWithTheirPlaces() {
        file("modules/product.graphqls", """
                type Product {
                  id: ID!
                  title: Strng!
                  created_at: DateTime
                  brand: Brand
                  status: String @uniq
                }
                """);
        file("modules/brand.graphqls", "type Brand {\n  name: String!\n}\n");
        file("modules/broken.graphqls", "type Broken {\n  id: ID!\n");
        file("links/product_brand.graphqls", """
                type ProductBrand @link { products: [Product!]!  brand: Brand }
                type Second @link { products: [Product!]!  brand: Brand }
                """);

        refused(
                "modules/product.graphqls:3: Product.title is of an unknown type 'Strng'; did you mean 'String'?",
                "modules/product.graphqls:4: 'created_at' is on every model by itself",
                "modules/product.graphqls:5: Product.brand leads to Brand of the module 'brand'; modules are joined by a link",
                "modules/product.graphqls:6: Product.status has an unknown directive '@uniq'; did you mean 'unique'?",
                "modules/brand.graphqls:1: Brand has no key",
                "modules/broken.graphqls:",
                "links/product_brand.graphqls:2: a second link, Second, in the same file");
    }

    @Test
    void directivesThatAreUnknownOrLackTheirArgumentAreNeverIgnored() {
        file("modules/product.graphqls", """
                enum Status {
                  draft @deprecatd(reason: "x")
                  published @deprecated(why: "x")
                }
                enum Size @internal { small }
                type Product @table {
                  id: ID!
                  a: String @default
                  b: String @column
                  c: Variant @relation
                }
                type Variant { id: ID! }
                """);

        refused(
                "modules/product.graphqls:2: Status.draft has an unknown directive '@deprecatd'; did you mean 'deprecated'?",
                "modules/product.graphqls:3: @deprecated has no argument 'why'; known: reason",
                "modules/product.graphqls:5: the enum Size has an unknown directive '@internal'",
                "modules/product.graphqls:6: @table needs (name: \"…\")",
                "modules/product.graphqls:8: @default needs (value: \"…\")",
                "modules/product.graphqls:9: @column needs (name: \"…\")",
                "modules/product.graphqls:10: @relation needs (mappedBy: \"…\") or (table: \"…\")");
    }

    @Test
    void aFileOfAnotherEndingIsNotLeftOutSilently() {
        file("modules/product.graphqls", "type Product { id: ID! }");
        file("modules/brand.graphql", "type Brand { id: ID! }");
        file("modules/notes.md", "Notes.");
        file("links/product_brand.graphql", "type ProductBrand @link { products: [Product!]! brand: Brand }");

        refused(
                "links/product_brand.graphql:1: a file of links ends in .graphqls; rename it to product_brand.graphqls",
                "modules/brand.graphql:1: a file of modules ends in .graphqls; rename it to brand.graphqls");
    }

    @Test
    void anUnknownTypeInALinkIsNamedWithTheNearest() {
        file("modules/product.graphqls", "type Product { id: ID! }");
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("links/product_brand.graphqls", "type ProductBrand @link {\n  products: [Prodct!]!\n  brand: Brand\n}");

        refused(
                "links/product_brand.graphqls:2: ProductBrand.products is of an unknown type 'Prodct'; did you mean 'Product'?");
    }

    @Test
    void whatIsDeprecatedIsSoInTheGraphqlSchema() {
        file("modules/product.graphqls", """
                enum Status { draft @deprecated(reason: "Use hidden.") hidden }
                type Product {
                  id: ID!
                  status: Status @deprecated
                  variants: [Variant!]! @relation(mappedBy: "product") @deprecated(reason: "Gone soon.")
                }
                type Variant { id: ID! product: Product! }
                """);
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("links/product_brand.graphqls", """
                type ProductBrand @link {
                  products: [Product!]!
                  brand: Brand @deprecated(reason: "Use maker.")
                  rank: Int @deprecated(reason: "Never used.")
                }
                """);

        assertThat(Schema.of(GraphFolder.read(folder)).sdl())
                .contains(
                        "draft @deprecated(reason : \"Use hidden.\")",
                        "status: Status @deprecated(reason : \"No longer supported\")",
                        ": [Variant!]! @deprecated(reason : \"Gone soon.\")",
                        "brand: Brand @deprecated(reason : \"Use maker.\")",
                        "rank: Int @deprecated(reason : \"Never used.\")");
    }

    @Test
    void linksOfManagedTablesInThisDatabaseAreCheckedUnlessTheySayOtherwise() {
        file("modules/product.graphqls", "type Product { id: ID! }");
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("modules/rating.graphqls", "type Rating @remote { id: ID! }");
        file("links/a.graphqls", "type MadeBy @link { products: [Product!]! brand: Brand }");
        file("links/b.graphqls", "type SoldBy @link(checked: false) { offers: [Product!]! seller: Brand }");
        file(
                "links/c.graphqls",
                "type OwnedBy @link(table: \"public.o\", managed: false) { owned: [Product!]! owner: Brand }");
        file("links/d.graphqls", "type Rated @link { rated: [Product!]! rating: Rating }");
        file("links/e.graphqls", "type KeptBy @link(checked: true) { kept: [Product!]! keeper: Brand }");
        Catalog catalog = GraphFolder.read(folder);

        assertThat(catalog.links().values().stream().filter(io.vinculum.catalog.Link::checked))
                .extracting(io.vinculum.catalog.Link::name)
                .containsExactlyInAnyOrder("made_by", "kept_by");
    }

    @Test
    void aLinkWhoseRecordsCannotBeHeldCannotBeChecked() {
        file("modules/product.graphqls", "type Product { id: ID!\n brand_id: ID }");
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("modules/rating.graphqls", "type Rating @remote { id: ID! }");
        file(
                "links/a.graphqls",
                "type OwnedBy @link(table: \"public.o\", managed: false, checked: true) { owned: [Product!]! owner: Brand }");
        file("links/b.graphqls", "# first\ntype Rated @link(checked: true) { rated: [Product!]! rating: Rating }");
        file(
                "links/c.graphqls",
                "type MadeBy @link(key: \"brand_id\", checked: true) { made: [Product!]! maker: Brand }");

        refused(
                "links/a.graphqls:1: OwnedBy cannot be checked: its table is adopted",
                "links/b.graphqls:2: Rated cannot be checked: Rating is not in this database",
                "links/c.graphqls:1: MadeBy is read-only");
    }

    @Test
    void aTakenNameNamesBothPlaces() {
        file("modules/product.graphqls", "type Product {\n  id: ID!\n  brand: String\n}\n");
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("links/product_brand.graphqls", "type ProductBrand @link {\n  products: [Product!]!\n  brand: Brand\n}\n");

        refused(
                "links/product_brand.graphqls:3: Product has a field 'brand' already, declared at modules/product.graphqls:1");
    }

    @Test
    void theSameModelsMayBeLinkedTwiceByOtherNames() {
        file("modules/product.graphqls", "type Product { id: ID! }");
        file("modules/brand.graphqls", "type Brand { id: ID! }");
        file("links/a.graphqls", "type MadeBy @link { products: [Product!]! brand: Brand }");
        file("links/b.graphqls", "type SoldBy @link { offers: [Product!]! seller: Brand }");

        assertThat(GraphFolder.read(folder).entity("product").relations()).containsKeys("brand", "seller");
    }

    @Test
    void aPluralThatIsItsSingularNeedsAnotherName() {
        file("modules/people.graphqls", "type Staff @model(plural: \"staff\") { id: ID! }");

        refused("the plural of the model Staff is 'staff' too");
    }

    @Test
    void namesOfGraphqlAndOfVinculumAreTaken() {
        file("modules/a.graphqls", """
                enum Colour { red }
                type Query { id: ID! }
                type Link { id: ID! }
                type Graph { id: ID! }
                type Thing {
                  id: ID!
                  and: String
                  late: String @column(name: "created_at")
                }
                """);

        refused(
                "modules/a.graphqls:2: the name 'Query' belongs to",
                "modules/a.graphqls:3: the model Link would hide",
                "modules/a.graphqls:4: the model Graph would hide",
                "modules/a.graphqls:7: 'and' is a word of filters",
                "modules/a.graphqls:8: the column 'created_at' is there twice");
    }

    @Test
    void aDefaultMustFitItsType() {
        file("modules/product.graphqls", "type Product {\n  id: ID!\n  stock: Int! @default(value: \"many\")\n}");

        refused("modules/product.graphqls:3: the default of Product.stock takes an Int");
    }

    @Test
    void aReadOnlyLinkNeedsAFieldOfTheRightType() {
        file("modules/order.graphqls", "type Order { id: ID!  customer: Int }");
        file("modules/customer.graphqls", "type Customer { id: ID! }");
        file(
                "links/order_customer.graphqls",
                "type OrderCustomer @link(key: \"customer\") { orders: [Order!]! buyer: Customer }");

        refused("Order.customer is Int, but the key of Customer is ID");
    }

    @Test
    void aFolderWithoutModulesIsRefused() {
        refused("has no folder 'modules'");
    }

    @Test
    void theBuilderDeclaresTheSameInJava() {
        Catalog catalog = Catalog.builder()
                .enumeration("Status", "draft", "published")
                .model(
                        "product",
                        "Product",
                        product -> product.field("id", "ID!")
                                .field("title", "String!", title -> title.searchable())
                                .field("status", "Status!", status -> status.defaultValue("draft"))
                                .field("variants", "[Variant!]!", variants -> variants.mappedBy("product")))
                .model(
                        "product",
                        "Variant",
                        variant -> variant.field("id", "Int!").field("product", "Product!"))
                .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                .link(
                        "ProductBrand",
                        link -> link.field("products", "[Product!]!").field("brand", "Brand"))
                .build();

        assertThat(catalog.entity("product").relations()).containsKeys("variants", "brand");
        assertThat(catalog.entity("variant").fields()).containsKey("product_id");
        assertThatThrownBy(() -> catalog.entity("prodct")).hasMessageContaining("did you mean 'product'?");
    }
}
