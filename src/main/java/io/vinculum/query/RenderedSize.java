package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.plan.ObjectShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How large an answer becomes, counted bottom up before any of it is written: a row that is shown below many parents
 * counts once for each. The bytes are the fewest that it can have.
 */
record RenderedSize(long rows, long bytes) {
    private static final RenderedSize NONE = new RenderedSize(0, 0);

    static RenderedSize of(LevelRows root) {
        return new Measure(root).sum(root.all());
    }

    private RenderedSize plus(RenderedSize other) {
        return new RenderedSize(saturated(rows + other.rows), saturated(bytes + other.bytes));
    }

    private static long saturated(long sum) {
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Sizes the rows of one level. */
    private static final class Measure {
        private final LevelRows level;
        private final RowSize columns;
        private final int leastBytes;
        private final List<Below> below = new ArrayList<>();

        /** The groups of a child level with the column of this one that names them. */
        private record Below(int column, Map<Object, RenderedSize> groups) {
            RenderedSize of(@Nullable Object key) {
                return key == null ? NONE : groups.getOrDefault(key, NONE);
            }
        }

        Measure(LevelRows level) {
            this.level = level;
            this.columns = level.level().size();
            this.leastBytes = level.level().writer().leastBytes();
            collect(level.level().level().shape());
        }

        private void collect(ObjectShape shape) {
            for (ObjectShape.Member member : shape.members()) {
                if (member instanceof ObjectShape.ListBelow list) {
                    below.add(new Below(list.parentColumn(), groups(level.child(list.child()), false)));
                } else if (member instanceof ObjectShape.OneBelow one) {
                    below.add(new Below(one.parentColumn(), groups(level.child(one.child()), true)));
                } else if (member instanceof ObjectShape.Joined joined) {
                    collect(joined.shape());
                }
            }
        }

        private static Map<Object, RenderedSize> groups(LevelRows child, boolean one) {
            Measure measure = new Measure(child);
            Map<Object, RenderedSize> groups = new HashMap<>();
            child.groups().forEach((key, rows) -> groups.put(key, measure.sum(one ? rows.subList(0, 1) : rows)));
            return groups;
        }

        RenderedSize sum(List<? extends Tuple> rows) {
            RenderedSize sum = NONE;
            boolean first = true;
            for (Tuple row : rows) {
                sum = sum.plus(size(row, first));
                first = !columns.repeatsRecord();
            }
            return sum;
        }

        private RenderedSize size(Tuple row, boolean first) {
            RenderedSize size = new RenderedSize(
                    columns.shown(row, first), (first ? leastBytes : 0) + columns.leastBytes(row, first));
            for (Below one : below) {
                size = size.plus(one.of(row.getValue(one.column())));
            }
            return size;
        }
    }
}
