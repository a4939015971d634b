package io.vinculum.condition;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a condition for people, with a question mark for each value: {@code price > ? and brand (some: name = ?)}. */
public final class ConditionText implements Condition.Visitor<String> {
    private static final String VALUE = "?";

    private ConditionText() {}

    public static String of(Condition condition) {
        return condition.accept(new ConditionText());
    }

    @Override
    public String all(Condition.All all) {
        return joined(all.conditions(), " and ", "everything");
    }

    @Override
    public String any(Condition.Any any) {
        return joined(any.conditions(), " or ", "nothing");
    }

    private String joined(List<Condition> conditions, String with, String none) {
        return conditions.isEmpty()
                ? none
                : conditions.stream()
                        .map(condition -> condition.accept(this))
                        .collect(Collectors.joining(with, "(", ")"));
    }

    @Override
    public String not(Condition.Not not) {
        return "not " + not.condition().accept(this);
    }

    @Override
    public String compare(Condition.Compare compare) {
        return compare.operator().sql(compare.field().name(), VALUE);
    }

    @Override
    public String empty(Condition.Empty empty) {
        return empty.field().name() + (empty.empty() ? " is null" : " is not null");
    }

    @Override
    public String related(Condition.Related related) {
        String quantifier = related.quantifier().name().toLowerCase(Locale.ROOT);
        return related.relation().name() + " (" + quantifier + ": "
                + related.condition().accept(this) + ")";
    }

    @Override
    public String words(Condition.Words words) {
        return "words in " + words.fields().stream().map(field -> field.name()).toList();
    }
}
