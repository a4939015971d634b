package io.vinculum.graphql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vinculum.json.JsonBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A whole response that is kept compressed, because it is long and asked for again.
 *
 * @param gzipped its bytes as {@code Content-Encoding: gzip} has them
 * @param length how many bytes it is without compression
 */
public record StoredAnswer(Buffer gzipped, long length) {
    /** Small enough that a slow reader holds little, large enough that a fast one seldom waits. */
    private static final int PIECE = 128 << 10;

    /** Writes a response into {@code out}, and hands pieces of it on to the sink. */
    interface Source {
        void writeTo(JsonBytes out, OutputStream sink);
    }

    /** Compresses a response while it is written; slow, so not on an event loop. */
    static StoredAnswer of(Source source) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(16 << 10);
        JsonBytes out = new JsonBytes(128 << 10);
        long length;
        try (CountingZip zip = new CountingZip(compressed)) {
            source.writeTo(out, zip);
            out.drainTo(zip);
            length = zip.length();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new StoredAnswer(Buffer.buffer(compressed.toByteArray()), length);
    }

    private static final class CountingZip extends GZIPOutputStream {
        CountingZip(OutputStream out) throws IOException {
            super(out, 1 << 16);
        }

        private long written;

        long length() {
            return written;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            written += length;
            super.write(bytes, offset, length);
        }
    }

    /** Writes it without compression, a piece at a time, each made beside the event loop when the last one has left. */
    public Future<Void> writeTo(WriteStream<Buffer> out, Vertx vertx) {
        try {
            InputStream plain = new GZIPInputStream(new ByteArrayInputStream(gzipped.getBytes()), 1 << 16);
            Promise<Void> written = Promise.promise();
            writeRest(plain, out, vertx, written);
            return written.future();
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    // One promise for all pieces: a chain of a thousand futures would complete on a thousand levels of the stack.
    private static void writeRest(InputStream plain, WriteStream<Buffer> out, Vertx vertx, Promise<Void> written) {
        vertx.executeBlocking(() -> Buffer.buffer(plain.readNBytes(PIECE)), false)
                .onFailure(written::fail)
                .onSuccess(piece -> {
                    if (piece.length() == 0) {
                        written.complete();
                    } else {
                        out.write(piece)
                                .onFailure(written::fail)
                                .onSuccess(left -> writeRest(plain, out, vertx, written));
                    }
                });
    }
}
