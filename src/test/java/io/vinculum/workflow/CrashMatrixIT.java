package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.migration.Migration;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.CrashingNode.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A process is halted at each point of a run; another one ends the run, and nothing is lost or done twice too often. */
class CrashMatrixIT {
    private static final int A_WHILE = 30;

    private static String uri;
    private static Vertx vertx;
    private static Database database;

    @BeforeAll
    static void open() {
        uri = TestDatabase.create();
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(uri));
        Catalog catalog = Catalog.builder()
                .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                .build();
        TestDatabase.await(new Migration(database, catalog).apply(true));
        sql("create table public.effect (number bigint generated always as identity, what text not null)");
    }

    @AfterAll
    static void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
    }

    @BeforeEach
    void forget() {
        sql("truncate public.effect, vinculum.workflow_run, vinculum.workflow_live, vinculum.workflow_step");
    }

    private static void sql(String text) {
        TestDatabase.await(database.transaction(session -> session.script(text)));
    }

    static Stream<Arguments> points() {
        List<Arguments> points = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            for (String step : List.of("one", "two", "three")) {
                for (String when : List.of("in ", "before ", "after ")) {
                    points.add(Arguments.of(shape, false, when + step));
                }
            }
            points.add(Arguments.of(shape, false, "before the start"));
            points.add(Arguments.of(shape, false, "after the start"));
            if (shape == Shape.ASYNC) {
                points.add(Arguments.of(shape, false, "before two waits"));
                points.add(Arguments.of(shape, false, "after two waits"));
            }
            points.add(Arguments.of(shape, false, "before the end"));
            points.add(Arguments.of(shape, false, "after the end"));
            for (String step : List.of("undo two", "undo one")) {
                for (String when : List.of("in ", "before ", "after ")) {
                    points.add(Arguments.of(shape, true, when + step));
                }
            }
            points.add(Arguments.of(shape, true, "before three"));
            points.add(Arguments.of(shape, true, "after three"));
            points.add(Arguments.of(shape, true, "before the end"));
        }
        return points.stream();
    }

    @ParameterizedTest(name = "{0}, fails {1}, halted {2}")
    @MethodSource("points")
    void anotherNodeEndsWhatWasBegun(Shape shape, boolean failing, String point) throws Exception {
        assertThat(halted(shape, failing, point)).as("how the process ended").isEqualTo(CrashingNode.HALTED);
        // As its lease would end by itself some seconds later.
        sql("update vinculum.workflow_node set lease_until = now() - interval '1 s'");

        JsonObject run = ended(shape, failing);

        List<String> effects = rows("select what from public.effect order by number");
        assertThat(run.getString("state")).isEqualTo(failing ? "reverted" : "done");
        checkEffects(effects, failing, shape);
        checkRows();
    }

    /** One recorded result for each place, forward and back, and nothing that is still to be done. */
    private static void checkRows() {
        assertThat(rows("select node from vinculum.workflow_step where state not in ('ok', 'failed')"))
                .isEmpty();
        assertThat(rows("select node from vinculum.workflow_step group by run, node, item, undo having count(*) > 1"))
                .isEmpty();
        assertThat(rows("select run from vinculum.workflow_live")).isEmpty();
    }

    private static List<String> rows(String sql) {
        return TestDatabase.await(database.read(Statement.of(sql))).stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static int halted(Shape shape, boolean failing, String point) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingNode.class.getName(),
                        uri,
                        shape.name(),
                        String.valueOf(failing),
                        point)
                .inheritIO()
                .start();
        if (!process.waitFor(A_WHILE, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private static JsonObject ended(Shape shape, boolean failing) {
        CrashingNode node = new CrashingNode(vertx, database, "");
        Coordinator coordinator = node.coordinator(node.workflow(shape, failing));
        TestDatabase.await(coordinator.start());
        try {
            TestDatabase.await(coordinator.run(CrashingNode.request().put("wait", false)));
            if (shape == Shape.ASYNC) {
                node.finishTwo();
            }
            return TestDatabase.await(node.ended(), A_WHILE);
        } finally {
            TestDatabase.await(coordinator.stop());
        }
    }

    private static void checkEffects(List<String> effects, boolean failing, Shape shape) {
        List<String> done =
                effects.stream().filter(what -> what.startsWith("do ")).toList();
        List<String> undone =
                effects.stream().filter(what -> what.startsWith("undo ")).toList();
        Set<String> expected = new HashSet<>(
                shape == Shape.LIST ? List.of("one x", "two a", "two b", "two c") : List.of("one x", "two x"));
        if (shape == Shape.PARALLEL) {
            expected.add("beside x");
        }
        if (!failing) {
            expected.add("three x");
        }
        assertThat(withoutVerb(done)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(withoutVerb(undone)).containsExactlyInAnyOrderElementsOf(failing ? expected : Set.of());
        // Once more at most, and only what was under way when the process was halted: two items or branches at once.
        assertThat(effects.size() - new HashSet<>(effects).size()).isBetween(0, 2);
        if (failing) {
            assertThat(undone.get(undone.size() - 1))
                    .as("the first is undone last")
                    .isEqualTo("undo one x");
        }
    }

    private static Set<String> withoutVerb(List<String> effects) {
        Set<String> names = new HashSet<>();
        effects.forEach(what -> names.add(what.substring(what.indexOf(' ') + 1)));
        return names;
    }
}
