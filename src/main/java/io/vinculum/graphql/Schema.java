package io.vinculum.graphql;

import graphql.schema.GraphQLSchema;
import graphql.schema.idl.SchemaPrinter;
import io.vinculum.catalog.Catalog;
import java.util.Map;
import java.util.Set;

/**
 * The GraphQL schema of a catalog, with the meaning of its root fields.
 *
 * @param roots by field name; names of queries and mutations never collide
 */
public record Schema(GraphQLSchema graphql, Map<String, RootField> roots) {
    private static final Set<String> SHOWN_DIRECTIVES = Set.of("deprecated", "specifiedBy");

    /** Makes the schema of a catalog. */
    public static Schema of(Catalog catalog) {
        return new SchemaBuilder(catalog).build();
    }

    /** The schema as SDL, sorted by name. */
    public String sdl() {
        SchemaPrinter.Options options = SchemaPrinter.Options.defaultOptions()
                .includeScalarTypes(true)
                .includeSchemaDefinition(false)
                .includeDirectiveDefinitions(false)
                .includeDirectives(SHOWN_DIRECTIVES::contains);
        return new SchemaPrinter(options).print(graphql);
    }
}
