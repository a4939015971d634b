package io.vinculum.query;

import io.vinculum.plan.Level;
import io.vinculum.plan.PlanSql;
import io.vinculum.plan.SqlText;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A level with its statement and its writer.
 *
 * @param sql the statement of its rows, or of the pairs of a link whose far side is asked for elsewhere
 * @param separately how the same is answered when the root record is too large to repeat
 */
record CompiledLevel(
        Level level,
        Optional<SqlText> sql,
        RowWriter writer,
        RowSize size,
        List<CompiledLevel> children,
        Optional<CompiledLevel> separately) {

    private static final long COLUMN_WEIGHT = 300;

    static CompiledLevel of(Level level, int mostRows) {
        List<CompiledLevel> children =
                level.children().stream().map(child -> of(child, mostRows)).toList();
        RowWriter writer = RowWriter.of(level.shape(), children);
        RowSize size = RowSize.of(level.shape());
        if (level instanceof Level.Read read) {
            Optional<CompiledLevel> separately = read.separately().map(other -> of(other, mostRows));
            return new CompiledLevel(level, Optional.of(PlanSql.print(read)), writer, size, children, separately);
        }
        Optional<SqlText> pairs = ((Level.Ask) level).pairs().map(through -> PlanSql.pairs(through, mostRows + 1));
        return new CompiledLevel(level, pairs, writer, size, children, Optional.empty());
    }

    /** Whether its rows, or rows below it, are answered by a module elsewhere. */
    boolean asks() {
        return level instanceof Level.Ask || children.stream().anyMatch(CompiledLevel::asks);
    }

    /** Whether its rows are read here, and none below them. */
    boolean isLeaf() {
        return level instanceof Level.Read && children.isEmpty();
    }

    long weight() {
        long own = COLUMN_WEIGHT * (1 + level.shape().members().size())
                + sql.map(SqlText::weight).orElse(0L);
        return own
                + children.stream().mapToLong(CompiledLevel::weight).sum()
                + separately.map(CompiledLevel::weight).orElse(0L);
    }

    void check(List<? extends @Nullable Object> values) {
        sql.ifPresent(text -> text.bind(values, List.of(), 0));
        children.forEach(child -> child.check(values));
    }

    void collectSql(List<Object> into) {
        sql.ifPresent(text -> into.add(text.toString()));
        children.forEach(child -> child.collectSql(into));
    }
}
