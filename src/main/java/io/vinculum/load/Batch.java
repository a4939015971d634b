package io.vinculum.load;

import com.github.f4b6a3.ulid.UlidCreator;
import io.vertx.core.Future;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.write.Bulk;
import io.vinculum.write.Ids;
import io.vinculum.write.Written;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Some rows of a file, checked and bound column by column, that are written as one statement. */
final class Batch {
    private final Entity entity;
    private final List<Field> columns;
    private final List<List<@Nullable Object>> values = new ArrayList<>();
    private final List<Long> lines = new ArrayList<>();

    Batch(Entity entity, List<Field> columns) {
        this.entity = entity;
        this.columns = columns;
        columns.forEach(column -> values.add(new ArrayList<>()));
    }

    int size() {
        return lines.size();
    }

    void add(SourceRow row, Map<Field, String> names, boolean text) {
        for (int i = 0; i < columns.size(); i++) {
            values.get(i).add(value(row, columns.get(i), names.get(columns.get(i)), text));
        }
        lines.add(row.line());
    }

    private @Nullable Object value(SourceRow row, Field field, @Nullable String name, boolean text) {
        Object raw = name == null ? null : row.cells().get(name);
        try {
            if (raw == null) {
                return missing(field);
            }
            return text
                    ? field.type().parse(raw.toString(), field.name())
                    : field.type().read(raw, field.name());
        } catch (Failure failure) {
            throw Failure.invalid("line " + row.line() + ": " + failure.getMessage());
        }
    }

    private @Nullable Object missing(Field field) {
        if (entity instanceof Model model && field.equals(model.key())) {
            return Ids.next(model).orElseThrow(() -> Failure.invalid(field.name() + " is empty"));
        }
        if (entity instanceof Link && field.role() == Field.Role.GENERATED) {
            return "link_" + UlidCreator.getMonotonicUlid();
        }
        if (!field.required()) {
            return null;
        }
        if (field.defaultText() != null) {
            return field.type().parse(field.defaultText(), field.name());
        }
        throw Failure.invalid(field.name() + " is required, but empty");
    }

    /** Writes the rows. */
    Future<Written> write(Session session) {
        return new Bulk(entity, columns).write(session, values);
    }

    /** A failure of the statement with the line it is about, as far as that can be told. */
    Throwable explained(Throwable cause) {
        if (cause instanceof Bulk.Refused refused) {
            Failure failure = refused.failure();
            return new Failure(failure.code(), "line " + lines.get(refused.row()) + ": " + failure.getMessage());
        }
        return Violation.of(cause)
                .<Throwable>map(this::explained)
                .orElseGet(() -> repeated()
                        .<Throwable>map(line -> Failure.invalid(
                                "line " + line + ": the same " + entity.name() + " is in the file twice"))
                        .orElse(cause));
    }

    private Failure explained(Violation violation) {
        List<Integer> positions =
                violation.columns().stream().map(this::position).toList();
        for (int row = 0; row < size() && !positions.contains(-1); row++) {
            int current = row;
            String shown = positions.stream()
                    .map(position -> String.valueOf(values.get(position).get(current)))
                    .collect(Collectors.joining(", "));
            if (shown.equals(violation.values())) {
                return explained(violation, "line " + lines.get(last(positions, row)) + ": ");
            }
        }
        return explained(violation, "lines " + lines.get(0) + " to " + lines.get(size() - 1) + ": ");
    }

    /** The last row with the same values: in a file that repeats a key, the later one is the surprise. */
    private int last(List<Integer> positions, int first) {
        for (int row = size() - 1; row > first; row--) {
            int current = row;
            if (positions.stream()
                    .allMatch(position -> String.valueOf(values.get(position).get(current))
                            .equals(String.valueOf(values.get(position).get(first))))) {
                return row;
            }
        }
        return first;
    }

    private Failure explained(Violation violation, String where) {
        String what = String.join(", ", violation.columns()) + " '" + violation.values() + "'";
        if (violation.kind() == Violation.Kind.UNIQUE
                && entity instanceof Link link
                && violation.columns().size() == 1
                && link.keys().stream()
                        .anyMatch(key -> key.column().equals(violation.columns().get(0)))) {
            return Failure.invalid(where + "Cannot create multiple links between '"
                    + link.first().model().name() + "' and '"
                    + link.second().model().name() + "': the record with " + what
                    + " has a partner already");
        }
        return violation.kind() == Violation.Kind.UNIQUE
                ? new Failure(FailureCode.DUPLICATE, where + what + " is there already")
                : Failure.notFound(where + what + " refers to a record that is not there");
    }

    private int position(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).column().equals(column)) {
                return i;
            }
        }
        return -1;
    }

    private Optional<Long> repeated() {
        Map<String, Long> seen = new HashMap<>();
        List<Integer> keys =
                entity.keys().stream().map(key -> position(key.column())).toList();
        for (int row = 0; row < size(); row++) {
            int current = row;
            String key = keys.stream()
                    .map(position -> position < 0
                            ? ""
                            : String.valueOf(values.get(position).get(current)))
                    .collect(Collectors.joining("\0"));
            if (seen.put(key, lines.get(row)) != null) {
                return Optional.of(lines.get(row));
            }
        }
        return Optional.empty();
    }
}
