package io.vinculum.plan;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.selection.Ordering;
import io.vinculum.selection.Selection.Paging;
import java.util.List;

/**
 * The rows of one statement, decided before any SQL is written. Each node is the rows of its source with something done
 * to them; a row that is read or looked up has an alias, by which outputs, orders and further look-ups name it.
 */
public sealed interface Node {

    <R> R accept(Visitor<R> visitor);

    /** Visible rows of an entity that fulfil every condition. */
    record Scan(String alias, Entity entity, List<Condition> filters) implements Node {
        public Scan {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.scan(this);
        }
    }

    /** Visible rows that a relation leads to from one owner, which the node around it names. */
    record Related(String alias, Relation relation, List<Condition> filters) implements Node {
        public Related {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.related(this);
        }
    }

    /** Visible rows that a relation leads to from all parents at once; each row also has its parent's key. */
    record ListBelow(String alias, Relation relation, List<Condition> filters) implements Node {
        public ListBelow {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.listBelow(this);
        }
    }

    /** A page of the rows that a relation leads to, from each parent; each row also has its parent's key. */
    record PageBelow(String alias, Relation relation, Page page) implements Node {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.pageBelow(this);
        }
    }

    /** The row of a to-one relation beside each row of the source. */
    record LookUp(Node source, Relation relation, String from, String alias, Match match, List<Condition> filters)
            implements Node {

        /** What becomes of a row of the source whose relation leads to no row, or to several. */
        public enum Match {
            /** Stays, with nulls; the relation never leads to several. */
            OPTIONAL,
            /** Goes; the relation never leads to several. */
            REQUIRED,
            /** Stays, with nulls, or with the best of several. */
            BEST
        }

        public LookUp {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.lookUp(this);
        }
    }

    /** The rows of the source in an order. */
    record Sort(Node source, List<Key> keys) implements Node {

        /** One key to sort by. */
        public record Key(Ref column, Ordering.Direction direction) {}

        public Sort {
            keys = List.copyOf(keys);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sort(this);
        }
    }

    /**
     * A part of sorted rows.
     *
     * @param alias the alias of the rows that are sorted
     * @param lookedUp whether more is looked up for its rows
     */
    record Page(String alias, Node source, Paging paging, boolean lookedUp) implements Node {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.page(this);
        }
    }

    /** A page, and beside each of its rows how many rows there are without paging; one row at least. */
    record Counted(Page page, Scan all) implements Node {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.counted(this);
        }
    }

    /**
     * The rows of one list beside the one row of the source, which they repeat.
     *
     * @param list the list's rows, from {@link Related}
     */
    record WithList(Node source, String from, Relation relation, String alias, Node list) implements Node {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.withList(this);
        }
    }

    /** One method per kind: a new kind does not compile until every reader handles it. */
    interface Visitor<R> {
        R scan(Scan scan);

        R related(Related related);

        R listBelow(ListBelow below);

        R pageBelow(PageBelow below);

        R lookUp(LookUp lookUp);

        R sort(Sort sort);

        R page(Page page);

        R counted(Counted counted);

        R withList(WithList with);
    }
}
