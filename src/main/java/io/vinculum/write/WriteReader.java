package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Model;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.Write.Removing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what {@code graph.write} takes: {@code {"writes": [{"create": "product", "data": […]}, …]}}. */
final class WriteReader {
    private static final int MOST = 1_000;
    private static final String DATA = "data";
    private static final String IDS = "ids";

    /** What each kind of write takes beside its own name; null where its name holds all of it. */
    private static final Map<String, Optional<String>> KINDS = kinds();

    private final Catalog catalog;

    private WriteReader(Catalog catalog) {
        this.catalog = catalog;
    }

    private static Map<String, Optional<String>> kinds() {
        Map<String, Optional<String>> kinds = new LinkedHashMap<>();
        kinds.put("create", Optional.of(DATA));
        kinds.put("update", Optional.of(DATA));
        kinds.put("delete", Optional.of(IDS));
        kinds.put("softDelete", Optional.of(IDS));
        kinds.put("restore", Optional.of(IDS));
        kinds.put("link.create", Optional.empty());
        kinds.put("link.dismiss", Optional.empty());
        kinds.put("link.delete", Optional.empty());
        kinds.put("link.restore", Optional.empty());
        return kinds;
    }

    /**
     * Reads a request.
     *
     * @throws Failure {@code INVALID_DATA} that names the write's position, what is wrong and what would be right
     */
    static List<Write> read(Catalog catalog, @Nullable Object request) {
        Map<String, @Nullable Object> body = Given.object("graph.write", request);
        body.keySet().stream()
                .filter(name -> !name.equals("writes"))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.invalid("graph.write has no '" + Nearest.shown(name) + "'; it takes 'writes'");
                });
        List<?> raw = Given.list("'writes'", body.get("writes"));
        if (raw.size() > MOST) {
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    "one graph.write takes at most " + MOST + " writes, was " + raw.size()
                            + "; one write may have many records or links");
        }
        WriteReader reader = new WriteReader(catalog);
        List<Write> writes = new ArrayList<>(raw.size());
        for (int i = 0; i < raw.size(); i++) {
            String where = "writes[" + i + "]";
            try {
                writes.add(reader.write(where, Given.object(where, raw.get(i))));
            } catch (Failure failure) {
                throw String.valueOf(failure.getMessage()).startsWith(where)
                        ? failure
                        : new Failure(failure.code(), where + ": " + failure.getMessage());
            }
        }
        return writes;
    }

    private Write write(String where, Map<String, @Nullable Object> write) {
        List<String> kinds = write.keySet().stream().filter(KINDS::containsKey).toList();
        if (kinds.size() != 1) {
            throw Failure.invalid(where + (kinds.isEmpty() ? " says no kind of write" : " says several kinds of write")
                    + " ("
                    + String.join(
                            ", ", write.keySet().stream().map(Nearest::shown).toList())
                    + "); there are: " + String.join(", ", KINDS.keySet()));
        }
        String kind = kinds.get(0);
        Optional<String> input = KINDS.getOrDefault(kind, Optional.empty());
        write.keySet().stream()
                .filter(name -> !name.equals(kind) && !input.equals(Optional.of(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.invalid(where + ": '" + kind + "' has no '" + Nearest.shown(name) + "'"
                            + input.map(right -> Nearest.hint(name, List.of(right)))
                                    .orElse("; it takes nothing else"));
                });
        return switch (kind) {
            case "link.create" -> Write.createLinks(catalog, write.get(kind));
            case "link.dismiss" -> Write.dismissLinks(catalog, write.get(kind));
            case "link.delete" -> Write.deleteLinked(catalog, write.get(kind));
            case "link.restore" -> Write.restoreLinked(catalog, write.get(kind));
            default -> ofRecords(kind, model(kind, write.get(kind)), write);
        };
    }

    private static Write ofRecords(String kind, Model model, Map<String, @Nullable Object> write) {
        return switch (kind) {
            case "create" -> Write.create(model, Given.list("'data'", write.get(DATA)), Answer.ROWS);
            case "update" -> Write.update(model, Given.list("'data'", write.get(DATA)), Answer.ROWS);
            case "delete" -> Write.remove(model, Given.list("'ids'", write.get(IDS)), Removing.HARD);
            case "softDelete" -> Write.remove(model, Given.list("'ids'", write.get(IDS)), Removing.SOFT);
            default -> Write.restore(model, Given.list("'ids'", write.get(IDS)));
        };
    }

    private Model model(String kind, @Nullable Object name) {
        if (!(name instanceof String text)) {
            throw Failure.invalid("'" + kind + "' takes a model's name, was " + JsonText.shown(name));
        }
        Entity entity = catalog.entity(text);
        if (entity instanceof Model model) {
            return model;
        }
        throw Failure.invalid("'" + kind + "' takes a model's name, and '" + entity.name()
                + "' is a link; use link.create or link.dismiss");
    }
}
