package io.vinculum;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** The map of packages; what is not listed here is forbidden. */
@AnalyzeClasses(packages = "io.vinculum", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** Package to what it may use. The root may use all, and so may the command line. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("failure", Set.of()),
            Map.entry("json", Set.of("failure")),
            Map.entry("event", Set.of("failure")),
            Map.entry("value", Set.of("json", "failure")),
            Map.entry("catalog", Set.of("value", "json", "failure")),
            Map.entry("condition", Set.of("catalog", "value", "json", "failure")),
            Map.entry("declare", Set.of("catalog", "condition", "value", "json", "failure")),
            Map.entry("deadline", Set.of("failure")),
            Map.entry("database", Set.of("deadline", "failure")),
            Map.entry("postgres", Set.of("failure")),
            Map.entry("ddl", Set.of("catalog", "value", "database", "failure")),
            Map.entry("migration", Set.of("ddl", "catalog", "value", "database", "failure")),
            Map.entry("selection", Set.of("catalog", "condition", "value", "json", "failure")),
            Map.entry("plan", Set.of("selection", "condition", "catalog", "value", "database", "json", "failure")),
            Map.entry(
                    "query",
                    Set.of(
                            "plan",
                            "deadline",
                            "selection",
                            "condition",
                            "catalog",
                            "value",
                            "database",
                            "json",
                            "failure")),
            Map.entry("write", Set.of("deadline", "catalog", "value", "database", "event", "json", "failure")),
            Map.entry("module", Set.of("deadline", "write", "query", "catalog", "json", "failure")),
            Map.entry("link", Set.of("deadline", "write", "catalog", "database", "failure")),
            Map.entry("load", Set.of("write", "catalog", "value", "database", "event", "json", "failure")),
            Map.entry("flow", Set.of("database", "failure")),
            Map.entry("run", Set.of("flow", "failure")),
            Map.entry("ledger", Set.of("run", "flow", "database", "failure")),
            Map.entry("shard", Set.of("database", "failure")),
            Map.entry("execute", Set.of("run", "ledger", "flow", "database", "failure")),
            Map.entry("workflow", Set.of("execute", "ledger", "shard", "run", "flow", "database", "json", "failure")),
            Map.entry("kit", Set.of("execute", "run", "flow", "database", "failure")),
            Map.entry(
                    "graphql",
                    Set.of(
                            "deadline",
                            "selection",
                            "condition",
                            "query",
                            "module",
                            "link",
                            "write",
                            "workflow",
                            "catalog",
                            "value",
                            "json",
                            "failure")),
            Map.entry("endpoint", Set.of("deadline", "graphql", "json", "failure")),
            Map.entry(
                    "step",
                    Set.of(
                            "database",
                            "module",
                            "link",
                            "query",
                            "workflow",
                            "flow",
                            "write",
                            "catalog",
                            "json",
                            "failure")),
            Map.entry(
                    "shop",
                    Set.of("step", "module", "link", "query", "workflow", "flow", "catalog", "json", "failure")),
            Map.entry("cluster", Set.of("failure")),
            Map.entry("command", Set.of()));

    private static final String[] WORKFLOWS = {
        "io.vinculum.flow",
        "io.vinculum.run",
        "io.vinculum.ledger",
        "io.vinculum.shard",
        "io.vinculum.execute",
        "io.vinculum.workflow",
        "io.vinculum.kit"
    };

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching("io.vinculum.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheDatabaseKnowsThePostgresClient = noClasses()
            .that()
            .resideOutsideOfPackage("io.vinculum.database")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.pgclient..");

    @ArchTest
    static final ArchRule onlyTheEndpointKnowsTheWeb = noClasses()
            .that()
            .resideOutsideOfPackage("io.vinculum.endpoint")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.ext.web..");

    @ArchTest
    static final ArchRule graphqlJavaStaysInDeclareAndGraphql = noClasses()
            .that()
            .resideOutsideOfPackages("io.vinculum.declare", "io.vinculum.graphql")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("graphql..");

    @ArchTest
    static final ArchRule onlyTheClusterKnowsHazelcast = noClasses()
            .that()
            .resideOutsideOfPackage("io.vinculum.cluster")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..");

    /** Leases, timers and schedules follow PostgreSQL's clock; a node's own may be wrong by minutes. */
    @ArchTest
    static final ArchRule workflowsNeverAskTheNodesClock = noClasses()
            .that()
            .resideInAnyPackage(WORKFLOWS)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.ZonedDateTime.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class);

    @ArchTest
    static final ArchRule theEndpointKnowsNoSql = noClasses()
            .that()
            .resideInAnyPackage("io.vinculum.endpoint", "io.vinculum.graphql")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vinculum.database", "io.vertx.sqlclient..");

    @ArchTest
    static void packagesUseOnlyWhatTheMapAllows(JavaClasses classes) {
        MAY_USE.forEach((name, allowed) -> MAY_USE.keySet().stream()
                .filter(other -> !name.equals("command"))
                .filter(other -> !other.equals(name) && !allowed.contains(other))
                .forEach(other -> neverUses(name, other).check(classes)));
    }

    private static ArchRule neverUses(String name, String other) {
        return noClasses()
                .that()
                .resideInAPackage("io.vinculum." + name)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vinculum." + other)
                .allowEmptyShould(true);
    }

    @ArchTest
    static void everyPackageIsOnTheMapAndSaysWhatItIs(JavaClasses classes) {
        JavaPackage root = classes.getPackage("io.vinculum");
        assertThat(root.getSubpackages().stream().map(JavaPackage::getRelativeName))
                .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
        root.getSubpackages()
                .forEach(one -> assertThat(one.isAnnotatedWith(NullMarked.class))
                        .as(one.getName() + " has a package-info with @NullMarked")
                        .isTrue());
    }
}
