package io.vinculum.database;

import io.vertx.pgclient.PgException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A constraint that a write broke.
 *
 * @param schema and its table: of the rows that were written; of {@link Kind#REFERRED}, of those that refer to them
 * @param columns the columns of the constraint, as far as PostgreSQL tells
 * @param values their offending values as text, in the same order, separated by a comma and a space
 */
public record Violation(Kind kind, String schema, String table, List<String> columns, String values) {
    private static final Pattern DETAIL = Pattern.compile("Key \\((.*?)\\)=\\((.*)\\) ", Pattern.DOTALL);

    /** Which kind of constraint. */
    public enum Kind {
        UNIQUE,
        /** What a row refers to is not there. */
        REFERENCE,
        /** A row that would go is still referred to by others. */
        REFERRED,
        REQUIRED
    }

    /** Reads it from what a statement failed with; empty when that was something else. */
    public static Optional<Violation> of(Throwable cause) {
        if (!(cause instanceof PgException refused)) {
            return Optional.empty();
        }
        return switch (String.valueOf(refused.getSqlState())) {
            case "23505" -> Optional.of(read(Kind.UNIQUE, refused));
            case "23503" -> Optional.of(read(Kind.REFERENCE, refused));
            case "23502" -> Optional.of(read(Kind.REQUIRED, refused));
            default -> Optional.empty();
        };
    }

    private static Violation read(Kind kind, PgException refused) {
        String table = refused.getTable() == null ? "" : refused.getTable();
        String schema = refused.getSchema() == null ? "" : refused.getSchema();
        Matcher detail = DETAIL.matcher(refused.getDetail() == null ? "" : refused.getDetail());
        if (kind == Kind.REQUIRED) {
            return new Violation(kind, schema, table, List.of(String.valueOf(refused.getColumn())), "");
        }
        if (!detail.find()) {
            return new Violation(kind, schema, table, List.of(), "");
        }
        List<String> columns = Arrays.stream(detail.group(1).split(", ", -1))
                .map(column -> column.replace("\"", ""))
                .toList();
        boolean referred = kind == Kind.REFERENCE
                && String.valueOf(refused.getDetail()).startsWith("is still referenced", detail.end());
        return new Violation(referred ? Kind.REFERRED : kind, schema, table, columns, detail.group(2));
    }
}
