package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import graphql.GraphQL;
import graphql.execution.CoercedVariables;
import graphql.introspection.IntrospectionQuery;
import graphql.introspection.IntrospectionQueryBuilder;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import io.vertx.core.json.JsonObject;
import io.vinculum.declare.GraphFolder;
import io.vinculum.json.JsonBytes;
import io.vinculum.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written is what graphql-java answers. */
class SchemaWriterTest {
    private static final GraphQLSchema SHOP =
            Schema.of(GraphFolder.read(Path.of("graphql"))).graphql();

    /** Everything that a schema can hold, and ours may some day. */
    private static final GraphQLSchema ALL_KINDS = generated("""
            "The root." type Query { node(id: ID! = "x", old: Int @deprecated(reason: "No.")): Node  u: U  e(in: In): [E!]! }
            interface Node { id: ID! }
            interface Named implements Node { id: ID! name: String @deprecated }
            type A implements Node & Named { id: ID! name: String }
            type B implements Node { id: ID! }
            union U = A | B
            enum E { a "Second." b @deprecated(reason: "Use a.") }
            input In { a: Int = 5  b: [E!] = [a, b]  c: In  d: String = "x\\"y"  e: Float @deprecated }
            input One @oneOf { a: Int b: Int }
            type Mutation { one(one: One): Url }
            scalar Url @specifiedBy(url: "https://url.spec.whatwg.org")
            directive @mine(reason: String = "so") repeatable on FIELD | QUERY
            """);

    private static GraphQLSchema generated(String sdl) {
        TypeDefinitionRegistry types = new SchemaParser().parse(sdl);
        return new SchemaGenerator().makeExecutableSchema(types, RuntimeWiring.MOCKED_WIRING);
    }

    private static String written(GraphQLSchema schema, String text, Map<String, Object> variables) {
        ParsedDocument document = ParsedDocument.parse(text, schema, DocumentLimits.DEFAULT);
        OperationDefinition operation = document.operation(null);
        CoercedVariables values = CoercedVariables.of(variables);
        FieldCollector collector = new FieldCollector(document, values, 2_000);
        JsonBytes out = new JsonBytes(1_024);
        new SchemaWriter(schema, out, null)
                .root(AskedField.of(collector.collect(List.of(operation.getSelectionSet())), collector, values));
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private static void assertSame(GraphQLSchema schema, String text) {
        Object expected = GraphQL.newGraphQL(schema).build().execute(text).getData();

        assertThat(new JsonObject(written(schema, text, Map.of())).encodePrettily())
                .isEqualTo(new JsonObject(JsonText.encode(expected)).encodePrettily());
    }

    @Test
    void theQueryOfEveryToolIsAnsweredAlike() {
        assertSame(SHOP, IntrospectionQuery.INTROSPECTION_QUERY);
        assertSame(ALL_KINDS, IntrospectionQuery.INTROSPECTION_QUERY);
    }

    @Test
    void everyFieldIsAnsweredAlike() {
        String all = IntrospectionQueryBuilder.build(IntrospectionQueryBuilder.Options.defaultOptions()
                .descriptions(true)
                .specifiedByUrl(true)
                .isOneOf(true)
                .directiveIsRepeatable(true)
                .schemaDescription(true)
                .inputValueDeprecation(true)
                .typeRefFragmentDepth(9));

        assertSame(SHOP, all);
        assertSame(ALL_KINDS, all);
    }

    @Test
    void whatIsDeprecatedIsLeftOutUnlessItIsAskedFor() {
        for (String argument : new String[] {"", "(includeDeprecated: false)", "(includeDeprecated: true)"}) {
            assertSame(
                    ALL_KINDS,
                    "{ __typename a: __type(name: \"Named\") { __typename fields" + argument + " { name } } }");
            assertSame(ALL_KINDS, "{ __type(name: \"E\") { enumValues" + argument + " { name __typename } } }");
            assertSame(ALL_KINDS, "{ __type(name: \"In\") { inputFields" + argument + " { name defaultValue } } }");
            assertSame(ALL_KINDS, "{ __type(name: \"Nothing\") { fields" + argument + " { name } } }");
        }
    }

    @Test
    void argumentsMayBeVariables() {
        String text =
                "query($n: String!, $d: Boolean, $s: Boolean!) { __type(name: $n) { name fields(includeDeprecated: $d) { name } description @skip(if: $s) } }";

        assertThat(written(ALL_KINDS, text, Map.of("n", "Named", "d", true, "s", true)))
                .isEqualTo("{\"__type\":{\"name\":\"Named\",\"fields\":[{\"name\":\"id\"},{\"name\":\"name\"}]}}");
    }
}
