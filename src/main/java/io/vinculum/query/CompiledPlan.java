package io.vinculum.query;

import io.vinculum.plan.Level;
import io.vinculum.plan.Plan;
import io.vinculum.plan.PlanSql;
import io.vinculum.plan.ShortRead;
import io.vinculum.plan.SqlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A plan with its statements printed and its writers made: all that is the same for every request of its shape. */
public final class CompiledPlan {
    private static final long OWN_WEIGHT = 2_048;

    private final Plan plan;
    private final CompiledLevel root;
    private final @Nullable LookUp lookUp;
    private final long weight;

    /** The plan as one short statement, which may run on a connection that many requests share. */
    static final class LookUp {
        /** How many requests are answered the usual way after one whose answer was not short. */
        private static final int PAUSE = 1_000;

        private final SqlText sql;
        private final AtomicInteger pause = new AtomicInteger();

        private LookUp(SqlText sql) {
            this.sql = sql;
        }

        SqlText sql() {
            return sql;
        }

        boolean isWorthTrying() {
            return pause.get() <= 0 || pause.decrementAndGet() <= 0;
        }

        void wasNotShort() {
            pause.set(PAUSE);
        }
    }

    private CompiledPlan(Plan plan, CompiledLevel root) {
        this.plan = plan;
        this.root = root;
        this.lookUp = lookUp(root);
        this.weight =
                OWN_WEIGHT + root.weight() + (lookUp == null ? 0 : lookUp.sql().weight());
    }

    static CompiledPlan of(Plan plan, int mostRows) {
        return new CompiledPlan(plan, CompiledLevel.of(plan.root(), mostRows));
    }

    private static @Nullable LookUp lookUp(CompiledLevel root) {
        return root.level() instanceof Level.Read read
                ? ShortRead.of(read).map(PlanSql::print).map(LookUp::new).orElse(null)
                : null;
    }

    /** Null when the plan may be long. */
    @Nullable
    LookUp lookUp() {
        return lookUp;
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
