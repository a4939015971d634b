package io.vinculum.plan;

import static io.vinculum.plan.SqlParts.column;

import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Condition.All;
import io.vinculum.condition.Condition.Any;
import io.vinculum.condition.Condition.Compare;
import io.vinculum.condition.Condition.Empty;
import io.vinculum.condition.Condition.Not;
import io.vinculum.condition.Condition.Quantifier;
import io.vinculum.condition.Condition.Related;
import io.vinculum.condition.Condition.Words;
import io.vinculum.condition.Slot;
import io.vinculum.plan.SqlParts.Source;
import java.util.List;
import java.util.stream.Collectors;

/** Prints a condition on the row of an alias. */
final class ConditionSql implements Condition.Visitor<String> {
    private final SqlParts sql;
    private final String alias;

    ConditionSql(SqlParts sql, String alias) {
        this.sql = sql;
        this.alias = alias;
    }

    @Override
    public String all(All all) {
        return joined(all.conditions(), " and ", "true");
    }

    @Override
    public String any(Any any) {
        return joined(any.conditions(), " or ", "false");
    }

    private String joined(List<Condition> conditions, String with, String none) {
        return conditions.isEmpty()
                ? none
                : conditions.stream()
                        .map(condition -> condition.accept(this))
                        .collect(Collectors.joining(with, "(", ")"));
    }

    @Override
    public String not(Not not) {
        return "(not " + not.condition().accept(this) + ")";
    }

    @Override
    public String compare(Compare compare) {
        Argument argument = new Argument.OfRequest(compare.value());
        String value = compare.value().use() == Slot.Use.MANY
                ? sql.manyPlaceholder(argument, compare.value().type())
                : sql.placeholder(argument, compare.value().type());
        return "(" + compare.operator().sql(column(alias, compare.field()), value) + ")";
    }

    @Override
    public String empty(Empty empty) {
        return "(" + column(alias, empty.field()) + (empty.empty() ? " is null)" : " is not null)");
    }

    @Override
    public String related(Related related) {
        String inner = sql.alias("f");
        Relation relation = related.relation();
        Source source = sql.source(relation, column(alias, relation.join().near()), inner);
        String condition = related.condition().accept(new ConditionSql(sql, inner));
        boolean every = related.quantifier() == Quantifier.EVERY;
        return (related.quantifier() == Quantifier.SOME ? "exists" : "not exists")
                + " (select from " + source.from() + " where " + source.where() + " and "
                + (every ? condition + " is not true" : condition) + ")";
    }

    @Override
    public String words(Words words) {
        String patterns = sql.manyPlaceholder(
                new Argument.OfRequest(words.words()), words.words().type());
        String somewhere = words.fields().stream()
                .map(field -> "coalesce(" + column(alias, field) + " ilike w.word, false)")
                .collect(Collectors.joining(" or "));
        return "not exists (select from unnest(" + patterns + ") w(word) where not (" + somewhere + "))";
    }
}
