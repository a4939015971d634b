package io.vinculum.catalog;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks the names of declarations: whether they are free, short enough, and not words of GraphQL or Vinculum. */
final class NameChecks {
    /** Types that GraphQL or Vinculum itself makes. */
    private static final Set<String> RESERVED_TYPES = Set.of(
            "Query",
            "Mutation",
            "Subscription",
            "GraphResult",
            "PageInfo",
            "WorkflowRun",
            "ID",
            "String",
            "Int",
            "Long",
            "Float",
            "BigDecimal",
            "Boolean",
            "DateTime",
            "Date",
            "JSON",
            "UUID");

    /** Entities whose operations are Vinculum's own: graph, createLinks, workflowRuns. */
    private static final Set<String> RESERVED_ENTITIES =
            Set.of("graph", "link", "links", "workflow_run", "workflow_runs");

    private final Problems problems;
    private final Map<String, Place> taken = new HashMap<>();

    NameChecks(Problems problems) {
        this.problems = problems;
    }

    /** Takes an entity's names, or says where they are taken. */
    void take(String what, String name, String plural, Place place) {
        if (name.equals(plural)) {
            problems.add(
                    place,
                    "the plural of " + what + " is '" + plural
                            + "' too; give it another one with @model(plural: \"…\")");
        }
        if (RESERVED_ENTITIES.contains(name) || RESERVED_ENTITIES.contains(plural)) {
            problems.add(
                    place, what + " would hide operations of Vinculum's own, like graph or createLinks; rename it");
        }
        for (String one : name.equals(plural) ? List.of(name) : List.of(name, plural)) {
            Place before = taken.putIfAbsent(one, place);
            if (before != null) {
                problems.add(
                        place,
                        "the name '" + one + "' of " + what + " is taken at " + before
                                + "; rename the type or use @model(plural: \"…\")");
            }
        }
    }

    void checkType(String name, Place place) {
        if (RESERVED_TYPES.contains(name)) {
            problems.add(
                    place, "the name '" + name + "' belongs to a type of GraphQL or of Vinculum; choose another one");
        }
    }

    void check(String name, Place place) {
        if (name.getBytes(StandardCharsets.UTF_8).length > Names.MAX_LENGTH) {
            problems.add(
                    place,
                    "the name '" + name + "' is longer than " + Names.MAX_LENGTH
                            + " bytes, which PostgreSQL would cut; shorten it or give a @table or @column name");
        }
        if (name.startsWith("__")) {
            problems.add(place, "the name '" + name + "' begins with two underscores, which GraphQL keeps for itself");
        }
    }
}
