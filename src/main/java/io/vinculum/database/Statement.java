package io.vinculum.database;

import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SQL text with the values of its {@code $1, $2, …}; the text never depends on the values. */
public record Statement(String sql, List<@Nullable Object> parameters) {

    public Statement {
        parameters = Collections.unmodifiableList(parameters);
    }

    public static Statement of(String sql, @Nullable Object... parameters) {
        return new Statement(sql, Arrays.asList(parameters));
    }

    Tuple tuple() {
        return Tuple.wrap(parameters);
    }
}
