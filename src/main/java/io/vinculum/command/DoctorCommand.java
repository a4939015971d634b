package io.vinculum.command;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.Settings;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.migration.Migration;
import java.io.PrintWriter;
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

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** One thing that was checked. */
    private record Finding(boolean good, String text) {}

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        boolean readable = settings(findings);
        if (readable) {
            look(findings);
        }
        json.print(report(findings), () -> print(findings));
        return findings.stream().allMatch(Finding::good) ? 0 : 1;
    }

    /** The rest stands on them, so it is left out when one is wrong. */
    private boolean settings(List<Finding> findings) {
        Settings settings = VinculumCommand.settings(spec);
        settings.problems().forEach(problem -> findings.add(new Finding(false, problem)));
        if (!settings.problems().isEmpty()) {
            return false;
        }
        long given = Settings.all().stream()
                .filter(setting -> settings.source(setting) != Settings.Source.DEFAULT)
                .count();
        findings.add(new Finding(true, "settings: " + given + " given, the others are defaults"));
        return true;
    }

    private void look(List<Finding> findings) {
        try {
            Catalog catalog = graph.catalog();
            findings.add(new Finding(
                    true,
                    "declarations: " + catalog.models().size() + " models, "
                            + catalog.links().size() + " links"));
            database.use((vertx, opened) -> server(opened, findings)
                    .compose(done -> drift(opened, catalog, findings))
                    .compose(inLine -> inLine ? dangling(opened, catalog, findings) : Future.succeededFuture()));
        } catch (Failure failure) {
            findings.add(new Finding(false, String.valueOf(failure.getMessage())));
        }
    }

    private void print(List<Finding> findings) {
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.println((finding.good() ? "ok    " : "wrong ") + finding.text()));
    }

    private static JsonArray report(List<Finding> findings) {
        JsonArray report = new JsonArray();
        findings.forEach(
                finding -> report.add(new JsonObject().put("ok", finding.good()).put("text", finding.text())));
        return report;
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
