package io.vinculum.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, as a person types them. */
class CommandLineIT {
    private static String database;

    @TempDir
    private Path folder;

    private record Ran(int status, String out, String err) {}

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
    }

    private Ran run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private Ran run(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = VinculumCommand.run(
                arguments,
                environment,
                folder.resolve("vinculum.yaml"),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
        return new Ran(status, out.toString(), err.toString());
    }

    @Test
    void everyCommandExplainsItselfWithAnExample() {
        for (String command : new String[] {"serve", "migrate", "load", "schema", "query", "doctor", "workflow"}) {
            Ran ran = run(command, "--help");
            assertThat(ran.status()).isZero();
            assertThat(ran.out()).contains("Usage: vinculum " + command).contains("Example: vinculum " + command);
        }
        assertThat(run("--help").out()).contains("migrate", "doctor");
        assertThat(run("--version").out()).contains("Vinculum");
        Ran bare = run("workflow");
        assertThat(bare.status()).isEqualTo(2);
        assertThat(bare.err()).contains("workflow takes one of: list, show, run, cancel, retry");
        assertThat(run("workflow", "list", "--url", "http://127.0.0.1:1").err())
                .contains("UNAVAILABLE: no server answers at http://127.0.0.1:1; start one with 'vinculum serve'");
        assertThat(run("workflow", "list", "--url", "nonsense").err()).contains("--url takes the address");
    }

    @Test
    void theWayFromAnEmptyDatabaseToAnAnswer() throws IOException {
        assertThat(run("doctor", "--database", database).status()).isEqualTo(1);
        Ran plan = run("migrate", "--plan", "--database", database);
        assertThat(plan.out()).contains("create table link.product_brand", "create table \"link\".\"product_brand\"");
        assertThat(run("migrate", "--database", database).out()).contains("create table link.product_brand");
        assertThat(run("migrate", "--database", database).out()).isEqualTo("the database is in line, nothing to do\n");

        Path brands = Files.writeString(folder.resolve("brands.csv"), "id,name\nb1,Acme\nb2,Borg\n");
        assertThat(run("load", "brand", brands.toString(), "--database", database)
                        .out())
                .isEqualTo("2 rows loaded into brand\n");
        Ran again = run("load", "brand", brands.toString(), "--database", database);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).isEqualTo("DUPLICATE: line 2: id 'b1' is there already\n");

        Ran answer = run(
                "query",
                "brand",
                "id",
                "products.title",
                "--filters",
                "{\"name\": {\"$like\": \"A%\"}}",
                "--skip",
                "0",
                "--database",
                database);
        assertThat(new JsonObject(answer.out()))
                .isEqualTo(
                        new JsonObject(
                                "{\"data\": [{\"id\": \"b1\", \"products\": []}], \"metadata\": {\"skip\": 0, \"take\": null, \"count\": 1}}"));
        assertThat(run("query", "brnd", "id", "--database", database).err()).contains("did you mean 'brand'?");
        Ran doctor = run("doctor", "--database", database);
        assertThat(doctor.status()).isZero();
        assertThat(doctor.out()).contains("in line with the declarations");
    }

    @Test
    void theSchemaIsPrintedSorted() {
        String schema = run("schema").out();

        assertThat(schema)
                .contains(
                        "products(filters: ProductFilters, order: [ProductOrder!], skip: Int, take: Int, withDeleted: Boolean): [Product!]!")
                .contains("createProductBrand(brand_id: ID!, data: ProductBrandData, product_id: ID!): ProductBrand!")
                .contains("input StringFilter")
                .doesNotContain("directive @");
        assertThat(schema.indexOf("type Address")).isLessThan(schema.indexOf("type Brand"));
    }

    @Test
    void wrongCommandLinesNameTheNearestRightOne() {
        Ran flag = run("serve", "--prot", "80");
        assertThat(flag.status()).isEqualTo(2);
        assertThat(flag.err()).contains("'--prot'", "--port");
        assertThat(run("migrat").err()).contains("migrat").contains("migrate");
        assertThat(run("query", "brand").status()).isEqualTo(2);
        assertThat(run("serve", "--port", "x").err()).contains("'x' is not an int");
        assertThat(run("serve", "--port", "99999").err()).contains("0 to 65535");
        assertThat(run("load", "brnd", "x.csv").err()).contains("did you mean 'brand'?");
        assertThat(run("schema", "--graph", folder.toString()).err()).contains("has no folder 'modules'");
        assertThat(run("migrate", "--database", "postgresql://me@127.0.0.1:1/x").err())
                .contains("UNAVAILABLE", "cannot be reached");
        assertThat(run("migrate", "--database", "x").err()).contains("postgresql://user:password@host");
    }

    @Test
    void settingsComeFromFlagsThenTheEnvironmentThenTheFile() throws IOException {
        Files.writeString(folder.resolve("vinculum.yaml"), "database: postgresql://file@127.0.0.1:1/x\n");

        assertThat(run("query", "brand", "id").err()).contains("UNAVAILABLE");
        assertThat(run(Map.of("VINCULUM_DATABASE", "nonsense"), "query", "brand", "id")
                        .err())
                .contains("must be like postgresql://");
        assertThat(run(Map.of("VINCULUM_DATABASE", "nonsense"), "migrate", "--plan", "--database", database)
                        .status())
                .isZero();
        assertThat(run(Map.of("VINCULUM_DATABSE", "x"), "schema").err())
                .contains("VINCULUM_DATABSE is unknown; did you mean 'database'?");
        Files.writeString(folder.resolve("vinculum.yaml"), "prot: 80\n");
        Ran ran = run("schema");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("vinculum.yaml: prot is unknown; did you mean 'port'?");
    }
}
