package io.vinculum.workflow;

import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.flow.Workflow;
import io.vinculum.run.StepKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The workflows of this node, by name. */
final class WorkflowRegistry {
    private final Map<String, Workflow<?, ?>> workflows = new LinkedHashMap<>();

    /**
     * A registry of workflows.
     *
     * @throws Failure {@code INVALID_DATA} when two have one name
     */
    WorkflowRegistry(Collection<Workflow<?, ?>> all) {
        for (Workflow<?, ?> workflow : all) {
            if (workflows.put(workflow.name(), workflow) != null) {
                throw Failure.invalid("two workflows are called '" + workflow.name() + "'");
            }
        }
    }

    List<Workflow<?, ?>> all() {
        return List.copyOf(workflows.values());
    }

    Optional<Workflow<?, ?>> find(String name) {
        return Optional.ofNullable(workflows.get(name));
    }

    /** The workflow of a name; fails with {@code NOT_FOUND}. */
    Workflow<?, ?> named(@Nullable Object name) {
        Workflow<?, ?> workflow = name instanceof String text ? workflows.get(text) : null;
        if (workflow == null) {
            throw Failure.notFound("there is no workflow '" + name + "'"
                    + Nearest.hint(String.valueOf(name), List.copyOf(workflows.keySet())));
        }
        return workflow;
    }

    /** The workflow that a request is about, by its {@code key} or its {@code id}. */
    Workflow<?, ?> of(JsonObject request) {
        Object key = request.getValue("key");
        return named(key instanceof String text ? StepKey.parse(text).workflow() : request.getValue("id"));
    }

    /** The graphs of all workflows, or of one, as {@link Workflow#graph} and in words. */
    List<JsonObject> definitions(Optional<String> name) {
        return (name.isPresent() ? List.<Workflow<?, ?>>of(named(name.get())) : all())
                .stream()
                        .map(workflow -> new JsonObject()
                                .put("id", workflow.name())
                                .put("graph", workflow.graph())
                                .put("text", workflow.describe()))
                        .toList();
    }
}
