package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Model;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;

/** Numbered keys, which the database counts. */
public final class Numbering {
    private Numbering() {}

    /** Moves the counter past keys that were given, so that the next one it makes is free. */
    public static Statement skipGiven(Model model) {
        String table = Identifier.table(model.table().schema(), model.table().name());
        String sql = "select setval(s.name, m.highest) from (select pg_get_serial_sequence($1, $2) as name) s, "
                + "(select max(" + quote(model.key().column()) + ") as highest from " + table + ") m "
                + "where s.name is not null and m.highest > coalesce((select last_value from pg_sequences where "
                + "format('%I.%I', schemaname, sequencename) = s.name), 0)";
        return Statement.of(sql, table, model.key().column());
    }
}
