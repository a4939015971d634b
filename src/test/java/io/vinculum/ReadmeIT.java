package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.command.VinculumCommand;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.declare.GraphFolder;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.shop.PaymentGateway;
import io.vinculum.shop.SampleRows;
import io.vinculum.shop.ShopWorkflows;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Every example of the README, as it stands there. */
class ReadmeIT {
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern FILE =
            Pattern.compile("# (\\S+\\.graphqls)\n(.*?)(?=\n# \\S+\\.graphqls\n|$)", Pattern.DOTALL);

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    static final HttpServer http = HttpServer.on(shop);

    @TempDir
    private Path folder;

    private record Block(String language, String text) {}

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(Path.of("README.md")));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    @Test
    void declarationsAreACatalog() throws IOException {
        Block declarations = blocks().stream()
                .filter(block -> block.text().startsWith("# modules/"))
                .findFirst()
                .orElseThrow();
        Matcher files = FILE.matcher(declarations.text());
        while (files.find()) {
            Path file = folder.resolve(files.group(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, files.group(2));
        }

        Catalog catalog = GraphFolder.read(folder);
        assertThat(catalog.entity("product").relations()).containsKeys("brand", "brand_link");
        assertThat(catalog.entity("brand").relations()).containsKeys("products", "products_link");
    }

    @Test
    void requestsAnswerWhatStandsBelowThem() throws IOException {
        TestDatabase.await(SampleRows.seed(shop.modules(), shop.links(), shop.query()));
        List<Block> blocks = blocks();
        int answered = 0;
        for (int i = 0; i + 1 < blocks.size(); i++) {
            Block request = blocks.get(i);
            if (request.language().equals("graphql") && !request.text().startsWith("#")) {
                assertAnswer(http.run(request.text(), "{}"), blocks.get(i + 1));
                answered++;
            } else if (request.text().startsWith("curl ")) {
                assertAnswer(curl(request.text()), blocks.get(i + 1));
                answered++;
            } else if (request.text().startsWith("{\"entity\"")) {
                assertAnswer(shop.graph(request.text()), blocks.get(i + 1));
                answered++;
            }
        }
        assertThat(answered).isEqualTo(5);
    }

    private static JsonObject curl(String line) {
        String path = line.replaceFirst("(?s).*http://[^/]*(/\\S+) .*", "$1");
        String body = line.replaceFirst("(?s).* -d '(.*)'\\s*$", "$1");
        HttpRequest.Builder request = HttpRequest.newBuilder(http.uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return new JsonObject(http.send(request).body());
    }

    private static void assertAnswer(JsonObject answer, Block expected) {
        JsonObject stable = new JsonObject(
                answer.encode().replaceAll("link_[0-9A-Z]{26}", "link_…").replaceAll("\"20[^\"]*Z\"", "\"…\""));
        assertThat(stable).as(stable.encode()).isEqualTo(new JsonObject(expected.text()));
    }

    @Test
    void exampleOperationsRun() throws IOException {
        TestDatabase.await(SampleRows.seed(shop.modules(), shop.links(), shop.query()));
        try (var files = Files.list(Path.of("graphql/operations"))) {
            for (Path file : files.toList()) {
                JsonObject response = http.run(Files.readString(file), "{}");
                assertThat(response.containsKey("errors"))
                        .as(file + " " + response.encode())
                        .isFalse();
                assertThat(response.encode()).hasSizeGreaterThan(200);
            }
        }
        assertThat(http.data(
                                Files.readString(Path.of("graphql/operations/graph.graphql")),
                                "{\"filters\": {\"products\": {\"$none\": {\"reviews\": {\"rating\": {\"$lte\": 1}}}}}}")
                        .getJsonObject("graph")
                        .getJsonObject("metadata")
                        .getInteger("count"))
                .isBetween(1, 11);
    }

    @Test
    void theSampleShopIsSeededOnceWithAFewHundredRows() {
        TestDatabase.await(SampleRows.seed(shop.modules(), shop.links(), shop.query()));
        long rows = shop.rows(
                        "select (select count(*) from product.product) + (select count(*) from product.product_variant) + "
                                + "(select count(*) from review.review) + (select count(*) from \"order\".customer_order)")
                .get(0)
                .getLong(0);
        TestDatabase.await(SampleRows.seed(shop.modules(), shop.links(), shop.query()));

        assertThat(rows).isGreaterThan(300);
        assertThat(shop.rows("select from product.product")).hasSize(60);
        assertThat(http.data(
                                "{ products(filters: {brand: {}}) { recommends { id } } orders { total customer { name } } customers { address { city } } blogPosts { mentions { id } } collections { products { id } } }")
                        .encode())
                .hasSizeGreaterThan(4_000);
    }

    @Test
    void commandsHaveTheFlagsThatAreShown() throws IOException {
        int commands = 0;
        for (Block block : blocks()) {
            for (String line : block.text().split("\n", -1)) {
                if (block.language().equals("sh") && line.startsWith("java -jar target/vinculum.jar ")) {
                    String[] words = line.split(" ", -1);
                    StringWriter help = new StringWriter();
                    assertThat(VinculumCommand.run(
                                    new String[] {words[3], "--help"},
                                    Map.of(),
                                    folder.resolve("none"),
                                    new PrintWriter(help, true),
                                    new PrintWriter(help, true)))
                            .isZero();
                    for (String word : words) {
                        assertThat(word.startsWith("--") && !help.toString().contains(word))
                                .as(word)
                                .isFalse();
                    }
                    commands++;
                }
            }
        }
        assertThat(commands).isEqualTo(14);
    }

    @Test
    void javaExamplesAreTestedCode() throws IOException {
        // Examples are what this test runs, or the shop's own code, which its tests run.
        String tests = (Files.readString(Path.of("src/test/java/io/vinculum/GettingStartedIT.java"))
                        + Files.readString(Path.of("src/main/java/io/vinculum/shop/ShopWorkflows.java")))
                .replaceAll("\\s+", "");
        List<Block> java = blocks().stream()
                .filter(block -> block.language().equals("java"))
                .toList();

        assertThat(java)
                .isNotEmpty()
                .allSatisfy(block -> assertThat(tests)
                        .contains(block.text().replaceAll("\\s+", "").strip()));
    }

    @Test
    void theTableOfSettingsIsTheOneInTheCode() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(
                readme.indexOf("<!-- settings -->\n") + "<!-- settings -->\n".length(),
                readme.indexOf("<!-- /settings -->"));

        assertThat(table).as("write it anew from here:\n" + Settings.markdown()).isEqualTo(Settings.markdown());
    }

    @Test
    void theLicenceIsInTheJarAndNamed() throws IOException {
        assertThat(Files.readString(Path.of("README.md"))).contains("Licence: [Apache-2.0]");
        try (var licence = ReadmeIT.class.getResourceAsStream("/META-INF/LICENSE")) {
            assertThat(Files.readString(Path.of("src/main/resources/META-INF/LICENSE")))
                    .contains("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS");
            assertThat(licence).isNotNull();
        }
    }

    @Test
    void theFirstFortyLinesSayWhatItIs() throws IOException {
        String head = String.join("\n", Files.readAllLines(Path.of("README.md")).subList(0, 40));

        assertThat(head)
                .contains(
                        "type ProductBrand @link",
                        "\"data\"",
                        "Workflow.define(",
                        "mvn -q compile exec:java",
                        "mvn verify",
                        "The map:");
    }

    @Test
    void theMutationsThatAreShownAreAnswered() throws IOException, InterruptedException {
        Matcher shown = Pattern.compile("(?m)^    (mutation \\{ runWorkflow.*\\n      .*)$")
                .matcher(Files.readString(Path.of("README.md")));
        assertThat(shown.find()).isTrue();
        Vinculum node = TestDatabase.await(Vinculum.start(
                Vertx.vertx(),
                VinculumOptions.of(GraphFolder.read(Path.of("graphql")), DatabaseSettings.of(TestDatabase.create()))
                        .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                        .withBehind(Vinculum.Behind.MIGRATE)
                        .withProviders(List.of(started -> ShopWorkflows.of(
                                started.steps(),
                                started.modules(),
                                started.links(),
                                started.query(),
                                new PaymentGateway())))
                        .withPreparation(started -> ShopWorkflows.seed(started.workflows()))));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/graphql"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("query", shown.group(1)).encode()))
                .build();
        JsonObject answer = new JsonObject(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());

        assertThat(answer.getJsonObject("data").getJsonObject("runWorkflow").getString("state"))
                .as(answer.encode())
                .isEqualTo("done");
        TestDatabase.await(node.close().eventually(node.vertx()::close));
    }
}
