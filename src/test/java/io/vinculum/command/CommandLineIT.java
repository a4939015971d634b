package io.vinculum.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.Main;
import io.vinculum.Settings;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, as a person types them. */
class CommandLineIT {
    private String database;

    @TempDir
    private Path folder;

    private record Ran(int status, String out, String err) {}

    @BeforeEach
    void create() {
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
        for (String command : new String[] {
            "serve", "init", "migrate", "load", "purge", "schema", "query", "workflow", "doctor", "config", "completion"
        }) {
            Ran ran = run(command, "--help");
            assertThat(ran.status()).isZero();
            assertThat(ran.out()).contains("Usage: vinculum " + command).contains("Example: vinculum " + command);
        }
        assertThat(run("serve", "--help").out())
                .contains("--port=N", "(default: 8080)", "--no-sample", "--cluster-members=HOST:PORT")
                .contains("--database postgresql://me:secret@localhost:5432/shop --migrate");
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
        assertThat(flag.err())
                .contains("Unknown options: '--prot', '80'; did you mean '--port'?")
                .contains("See: vinculum serve --help")
                .hasLineCount(2);
        assertThat(run("migrat").err()).contains("'migrat'; did you mean 'migrate'?");
        assertThat(run("query", "brand").status()).isEqualTo(2);
        assertThat(run("serve", "--port", "x").err())
                .isEqualTo("the setting --port takes a whole number from 0 to 65535, was 'x'\n");
        assertThat(run("serve", "--port", "99999").status()).isEqualTo(2);
        assertThat(run("load", "brnd", "x.csv").err()).contains("did you mean 'brand'?");
        assertThat(run("schema", "--graph", folder.toString()).err()).contains("has no folder 'modules'");
        assertThat(run("migrate", "--database", "x").err()).contains("postgresql://user:password@host");
    }

    @Test
    void aDatabaseThatCannotBeReachedIsNamedWithItsHostPortAndTheCause() {
        assertThat(run("migrate", "--database", "postgresql://me:secret@127.0.0.1:1/x")
                        .err())
                .isEqualTo(
                        "UNAVAILABLE: the database 'x' at 127.0.0.1:1 cannot be reached: the connection is refused\n");
        assertThat(run("query", "brand", "id", "--database", database.replaceAll("/[^/]*$", "/no_such"))
                        .err())
                .contains("the database 'no_such' at", "there is no such database");
        assertThat(run("doctor", "--database", database.replaceAll("//[^@]*@", "//vinculum:secret@"))
                        .out())
                .contains("wrong the database", "it refuses the user 'vinculum' or the password")
                .doesNotContain("secret");
    }

    @Test
    void aShortCommandLoadsNothingThatOnlyAServerNeeds() throws IOException, InterruptedException {
        assertThat(run("migrate", "--database", database).status()).isZero();
        for (String command : new String[] {"query brand id", "migrate"}) {
            Path loaded = folder.resolve("loaded");
            List<String> words = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load:file=" + loaded,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
            words.addAll(List.of(command.split(" ")));
            words.addAll(List.of("--database", database));
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
            assertThat(process.waitFor()).isZero();

            assertThat(Files.readString(loaded))
                    .contains("io.vinculum.database.Database ")
                    .doesNotContain(
                            "com.hazelcast.instance.",
                            "com.fasterxml.jackson.databind.",
                            "graphql.schema.GraphQLSchema ",
                            "io.vinculum.graphql.",
                            "jdk.jfr.internal.settings.",
                            "io.netty.resolver.dns.DnsNameResolver ");
        }
    }

    @Test
    void noDatabaseIsMadeForDeclarationsThatAreWrong() throws IOException {
        Path modules = Files.createDirectories(folder.resolve("wrong/modules"));
        Files.writeString(modules.resolve("shelf.graphqls"), "type Book { id: ID! title: Strin }");
        Path data = folder.resolve("data");
        Ran ran = run("migrate", "--graph", modules.getParent().toString(), "--data", data.toString());
        assertThat(ran.err()).contains("shelf.graphqls:1", "Strin");
        assertThat(data).doesNotExist();
        Ran away =
                run("migrate", "--graph", modules.getParent().toString(), "--database", "postgresql://127.0.0.1:1/x");
        assertThat(away.err()).contains("shelf.graphqls:1").doesNotContain("cannot be reached");
    }

    @Test
    void aDataFolderThatIsMistypedIsNotMade() {
        Path wrong = folder.resolve(".vinculm");
        for (String[] command : new String[][] {{"query", "brand", "id"}, {"doctor"}}) {
            String[] words = Arrays.copyOf(command, command.length + 2);
            words[command.length] = "--data";
            words[command.length + 1] = wrong.toString();
            Ran ran = run(words);
            assertThat(ran.status()).isEqualTo(1);
            assertThat(ran.err() + ran.out()).contains("there is no database in " + wrong, "--data");
        }
        assertThat(wrong).doesNotExist();
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
        Ran doctor = run("doctor", "--database", database);
        assertThat(doctor.status()).isEqualTo(1);
        assertThat(doctor.out()).contains("wrong the setting vinculum.yaml: prot is unknown");
    }

    @Test
    void limitsOfTheSettingsHold() {
        run("migrate", "--database", database);
        assertThat(run(
                                Map.of("VINCULUM_LIMITS_HOPS", "1"),
                                "query",
                                "brand",
                                "products.reviews.rating",
                                "--database",
                                database)
                        .err())
                .startsWith("TOO_COMPLEX");
        assertThat(run("query", "brand", "products.reviews.rating", "--limits.hops=1", "--database", database)
                        .err())
                .startsWith("TOO_COMPLEX");
    }

    @Test
    void configTellsWhereEachValueCameFromAndMasksPasswords() throws IOException {
        Files.writeString(folder.resolve("vinculum.yaml"), "limits:\n  rows: 7\n");
        Map<String, String> environment = Map.of("VINCULUM_DATABASE", "postgresql://me:secret@h:1/x");
        Ran text = run(environment, "config");
        JsonArray json = new JsonArray(run(environment, "config", "--json").out());

        assertThat(text.out())
                .containsPattern("limits.rows +7 +vinculum.yaml")
                .containsPattern("database +postgresql://me:\\*\\*\\*@h:1/x +environment")
                .containsPattern("port +8080 +default")
                .doesNotContain("secret");
        assertThat(json).hasSize(Settings.all().size());
        assertThat(json.encode())
                .contains("\"name\":\"limits.rows\",\"value\":\"7\"")
                .doesNotContain("secret");
    }

    @Test
    void dataIsPrintedAsJsonForPrograms() throws IOException {
        String own = TestDatabase.create();
        run("migrate", "--database", own);
        Path brands = Files.writeString(folder.resolve("brands.csv"), "id,name\nb1,Acme\n");
        assertThat(new JsonObject(run("load", "brand", brands.toString(), "--json", "--database", own)
                        .out()))
                .isEqualTo(new JsonObject().put("entity", "brand").put("rows", 1));
        Ran answer = run("query", "brand", "id", "--json", "--database", own);
        assertThat(answer.out()).hasLineCount(1).contains("{\"data\":[{\"id\":\"b1\"}]");
        JsonArray findings =
                new JsonArray(run("doctor", "--json", "--database", own).out());
        assertThat(findings.getJsonObject(0).getBoolean("ok")).isTrue();
        assertThat(new JsonObject(run("schema", "--json").out()).getString("sdl"))
                .contains("type Brand");
    }

    @Test
    void aNewFolderIsServedAsItIs() throws IOException {
        Path graph = folder.resolve("graphql");
        Ran made = run("init", graph.toString());
        assertThat(made.out()).contains("library.graphqls", "book_author.graphqls", "books.graphql");
        assertThat(run("schema", "--graph", graph.toString()).out()).contains("type Book ", "authors(");
        assertThat(run("init", graph.toString()).err()).contains("is not empty");
        assertThat(new JsonObject(run("init", folder.resolve("other").toString(), "--json")
                                .out())
                        .getJsonArray("files"))
                .hasSize(4);
    }

    @Test
    void theCompletionScriptKnowsCommandsAndFlags() throws Exception {
        Path script = Files.writeString(
                folder.resolve("completion"), run("completion").out());

        assertThat(Files.readString(script)).contains("--cluster-members", "migrate", "complete -F");
        assertThat(new ProcessBuilder("bash", "-n", script.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void aPlanThatWouldBeRefusedExitsWithOne() throws IOException {
        String own = TestDatabase.create();
        Path graph = folder.resolve("shop");
        Files.createDirectories(graph.resolve("modules"));
        Path module = graph.resolve("modules/shop.graphqls");
        Files.writeString(module, "type Item { id: ID! size: Int }");
        assertThat(run("migrate", "--graph", graph.toString(), "--database", own)
                        .status())
                .isZero();

        Files.writeString(module, "type Item { id: ID! size: Long }");
        Ran plan = run("migrate", "--plan", "--graph", graph.toString(), "--database", own);
        assertThat(plan.status()).isEqualTo(1);
        assertThat(plan.out()).contains("refused without --allow-rewrite");
        assertThat(run(
                                "migrate",
                                "--allow-rewrite",
                                "--lock-timeout",
                                "1s",
                                "--graph",
                                graph.toString(),
                                "--database",
                                own)
                        .status())
                .isZero();

        Files.writeString(module, "type Item { id: ID! weight: Long @was(name: \"size\") }");
        assertThat(run("migrate", "--graph", graph.toString(), "--database", own)
                        .out())
                .contains("rename column size of table shop.item to weight");
        assertThat(run("migrate", "--lock-timeout", "soon", "--database", own).err())
                .contains("lock-timeout", "soon");
    }

    @Test
    void purgeAnswersWhatItRemoved() {
        String own = TestDatabase.create();
        assertThat(run("migrate", "--database", own).status()).isZero();

        assertThat(run("purge", "--older-than", "30d", "--database", own).out()).isEqualTo("nothing to remove\n");
        assertThat(run("purge", "brand", "--older-than", "0s", "--json", "--database", own)
                        .out())
                .isEqualTo("{}\n");
        assertThat(run("purge", "brnd", "--older-than", "30d", "--database", own)
                        .err())
                .contains("did you mean 'brand'?");
        assertThat(run("purge", "--database", own).err()).contains("--older-than");
    }
}
