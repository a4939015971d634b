package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.database.Session;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says which link broke the cardinality of its definition, and who the partner is. */
final class Cardinality {
    private Cardinality() {}

    /** For a link whose table has no index of ours: fails when a pair would break it. Ask under the link's lock. */
    static Future<Void> check(Session session, Link link, List<LinkInput> inputs) {
        return session.run(new LinkSql(link).crowded(inputs)).map(rows -> {
            if (!rows.isEmpty()) {
                throw broken(link, rows.get(0));
            }
            return null;
        });
    }

    /** Whether an index refused a second partner; {@link #broken} looks it up. */
    static boolean refused(Link link, Throwable cause) {
        return Violation.of(cause)
                .filter(violation -> violation.kind() == Violation.Kind.UNIQUE)
                .filter(violation ->
                        link.keys().stream().anyMatch(key -> violation.columns().contains(key.column())))
                .isPresent();
    }

    /** The failure that names the partner; to be asked outside of the transaction that was refused. */
    static Future<Throwable> broken(Session session, Link link, List<LinkInput> inputs) {
        return session.run(new LinkSql(link).crowded(inputs))
                .map(rows -> rows.isEmpty()
                        ? Failure.invalid(message(link) + "; the partner is gone again, try again")
                        : broken(link, rows.get(0)));
    }

    /** Two pairs of one call that exclude each other. */
    static Optional<Failure> within(Link link, List<LinkInput> inputs) {
        for (Side side : link.sides()) {
            if (!link.exclusive(side)) {
                continue;
            }
            Map<Object, Object> partners = new HashMap<>(inputs.size() * 2);
            boolean isFirst = side.equals(link.first());
            for (LinkInput input : inputs) {
                Object near = isFirst ? input.first() : input.second();
                Object far = isFirst ? input.second() : input.first();
                Object before = partners.putIfAbsent(near, far);
                if (before != null && !before.equals(far)) {
                    return Optional.of(broken(link, side, near, far, before));
                }
            }
        }
        return Optional.empty();
    }

    /** The failure behind a row of {@link LinkSql#crowded}. */
    static Failure broken(Link link, Row row) {
        boolean isFirst = row.getInteger(4) == 0;
        Side side = isFirst ? link.first() : link.second();
        return isFirst
                ? broken(link, side, row.getValue(0), row.getValue(1), row.getValue(3))
                : broken(link, side, row.getValue(1), row.getValue(0), row.getValue(2));
    }

    private static Failure broken(Link link, Side side, Object near, Object far, Object partner) {
        Side other = link.other(side);
        return Failure.invalid(message(link) + ": " + side.model().name() + " '" + near + "' cannot be linked to "
                + other.model().name() + " '" + far + "' by '" + link.name() + "', it is linked to '" + partner
                + "' already; dismiss that link first, or declare '" + other.field() + "' as a list");
    }

    /** Names the modules where they tell the sides apart, else the models. */
    private static String message(Link link) {
        String first = link.namedByModules()
                ? link.first().model().module()
                : link.first().model().name();
        String second = link.namedByModules()
                ? link.second().model().module()
                : link.second().model().name();
        return "Cannot create multiple links between '" + first + "' and '" + second + "'";
    }
}
