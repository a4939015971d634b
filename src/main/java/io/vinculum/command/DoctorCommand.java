package io.vinculum.command;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.migration.Migration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks what may be wrong with an installation. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks settings, database, drift and dangling links.",
        footer = {"", "Example: vinculum doctor --graph ./graphql --database postgresql://me@localhost/shop"})
public final class DoctorCommand implements Callable<Integer> {
    private static final int OLDEST_POSTGRES = 140_000;

    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** One thing that was looked at. */
    private record Finding(boolean good, String text) {}

    @Override
    public Integer call() {
        Catalog catalog = graph.catalog();
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                true,
                "declarations: " + catalog.models().size() + " models, "
                        + catalog.links().size() + " links"));
        database.use((vertx, opened) -> server(opened, findings)
                .compose(done -> drift(opened, catalog, findings))
                .compose(inLine -> inLine ? dangling(opened, catalog, findings) : Future.succeededFuture()));
        findings.forEach(finding ->
                spec.commandLine().getOut().println((finding.good() ? "ok    " : "wrong ") + finding.text()));
        return findings.stream().allMatch(Finding::good) ? 0 : 1;
    }

    private static Future<Void> server(Database database, List<Finding> findings) {
        String sql = "select current_setting('server_version'), current_setting('server_version_num')::int4, "
                + "d.datlocprovider::text, coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', d.datcollate), "
                + "pg_encoding_to_char(d.encoding) from pg_database d where datname = current_database()";
        return database.read(Statement.of(sql)).map(rows -> {
            Row row = rows.get(0);
            findings.add(new Finding(
                    row.getInteger(1) >= OLDEST_POSTGRES,
                    "PostgreSQL " + row.getString(0)
                            + (row.getInteger(1) >= OLDEST_POSTGRES ? "" : "; 14 or newer is needed")));
            boolean byCodePoint =
                    row.getString(3).equals("C.UTF-8") || row.getString(3).equals("C");
            findings.add(new Finding(
                    true,
                    "collation " + row.getString(3)
                            + (byCodePoint
                                    ? ": text is ordered by code point"
                                    : ": text is ordered by this collation, not by code point")));
            findings.add(new Finding(row.getString(4).equals("UTF8"), "encoding " + row.getString(4)));
            return null;
        });
    }

    private static Future<Boolean> drift(Database database, Catalog catalog, List<Finding> findings) {
        return new Migration(database, catalog).plan().map(plan -> {
            findings.add(new Finding(
                    plan.isEmpty(),
                    plan.isEmpty()
                            ? "the database is in line with the declarations"
                            : "the database is behind; run 'vinculum migrate':\n"
                                    + plan.summary().strip().indent(8).stripTrailing()));
            return plan.isEmpty();
        });
    }

    private static Future<Void> dangling(Database database, Catalog catalog, List<Finding> findings) {
        Future<Void> all = Future.succeededFuture();
        for (Link link : catalog.links().values()) {
            for (Link.Side side : link.sides()) {
                if (!link.readOnly() && !side.model().remote()) {
                    all = all.compose(done -> dangling(database, link, side, findings));
                }
            }
        }
        return all;
    }

    private static Future<Void> dangling(Database database, Link link, Link.Side side, List<Finding> findings) {
        Model model = side.model();
        String sql = "select count(*) from "
                + Identifier.table(link.table().schema(), link.table().name())
                + " l where l.deleted_at is null and not exists (select from "
                + Identifier.table(model.table().schema(), model.table().name()) + " m where m."
                + quote(model.key().column()) + " = l." + quote(side.key().column()) + ")";
        return database.read(Statement.of(sql)).map(rows -> {
            long count = rows.get(0).getLong(0);
            if (count > 0) {
                findings.add(new Finding(
                        false,
                        "the link " + link.name() + " has " + count + " rows whose " + model.name()
                                + " is not there; remove them with link.delete"));
            }
            return null;
        });
    }
}
