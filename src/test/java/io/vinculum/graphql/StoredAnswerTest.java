package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class StoredAnswerTest {
    private static final int MEBI = 1 << 20;
    private static final Vertx vertx = Vertx.vertx();

    @AfterAll
    static void close() {
        TestDatabase.await(vertx.close());
    }

    /** Takes everything at once and counts it. */
    private static final class Counter implements WriteStream<Buffer> {
        private final AtomicLong bytes = new AtomicLong();

        @Override
        public Future<Void> write(Buffer piece) {
            bytes.addAndGet(piece.length());
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> end() {
            return Future.succeededFuture();
        }

        @Override
        public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
            return this;
        }

        @Override
        public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
            return this;
        }

        @Override
        public boolean writeQueueFull() {
            return false;
        }

        @Override
        public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
            return this;
        }
    }

    @Test
    void anAnswerOfThousandsOfPiecesIsWrittenToItsEnd() {
        byte[] part = new byte[MEBI];
        StoredAnswer answer = StoredAnswer.of((out, sink) -> {
            try {
                for (int i = 0; i < 512; i++) {
                    sink.write(part, 0, part.length);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Counter counter = new Counter();

        TestDatabase.await(Future.future(promise ->
                vertx.runOnContext(start -> answer.writeTo(counter, vertx).onComplete(promise))));

        assertThat(counter.bytes.get()).isEqualTo(answer.length()).isEqualTo(512L * MEBI);
    }
}
