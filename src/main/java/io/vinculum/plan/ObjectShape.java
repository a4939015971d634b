package io.vinculum.plan;

import io.vinculum.value.ScalarWriter;
import java.util.List;

/** How one row of a level becomes a JSON object: its members in order, by the positions of the row's columns. */
public record ObjectShape(List<Member> members) {

    public ObjectShape {
        members = List.copyOf(members);
    }

    /** One member of the object. */
    public sealed interface Member {
        String key();
    }

    /** The value of a column. */
    public record Value(String key, int column, ScalarWriter writer) implements Member {}

    /** A constant text. */
    public record Text(String key, String text) implements Member {}

    /** An object whose columns stand in the same row; null when its key is. */
    public record Joined(String key, int keyColumn, ObjectShape shape) implements Member {}

    /** The list whose rows stand in the level itself; a row without its key stands for an empty list. */
    public record ListInside(String key, int keyColumn, ObjectShape shape) implements Member {}

    /** The rows of a child level, by the parent key in a column. */
    public record ListBelow(String key, int child, int parentColumn) implements Member {}

    /** The one row of a child level, or null. */
    public record OneBelow(String key, int child, int parentColumn) implements Member {}
}
