package io.vinculum.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A connection that sends bytes as they are, which no HTTP client would. */
public final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 15_000;

    private final Socket socket;

    private RawConnection(Socket socket) {
        this.socket = socket;
    }

    public static RawConnection to(HttpServer server) {
        try {
            Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), server.uri("/").getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new RawConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public RawConnection send(String bytes) {
        try {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that comes until the server closes the connection; fails when it does not. */
    public String readToEnd() {
        StringBuilder all = new StringBuilder();
        byte[] part = new byte[8_192];
        try {
            for (int n = socket.getInputStream().read(part);
                    n >= 0;
                    n = socket.getInputStream().read(part)) {
                all.append(new String(part, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server did not close the connection; it sent: " + all, e);
        } catch (SocketException e) {
            // It was reset, which ends it too.
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    /** What comes until a text is among it; fails when it never is. */
    public String readUntil(String text) {
        StringBuilder all = new StringBuilder();
        byte[] part = new byte[8_192];
        try {
            while (all.indexOf(text) < 0) {
                int n = socket.getInputStream().read(part);
                if (n < 0) {
                    throw new AssertionError("the server closed the connection; it sent: " + all);
                }
                all.append(new String(part, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new AssertionError("waited for " + text + "; the server sent: " + all, e);
        }
        return all.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
