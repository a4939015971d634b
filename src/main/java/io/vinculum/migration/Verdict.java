package io.vinculum.migration;

import io.vinculum.ddl.Change;
import io.vinculum.ddl.TableSpec;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether a server with some declarations may start on a database; looks at no rows. */
final class Verdict {
    private Verdict() {}

    /** Why it may not, if so. */
    static Optional<Failure> of(DatabaseState state, List<TableSpec> specs) {
        Optional<Failure> newer = newerVersion(state);
        Comparison comparison = Comparison.of(state, specs);
        MigrationPlan plan = Migration.plan(comparison, Set.of(), Map.of(), MigrationOptions.DEFAULT);
        if (newer.isPresent() || plan.isEmpty()) {
            return newer;
        }
        String changes = ":\n" + plan.summary().strip();
        if (state.applied().contains(Tracking.fingerprint(specs))) {
            return Optional.of(new Failure(
                    FailureCode.UNEXPECTED_STATE,
                    "the declarations are older than the database, which was migrated to others after them; start with "
                            + "those, or go back with 'vinculum migrate'" + changes));
        }
        boolean lessOnly = plan.refusals().isEmpty() && plan.changes().stream().allMatch(Change::destructive);
        return Optional.of(new Failure(
                FailureCode.NOT_MIGRATED,
                lessOnly
                        ? "the database has what the declarations lack: if they are older than it, start with the newer "
                                + "ones, else it is behind and 'vinculum migrate --allow-destructive' drops" + changes
                        : "the database is behind the declarations; run 'vinculum migrate', or start with --migrate"
                                + changes));
    }

    static Optional<Failure> newerVersion(DatabaseState state) {
        return state.version() <= OwnTables.newest()
                ? Optional.empty()
                : Optional.of(new Failure(
                        FailureCode.UNEXPECTED_STATE,
                        "the database was made by a newer Vinculum: its own tables are at step " + state.version()
                                + ", this version knows " + OwnTables.newest() + "; start the newer version"));
    }
}
