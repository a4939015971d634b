package io.vinculum.database;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS as libpq means it: {@code require} encrypts and trusts any certificate, {@code verify-ca} checks who signed it,
 * {@code verify-full} also whose it is. {@code sslrootcert} names a PEM file; without it the certificates of the JVM count.
 */
final class Encryption {
    private static final Pattern ROOT = Pattern.compile("([?&])sslrootcert=([^&]*)&?");

    private Encryption() {}

    /** Reads a connection's options from a URI, TLS included. */
    static PgConnectOptions options(String uri) {
        Matcher root = ROOT.matcher(uri);
        Optional<String> certificate =
                root.find() ? Optional.of(URLDecoder.decode(root.group(2), StandardCharsets.UTF_8)) : Optional.empty();
        PgConnectOptions options = PgConnectOptions.fromUri(root.replaceFirst("$1"));
        SslMode mode = options.getSslMode();
        if (mode == SslMode.DISABLE) {
            return options;
        }
        ClientSSLOptions encryption =
                new ClientSSLOptions().setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
            encryption.setTrustOptions(certificate
                    .<TrustOptions>map(path -> new PemTrustOptions().addCertPath(path))
                    .orElseGet(Encryption::trustOfTheJvm));
        } else {
            encryption.setTrustAll(true);
        }
        options.setSslOptions(encryption);
        return options;
    }

    private static TrustOptions trustOfTheJvm() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            @Nullable KeyStore standard = null;
            factory.init(standard);
            return TrustOptions.wrap(factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM has no certificates to trust", e);
        }
    }
}
