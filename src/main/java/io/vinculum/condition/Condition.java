package io.vinculum.condition;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import java.util.List;

/** What a row must fulfil; its values are slots. */
public sealed interface Condition {
    /** Fulfilled by every row. */
    Condition TRUE = new All(List.of());

    <R> R accept(Visitor<R> visitor);

    /** Every one of them; true when there are none. */
    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.all(this);
        }
    }

    /** At least one of them; false when there are none. */
    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.any(this);
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }
    }

    record Compare(Field field, Operator operator, Slot value) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.compare(this);
        }
    }

    /** Whether a field is null, or is not. */
    record Empty(Field field, boolean empty) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.empty(this);
        }
    }

    /** Whether some, every or none of the rows that a relation leads to fulfil a condition. */
    record Related(Relation relation, Quantifier quantifier, Condition condition) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.related(this);
        }
    }

    /** Each word occurs, ignoring case, in some of the fields. */
    record Words(List<Field> fields, Slot words) implements Condition {
        public Words {
            fields = List.copyOf(fields);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.words(this);
        }
    }

    /** How many related rows must fulfil it; {@code EVERY} holds where there is none. */
    enum Quantifier {
        SOME,
        EVERY,
        NONE
    }

    /** One method per kind: a new kind does not compile until every reader handles it. */
    interface Visitor<R> {
        R all(All all);

        R any(Any any);

        R not(Not not);

        R compare(Compare compare);

        R empty(Empty empty);

        R related(Related related);

        R words(Words words);
    }
}
