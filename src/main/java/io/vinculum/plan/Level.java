package io.vinculum.plan;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.selection.Selection;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one list in a plan: of the root, or of all parents at once. How many parents there are never changes how
 * many statements run.
 */
public sealed interface Level {

    /** The column of the rows above whose values are this level's parent keys; -1 at the root. */
    int parentColumn();

    /** How one row becomes JSON. */
    ObjectShape shape();

    List<Level> children();

    /**
     * Rows of this database, by one statement.
     *
     * @param columns what each row answers; below the root, the parent's key stands before them
     * @param atMost the most rows the statement may answer, -1 when its page says so
     * @param listInside whether the rows repeat the one root record, each with one row of its list
     * @param separately how the same is answered when the root record is too large to repeat
     */
    record Read(
            int parentColumn,
            Node rows,
            List<Ref> columns,
            int atMost,
            boolean withDeleted,
            ObjectShape shape,
            List<Level> children,
            boolean listInside,
            Optional<Read> separately)
            implements Level {

        public Read {
            columns = List.copyOf(columns);
            children = List.copyOf(children);
        }

        /** The same with so many rows at most; a page ends by its own number. */
        public Read atMostOf(int most) {
            return atMost < 0
                    ? this
                    : new Read(parentColumn, rows, columns, most, withDeleted, shape, children, listInside, separately);
        }

        /** What its rows are, for messages: an entity's name, or a list's. */
        public String name() {
            return name(rows);
        }

        private static String name(Node node) {
            if (node instanceof Node.LookUp lookUp) {
                return name(lookUp.source());
            } else if (node instanceof Node.Sort sort) {
                return name(sort.source());
            } else if (node instanceof Node.Page page) {
                return name(page.source());
            } else if (node instanceof Node.Counted counted) {
                return name(counted.page());
            } else if (node instanceof Node.WithList with) {
                return name(with.source()) + " with its " + with.relation().name();
            } else if (node instanceof Node.ListBelow below) {
                return below.relation().toString();
            } else if (node instanceof Node.PageBelow below) {
                return below.relation().toString();
            }
            return node instanceof Node.Scan scan
                    ? scan.entity().name()
                    : ((Node.Related) node).relation().toString();
        }

        /** The column that holds how many there are without paging; -1 when the plan does not count. */
        public int countColumn() {
            return counted(rows) ? columns.size() : -1;
        }

        private static boolean counted(Node node) {
            return node instanceof Node.LookUp lookUp ? counted(lookUp.source()) : node instanceof Node.Counted;
        }
    }

    /**
     * Rows of a module elsewhere, by one request over the event bus.
     *
     * @param relation how they are reached, empty at the root
     * @param fields the fields asked for; a row is the parent key, then their values
     * @param pairs the link table that holds which of them belong to which parent, empty where a field does
     * @param match the field that equals the parent key, or the far key of a pair
     * @param count whether the number of all rows is asked for
     */
    record Ask(
            int parentColumn,
            Optional<Relation> relation,
            Selection selection,
            List<Field> fields,
            Optional<Join.Through> pairs,
            Field match,
            boolean count,
            ObjectShape shape,
            List<Level> children)
            implements Level {

        public Ask {
            fields = List.copyOf(fields);
            children = List.copyOf(children);
        }
    }
}
