package io.vinculum.graphql;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.workflow.RunAction;

/** What a field of Query or Mutation means. */
sealed interface RootField {

    /** {@code product(id: …)}. */
    record One(Model model) implements RootField {}

    /** {@code products(filters: …)}. */
    record Many(Entity entity) implements RootField {}

    /** {@code graph(entity: …, fields: …)}. */
    record Graph() implements RootField {}

    /** {@code createProducts}, {@code updateProducts}. */
    record Write(Model model, boolean create) implements RootField {}

    /** {@code deleteProducts}, {@code softDeleteProducts}, {@code restoreProducts}; the action is the module's. */
    record Remove(Model model, String action) implements RootField {}

    /** {@code runWorkflow}, {@code cancelWorkflow}, {@code setStepSuccess} and the others. */
    record ChangeRun(RunAction action) implements RootField {}

    /** {@code workflowRun}, {@code workflowRuns}, {@code workflowDefinitions}. */
    record ReadRuns(What what) implements RootField {
        enum What {
            ONE,
            MANY,
            DEFINITIONS
        }
    }

    /** {@code createLinks}, {@code dismissLinks}, {@code deleteLinked}, {@code restoreLinked}. */
    record Links(Action action) implements RootField {
        enum Action {
            CREATE,
            DISMISS,
            DELETE,
            RESTORE
        }
    }

    /** {@code createProductBrand}, {@code dismissProductBrand}. */
    record Tie(Link link, boolean create) implements RootField {}
}
