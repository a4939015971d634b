package io.vinculum.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL refuses is told with the advice that helps. */
class SqlFailuresTest {
    private static Failure of(String state) {
        return SqlFailures.of(new PgException("no function x(integer) in table secret", "ERROR", state, null));
    }

    @Test
    void aMissingFunctionIsAFaultOfOursWhichMigratingDoesNotMend() {
        assertThat(of("42883").code()).isEqualTo(FailureCode.INTERNAL);
        assertThat(of("42883").getMessage()).doesNotContain("migrate", "secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"42P01", "42703", "3F000", "42P10"})
    void aMissingTableColumnSchemaOrIndexIsMendedByMigrating(String state) {
        assertThat(of(state).code()).isEqualTo(FailureCode.NOT_MIGRATED);
        assertThat(of(state).getMessage()).contains("vinculum migrate").doesNotContain("secret");
    }
}
