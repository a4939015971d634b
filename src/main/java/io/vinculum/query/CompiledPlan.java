package io.vinculum.query;

import io.vinculum.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plan with its statements printed and its writers made: all that is the same for every request of its shape. */
public final class CompiledPlan {
    private static final long OWN_WEIGHT = 2_048;

    private final Plan plan;
    private final CompiledLevel root;
    private final long weight;

    private CompiledPlan(Plan plan, CompiledLevel root) {
        this.plan = plan;
        this.root = root;
        this.weight = OWN_WEIGHT + root.weight();
    }

    static CompiledPlan of(Plan plan, int mostRows) {
        return new CompiledPlan(plan, CompiledLevel.of(plan.root(), mostRows));
    }

    Plan plan() {
        return plan;
    }

    CompiledLevel root() {
        return root;
    }

    /** About how many bytes it takes in memory. */
    public long weight() {
        return weight;
    }

    /**
     * Checks the values of a request without running anything.
     *
     * @throws io.vinculum.failure.Failure {@code INVALID_DATA} for a value that its slot does not take
     */
    public void check(List<? extends @Nullable Object> values) {
        root.check(values);
    }

    /** What {@code explain} answers: the plan for people, and its statements. */
    Map<String, Object> explain() {
        List<Object> statements = new ArrayList<>();
        root.collectSql(statements);
        Map<String, Object> explained = new LinkedHashMap<>();
        explained.put("plan", plan.toString().strip());
        explained.put("consistency", consistency());
        explained.put("statements", statements);
        return explained;
    }

    private String consistency() {
        if (root.asks()) {
            return "one repeatable read transaction for each stretch between two modules elsewhere";
        }
        return plan.single() ? "one statement" : "one repeatable read transaction";
    }
}
