package io.vinculum.query;

import static io.vinculum.query.SqlWriter.column;
import static io.vinculum.query.SqlWriter.table;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.selection.Selection;
import io.vinculum.selection.Selection.Column;
import io.vinculum.selection.Selection.Constant;
import io.vinculum.selection.Selection.Nested;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans a level whose rows a module elsewhere answers over the event bus. */
final class RemotePlanner {
    private final Planner planner;
    private final Selection selection;
    private final List<Field> fields;
    private final List<Level> children = new ArrayList<>();

    private RemotePlanner(Planner planner, Selection selection, Field match) {
        this.planner = planner;
        this.selection = selection;
        Set<Field> needed = new LinkedHashSet<>(Planner.fieldsNeeded(selection));
        needed.add(match);
        this.fields = new ArrayList<>(needed);
    }

    static Level.Remote root(Planner planner, Selection selection) {
        Field key = selection.entity().keys().get(0);
        RemotePlanner remote = new RemotePlanner(planner, selection, key);
        return new Level.Remote(
                "ask for " + selection.entity().name(),
                -1,
                Optional.empty(),
                selection,
                remote.fields,
                Optional.empty(),
                key,
                remote.writer(),
                remote.children);
    }

    static Level.Remote below(Planner planner, Nested nested, int parentColumn) {
        Relation relation = nested.relation();
        Field match = Planner.farField(relation);
        RemotePlanner remote = new RemotePlanner(planner, nested.selection(), match);
        return new Level.Remote(
                "ask for " + relation.name() + " (" + relation.target().name() + ") of all parents at once",
                parentColumn,
                Optional.of(relation),
                nested.selection(),
                remote.fields,
                pairs(planner, relation),
                match,
                remote.writer(),
                remote.children);
    }

    private static Optional<Level.Sql> pairs(Planner planner, Relation relation) {
        if (!(relation.join() instanceof Join.Through through)) {
            return Optional.empty();
        }
        SqlWriter sql = new SqlWriter(false);
        Field near = through.viaNear();
        String text = "select " + column("l", near) + ", " + column("l", through.viaFar()) + " from "
                + table(through.via()) + " l where " + column("l", near) + " = any("
                + sql.manyPlaceholder(new Argument.ParentKeys(near.type()), near.type()) + ")"
                + (through.viaDeleted() == null ? "" : " and " + column("l", through.viaDeleted()) + " is null")
                + " order by 2" + planner.mostRows();
        return Optional.of(new Level.Sql(
                "pairs of " + relation,
                -1,
                new Level.Text(text),
                sql.arguments(),
                new RowWriter(),
                List.of(),
                false,
                -1));
    }

    /** Rows are the parent key, then the fields in order. */
    private RowWriter writer() {
        RowWriter writer = new RowWriter();
        for (Selection.Item item : selection.items()) {
            if (item instanceof Column column) {
                int position = position(column.field());
                ScalarWriter scalar = ScalarWriter.plain(column.field().type());
                writer.member(item.key(), (row, rows, out) -> scalar.writeAny(row.getValue(position), out));
            } else if (item instanceof Constant constant) {
                writer.member(item.key(), (row, rows, out) -> out.string(constant.text()));
            } else if (item instanceof Nested nested) {
                writer.member(item.key(), nested(nested));
            }
        }
        return writer;
    }

    private int position(Field field) {
        return fields.indexOf(field) + 1;
    }

    private RowWriter.MemberWriter nested(Nested nested) {
        int parentColumn = position(SqlWriter.parentField(nested.relation()));
        Level child = planner.below(nested, parentColumn);
        children.add(child);
        int index = children.size() - 1;
        return nested.relation().list()
                ? RowWriter.many(index, parentColumn, child.writer())
                : RowWriter.one(index, parentColumn, child.writer());
    }
}
