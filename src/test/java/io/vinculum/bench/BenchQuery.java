package io.vinculum.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What is asked, in each of the ways there are; the parameter is drawn anew for every request. */
enum BenchQuery {
    /** One product with its brand. */
    Q1(Parameter.PRODUCT, Root.PRODUCT, "id title " + Part.BRAND, "product(id: $p)", "$p: ID!"),
    /** Fifty products with their brands, from a key on. */
    Q2(
            Parameter.PRODUCT,
            Root.PRODUCT,
            "id title " + Part.BRAND,
            "products(filters: {id: {gte: $p}}, take: 50)",
            "$p: ID!"),
    /** The same from one of the first ten pages, counted. */
    Q2COUNT(Parameter.PAGE, Root.PRODUCT, "id title " + Part.BRAND, "", ""),
    /** The same from any page, not counted. */
    Q2DEEP(Parameter.DEEP, Root.PRODUCT, "id title " + Part.BRAND, "products(skip: $p, take: 50)", "$p: Int!"),
    /** The same from any page, counted. */
    Q2DEEPCOUNT(Parameter.DEEP, Root.PRODUCT, "id title " + Part.BRAND, "", ""),
    /** One brand with its 20 products. */
    Q3(Parameter.BRAND, Root.BRAND, "id name products { id title }", "brand(id: $p)", "$p: ID!"),
    /** Twenty products with their brands and their 60 reviews, from a key on. */
    Q4(
            Parameter.PRODUCT,
            Root.PRODUCT,
            "id title " + Part.BRAND + Part.REVIEWS,
            "products(filters: {id: {gte: $p}}, take: 20)",
            "$p: ID!"),
    /** The same from one of the first ten pages, counted. */
    Q4COUNT(Parameter.PAGE, Root.PRODUCT, "id title " + Part.BRAND + Part.REVIEWS, "", ""),
    /** The 20 products of the brand with a name. */
    Q5(
            Parameter.BRAND_NAME,
            Root.PRODUCT,
            "id title " + Part.BRAND,
            "products(filters: {brand: {name: {eq: $p}}})",
            "$p: String!"),
    /** A hundred products with three lists each: 300 reviews, 200 variants, 300 categories. */
    LISTS(
            Parameter.PRODUCT,
            Root.PRODUCT,
            "id title reviews { id rating } variants { id sku } categories { id name }",
            "products(filters: {id: {gte: $p}}, take: 100)",
            "$p: ID!"),
    /** Ten thousand products with their brands: as many root rows as one answer may have. */
    ALL(
            Parameter.FIRST,
            Root.PRODUCT,
            "id title " + Part.BRAND,
            "products(filters: {id: {gte: $p}}, take: 10000)",
            "$p: ID!");

    private final Parameter parameter;
    private final Root root;
    private final String selection;
    private final String field;
    private final String variable;

    enum Root {
        PRODUCT,
        BRAND
    }

    private enum Parameter {
        PRODUCT,
        FIRST,
        PAGE,
        DEEP,
        BRAND,
        BRAND_NAME
    }

    private static final class Part {
        static final String BRAND = "brand { id name created_at updated_at deleted_at } ";
        static final String REVIEWS = "reviews { id title rating content created_at updated_at deleted_at }";
    }

    BenchQuery(Parameter parameter, Root root, String selection, String field, String variable) {
        this.parameter = parameter;
        this.root = root;
        this.selection = selection;
        this.field = field;
        this.variable = variable;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How many root rows it asks for. */
    int take() {
        return switch (this) {
            case Q1, Q3 -> 1;
            case Q4, Q4COUNT -> 20;
            case LISTS -> 100;
            case ALL -> 10_000;
            default -> 50;
        };
    }

    Object draw(BenchRows rows) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return switch (parameter) {
            case PRODUCT -> rows.anyProduct();
            case FIRST -> rows.firstProduct();
            case PAGE -> random.nextInt(10) * take();
            case DEEP -> random.nextInt(rows.products() / take()) * take();
            case BRAND -> rows.anyBrand();
            case BRAND_NAME -> rows.anyBrandName();
        };
    }

    /** Whether the parameter is a number of rows to skip. */
    boolean paged() {
        return parameter == Parameter.PAGE || parameter == Parameter.DEEP;
    }

    boolean counted() {
        return name().endsWith("COUNT");
    }

    /** The body of a typed GraphQL request; the typed API has no count beside the rows. */
    Optional<JsonObject> typed(Object value) {
        return field.isEmpty()
                ? Optional.empty()
                : Optional.of(new JsonObject()
                        .put("query", "query(" + variable + ") { " + field + " { " + selection + " } }")
                        .put("variables", new JsonObject().put("p", value)));
    }

    /** The body of {@code query.graph}; a page with {@code skip} is always counted there. */
    Optional<JsonObject> graph(Object value) {
        if (paged() && !counted()) {
            return Optional.empty();
        }
        JsonObject request = new JsonObject()
                .put("entity", root.name().toLowerCase(Locale.ROOT))
                .put("fields", paths());
        JsonObject pagination = new JsonObject().put("take", take());
        if (paged()) {
            return Optional.of(request.put("pagination", pagination.put("skip", value)));
        }
        request.put("filters", filters(value));
        return Optional.of(this == Q1 || this == Q3 || this == Q5 ? request : request.put("pagination", pagination));
    }

    private JsonObject filters(Object value) {
        return switch (this) {
            case Q1, Q3 -> new JsonObject().put("id", value);
            case Q5 -> new JsonObject().put("brand", new JsonObject().put("name", value));
            default -> new JsonObject().put("id", new JsonObject().put("$gte", value));
        };
    }

    private JsonArray paths() {
        return switch (this) {
            case Q3 -> new JsonArray(List.of("id", "name", "products.id", "products.title"));
            case Q4, Q4COUNT -> new JsonArray(List.of("id", "title", "brand.*", "reviews.*"));
            case LISTS ->
                new JsonArray(List.of(
                        "id",
                        "title",
                        "reviews.id",
                        "reviews.rating",
                        "variants.id",
                        "variants.sku",
                        "categories.id",
                        "categories.name"));
            default -> new JsonArray(List.of("id", "title", "brand.*"));
        };
    }

    /** The same through the GraphQL field {@code graph}. */
    Optional<JsonObject> graphOverHttp(Object value) {
        String document = "query($e: String!, $f: [String!]!, $r: JSON, $p: JSON)"
                + " { graph(entity: $e, fields: $f, filters: $r, pagination: $p) { data metadata } }";
        return graph(value)
                .map(request -> new JsonObject()
                        .put("query", document)
                        .put(
                                "variables",
                                new JsonObject()
                                        .put("e", request.getString("entity"))
                                        .put("f", request.getJsonArray("fields"))
                                        .put("r", request.getJsonObject("filters"))
                                        .put("p", request.getJsonObject("pagination"))));
    }
}
