package io.vinculum.migration;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.ddl.Ddl;
import io.vinculum.ddl.TableSpec;
import io.vinculum.ddl.TableSpec.Column;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records what was migrated to, in the same transaction. */
final class Tracking {
    private Tracking() {}

    /** A mark of what the tables should be like, the same for catalogs that need the same tables. */
    static String fingerprint(List<TableSpec> specs) {
        StringBuilder text = new StringBuilder();
        for (TableSpec spec : managed(specs)) {
            Ddl.createTable(spec).forEach(sql -> text.append(sql).append(";\n"));
            spec.indexes()
                    .forEach(index -> text.append(Ddl.createIndex(spec.table(), index, false))
                            .append(";\n"));
            spec.references()
                    .forEach(reference -> text.append(Ddl.addReference(spec.table(), reference))
                            .append(";\n"));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static List<TableSpec> managed(List<TableSpec> specs) {
        return specs.stream().filter(TableSpec::managed).toList();
    }

    static Future<Void> write(Session session, List<TableSpec> specs) {
        Statement catalog = Statement.of(
                "insert into vinculum.migrated_catalog (fingerprint) select $1::text where $1::text is distinct from "
                        + "(select fingerprint from vinculum.migrated_catalog order by number desc limit 1)",
                fingerprint(specs));
        return session.script("delete from vinculum.migrated_column; delete from vinculum.migrated_table")
                .compose(done -> session.run(tables(managed(specs))))
                .compose(done -> session.run(columns(managed(specs))))
                .compose(done -> session.change(catalog))
                .mapEmpty();
    }

    private static Statement tables(List<TableSpec> specs) {
        return Statement.of(
                "insert into vinculum.migrated_table (table_schema, table_name, owner) "
                        + "select * from unnest($1::text[], $2::text[], $3::text[])",
                array(specs.stream().map(spec -> spec.table().schema()).toList()),
                array(specs.stream().map(spec -> spec.table().name()).toList()),
                array(specs.stream().map(TableSpec::owner).toList()));
    }

    private static Statement columns(List<TableSpec> specs) {
        List<String> schemas = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<@Nullable String> defaults = new ArrayList<>();
        List<@Nullable String> values = new ArrayList<>();
        for (TableSpec spec : specs) {
            for (Column column : spec.columns()) {
                schemas.add(spec.table().schema());
                tables.add(spec.table().name());
                names.add(column.name());
                defaults.add(column.defaultSql());
                values.add(Ddl.checkValues(column.type()));
            }
        }
        return Statement.of(
                "insert into vinculum.migrated_column select * from "
                        + "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])",
                array(schemas),
                array(tables),
                array(names),
                array(defaults),
                array(values));
    }

    private static Object array(List<? extends @Nullable String> values) {
        return values.toArray(String[]::new);
    }
}
