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
    private volatile boolean large;

    /**
     * The plan as one statement that may run on a connection which many requests share: while it is known, or has proved,
     * to be short.
     */
    static final class LookUp {
        /** How many short answers in turn are a proof. */
        private static final int PROOF = 50;

        /** How many more it takes after an answer that held up others. */
        private static final int PENALTY = 1_000;

        private static final long SHORT_NANOS = 5_000_000;

        private final SqlText sql;
        /** Not negative while the statement is taken for short. */
        private final AtomicInteger trust;

        private LookUp(SqlText sql, boolean known) {
            this.sql = sql;
            this.trust = new AtomicInteger(known ? 0 : -PROOF);
        }

        SqlText sql() {
            return sql;
        }

        boolean isShort() {
            return trust.get() >= 0;
        }

        /** Learns from an answer that was read on a connection of its own. */
        void answered(int rows, long nanos) {
            if (rows <= ShortRead.ROWS && nanos < SHORT_NANOS) {
                trust.incrementAndGet();
            } else {
                trust.updateAndGet(before -> Math.max(-PENALTY, before - PROOF / 5));
            }
        }

        void heldUpOthers() {
            trust.set(-PENALTY);
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
        if (!(root.level() instanceof Level.Read read) || !read.children().isEmpty()) {
            return null;
        }
        return ShortRead.of(read)
                .map(known -> new LookUp(PlanSql.print(known), true))
                .orElseGet(() -> new LookUp(PlanSql.print(read.atMostOf(ShortRead.ROWS + 1)), false));
    }

    /** Null when the plan is more than one statement. */
    @Nullable
    LookUp lookUp() {
        return lookUp;
    }

    Plan plan() {
        return plan;
    }

    /** Whether its last answer was large, so that the next one probably is. */
    boolean isLarge() {
        return large;
    }

    void answered(boolean wasLarge) {
        if (large != wasLarge) {
            large = wasLarge;
        }
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
