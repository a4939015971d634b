package io.vinculum.command;

import io.vinculum.graphql.Schema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the GraphQL schema. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the generated GraphQL schema as SDL, sorted.",
        footer = {"", "Example: vinculum schema --graph ./graphql > schema.graphql"})
public final class SchemaCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(Schema.of(graph.catalog()).sdl().strip());
        return 0;
    }
}
