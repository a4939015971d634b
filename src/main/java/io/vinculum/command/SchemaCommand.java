package io.vinculum.command;

import io.vertx.core.json.JsonObject;
import io.vinculum.graphql.Schema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the GraphQL schema. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the generated GraphQL schema as SDL, sorted.",
        footer = {"", "Example: vinculum schema --graph ./graphql > schema.graphql"})
public final class SchemaCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        String sdl = Schema.of(graph.catalog()).sdl().strip();
        json.print(new JsonObject().put("sdl", sdl), () -> json.out().println(sdl));
        return 0;
    }
}
