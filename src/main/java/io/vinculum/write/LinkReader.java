package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.LinkInput.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lists rows of links by the input that names them. */
public final class LinkReader {
    private final Database database;
    private final Catalog catalog;

    public LinkReader(Database database, Catalog catalog) {
        this.database = database;
        this.catalog = catalog;
    }

    /** A side of a link by which rows are asked for. */
    private record OneSide(Link link, Side side) {}

    /** A statement, and the link whose rows it answers. */
    private record Asked(Link link, Statement statement) {}

    /** Live link rows with their custom columns, by pairs or by one side. */
    public Future<JsonArray> list(@Nullable Object links) {
        List<Asked> asked = read(links);
        return database.snapshot(session -> answer(session, asked));
    }

    /** The same inside a transaction of the caller's. */
    public Future<JsonArray> list(Session session, @Nullable Object links) {
        return answer(session, read(links));
    }

    private static Future<JsonArray> answer(Session session, List<Asked> asked) {
        return Pipeline.run(session, asked.stream().map(Asked::statement).toList())
                .map(answers -> {
                    Map<Pair, JsonObject> rows = new LinkedHashMap<>();
                    for (int i = 0; i < answers.size(); i++) {
                        add(asked.get(i).link(), answers.get(i), rows);
                    }
                    return new JsonArray(new ArrayList<>(rows.values()));
                });
    }

    private List<Asked> read(@Nullable Object links) {
        Map<Link, List<LinkInput>> pairs = new LinkedHashMap<>();
        Map<OneSide, List<Object>> sides = new LinkedHashMap<>();
        for (Object one : LinkInput.many(links)) {
            LinkSides given = LinkSides.read(catalog, one, false);
            Link link = given.link();
            if (link.readOnly()) {
                throw LinkInput.readOnly(link);
            }
            if (given.keys().size() == 2) {
                pairs.computeIfAbsent(link, made -> new ArrayList<>())
                        .add(new LinkInput(link, given.key(link.first()), given.key(link.second()), Map.of()));
            } else {
                given.keys()
                        .forEach(
                                (side, key) -> sides.computeIfAbsent(new OneSide(link, side), made -> new ArrayList<>())
                                        .add(key));
            }
        }
        List<Asked> asked = new ArrayList<>();
        pairs.forEach((link, some) -> asked.add(new Asked(link, new LinkSql(link).ofPairs(some))));
        sides.forEach((one, keys) ->
                asked.add(new Asked(one.link(), new LinkSql(one.link()).ofSide(one.side(), keys, LinkInput.MOST))));
        return asked;
    }

    private static void add(Link link, List<Row> rows, Map<Pair, JsonObject> into) {
        RowJson json = new RowJson(link);
        for (Row row : rows) {
            Map<String, @Nullable Object> flat = new LinkedHashMap<>();
            flat.put("link", link.name());
            into.put(new Pair(link, row.getValue(0), row.getValue(1)), json.add(row, flat));
        }
    }
}
