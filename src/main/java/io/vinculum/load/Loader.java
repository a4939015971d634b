package io.vinculum.load;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.event.Events;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.write.Bulk;
import io.vinculum.write.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads a file into one entity, in one transaction. */
public final class Loader {
    /** Large enough that a statement's own cost vanishes, small enough that two batches are a few megabytes. */
    private static final int BATCH = 5_000;

    private final Vertx vertx;
    private final Database database;
    private final Entity entity;
    private final Progress progress;
    private final Optional<Events> events;

    /** Hears how far a load is. */
    @FunctionalInterface
    public interface Progress {
        /** Called after each batch; may be called from an event loop, so it must be quick. */
        void at(long rows, long bytes, long allBytes);
    }

    /** Loads and publishes one event a batch on the event bus of the given Vert.x, after the commit. */
    public Loader(Vertx vertx, Database database, Entity entity, Progress progress) {
        this(vertx, database, entity, progress, Optional.of(new Events(vertx.eventBus())));
    }

    /** Loads; without events the keys of all rows need not be kept until the commit. */
    public Loader(Vertx vertx, Database database, Entity entity, Progress progress, Optional<Events> events) {
        this.events = events;
        this.vertx = vertx;
        this.database = database;
        this.entity = entity;
        this.progress = progress;
    }

    /**
     * Loads every row of a {@code .csv} or {@code .ndjson} file.
     *
     * @return how many rows; fails with the line of the first bad row, and then nothing of the file stays
     */
    public Future<Long> load(Path file) {
        if (entity instanceof Model model && model.remote()) {
            return Future.failedFuture(new Failure(
                    FailureCode.NOT_ALLOWED, model.name() + " is not in this database, its module keeps its rows"));
        }
        List<Written> written = new ArrayList<>();
        return database.transaction(session -> opened(file).compose(source -> {
                    // The work may be tried again, and then begins with the first row.
                    written.clear();
                    return load(session, source, file, written).eventually(() -> closed(source));
                }))
                .onSuccess(rows -> events.ifPresent(bus -> written.forEach(batch -> batch.publish(bus))));
    }

    private Future<RowSource> opened(Path file) {
        return vertx.executeBlocking(() -> RowSource.open(file), false)
                .recover(cause -> Future.failedFuture(
                        cause instanceof IOException
                                ? Failure.invalid("the file " + file + " cannot be read: " + cause.getMessage())
                                : cause));
    }

    private Future<Long> load(Session session, RowSource source, Path file, List<Written> written) {
        long size;
        Map<String, Field> header;
        try {
            size = Files.size(file);
            header = source.header().map(this::columns).orElse(Map.of());
        } catch (IOException e) {
            return Future.failedFuture(Failure.invalid("the file " + file + " cannot be read: " + e.getMessage()));
        } catch (Failure failure) {
            return Future.failedFuture(failure);
        }
        return session.script("set local statement_timeout = 0; set local lock_timeout = 0")
                .compose(ready -> Bulk.begin(session, entity))
                .compose(begun -> batches(session, source, header, size, written, 0))
                .compose(rows -> Bulk.end(session, entity).map(rows));
    }

    private static Future<Void> closed(RowSource source) {
        try {
            source.close();
            return Future.succeededFuture();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Long> batches(
            Session session,
            RowSource source,
            Map<String, Field> header,
            long size,
            List<Written> written,
            long before) {
        return vertx.executeBlocking(() -> read(source, header), false)
                .recover(cause -> Future.failedFuture(unreadable(cause)))
                .compose(batch -> batch.size() == 0
                        ? Future.succeededFuture(before)
                        : batch.write(session)
                                .recover(cause -> Future.failedFuture(batch.explained(cause)))
                                .compose(done -> {
                                    if (events.isPresent()) {
                                        written.add(done);
                                    }
                                    long rows = before + batch.size();
                                    progress.at(rows, source.position(), size);
                                    return batches(session, source, header, size, written, rows);
                                }));
    }

    private static Throwable unreadable(Throwable cause) {
        return cause instanceof IOException
                ? Failure.invalid("the file cannot be read as UTF-8 text: " + cause.getMessage())
                : cause;
    }

    private Batch read(RowSource source, Map<String, Field> header) throws IOException {
        List<SourceRow> rows = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(header.keySet());
        while (rows.size() < BATCH) {
            Optional<SourceRow> row = source.next();
            if (row.isEmpty()) {
                break;
            }
            if (header.isEmpty()) {
                names.addAll(row.get().cells().keySet());
            }
            rows.add(row.get());
        }
        Map<String, Field> columns = header.isEmpty() && !rows.isEmpty() ? columns(new ArrayList<>(names)) : header;
        Map<Field, String> byField = new LinkedHashMap<>();
        columns.forEach((name, field) -> byField.put(field, name));
        Batch batch = new Batch(entity, written(byField.keySet()));
        rows.forEach(row -> batch.add(row, byField, source.text()));
        return batch;
    }

    /** The given fields, and those that are made where nothing is given. */
    private List<Field> written(Set<Field> given) {
        Set<Field> written = new LinkedHashSet<>(given);
        for (Field field : entity.fields().values()) {
            boolean madeKey = field.role() == Field.Role.KEY
                    && entity instanceof Model
                    && !field.type().scalar().isNumber();
            if (madeKey || (field.role() == Field.Role.GENERATED && entity instanceof Link)) {
                written.add(field);
            }
        }
        return new ArrayList<>(written);
    }

    private Map<String, Field> columns(List<String> names) {
        Map<String, Field> columns = new LinkedHashMap<>();
        for (String name : names) {
            Field field = field(name);
            if (columns.containsValue(field)) {
                throw Failure.invalid("the column '" + name + "' is there twice");
            }
            columns.put(name, field);
        }
        for (Field field : entity.fields().values()) {
            boolean needed =
                    field.role() == Field.Role.KEY ? entity instanceof Link : field.writable() && field.required();
            if (needed && field.defaultText() == null && !columns.containsValue(field)) {
                throw Failure.invalid("the column '" + field.name() + "' of " + entity.name()
                        + " is required, but the file has: " + String.join(", ", names));
            }
        }
        return columns;
    }

    private Field field(String name) {
        Field field = entity.fields().get(name);
        if (field == null && entity instanceof Link link) {
            field = sideKey(link, name);
        }
        if (field == null || field.role() == Field.Role.TIMESTAMP) {
            List<String> known = entity.fields().values().stream()
                    .filter(candidate -> candidate.role() != Field.Role.TIMESTAMP)
                    .map(Field::name)
                    .toList();
            throw Failure.invalid(
                    entity.name() + " has no column '" + Nearest.shown(name) + "' to load" + Nearest.hint(name, known));
        }
        return field;
    }

    private static @Nullable Field sideKey(Link link, String name) {
        return link.sides().stream()
                .filter(side -> side.inputKey(link).equals(name))
                .map(Link.Side::key)
                .findFirst()
                .orElse(null);
    }
}
