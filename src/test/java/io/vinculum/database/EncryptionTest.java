package io.vinculum.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import org.junit.jupiter.api.Test;

class EncryptionTest {
    private static PgConnectOptions options(String parameters) {
        return Encryption.options("postgresql://me:secret@db.example:5433/shop" + parameters);
    }

    @Test
    void withoutAModeNothingIsEncrypted() {
        assertThat(options("").getSslOptions()).isNull();
        assertThat(options("?sslmode=disable").getSslOptions()).isNull();
    }

    @Test
    void requireTrustsAnyCertificate() {
        PgConnectOptions options = options("?sslmode=require");

        assertThat(options.getSslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(options.getSslOptions().isTrustAll()).isTrue();
    }

    @Test
    void verifyFullChecksTheNameAgainstTheGivenRoot() {
        PgConnectOptions options = options("?sslrootcert=%2Fetc%2Froot.pem&sslmode=verify-full");

        assertThat(options.getPort()).isEqualTo(5433);
        assertThat(options.getProperties()).doesNotContainKey("sslrootcert");
        assertThat(options.getSslOptions().isTrustAll()).isFalse();
        assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEqualTo("HTTPS");
        assertThat(((PemTrustOptions) options.getSslOptions().getTrustOptions()).getCertPaths())
                .containsExactly("/etc/root.pem");
    }

    @Test
    void verifyCaWithoutARootTrustsWhatTheJvmTrusts() {
        PgConnectOptions options = options("?sslmode=verify-ca");

        assertThat(options.getSslOptions().getTrustOptions()).isNotNull();
        assertThat(options.getSslOptions().getHostnameVerificationAlgorithm()).isEmpty();
    }
}
