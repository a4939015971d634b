package io.vinculum.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests off a connection. It refuses whatever a server in front of it may read as another request, and closes
 * connections that bring their headers or a body slower than anybody who means it.
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
    private static final AttributeKey<Failure> BROKEN = AttributeKey.valueOf(RequestDecoder.class, "broken");
    /** Time for the answer to a body that broke off. */
    private static final int CLOSING_SECONDS = 5;

    private enum Stage {
        BETWEEN,
        HEAD,
        BODY,
        BROKEN
    }

    private final EndpointSettings settings;
    private Stage stage = Stage.BETWEEN;
    private @Nullable ChunkedBody chunks;
    private Stage timed = Stage.BETWEEN;
    private @Nullable ScheduledFuture<?> timer;

    private RequestDecoder(HttpServerOptions options, EndpointSettings settings) {
        super(options);
        this.settings = settings;
    }

    /** Reads a new connection by these rules. */
    static void install(HttpConnection connection, HttpServerOptions options, EndpointSettings settings) {
        channel(connection).pipeline().replace("httpDecoder", "httpDecoder", new RequestDecoder(options, settings));
    }

    /** What was wrong with the last body of a connection; null when nothing was. */
    static @Nullable Failure broken(HttpConnection connection) {
        return channel(connection).attr(BROKEN).get();
    }

    private static Channel channel(HttpConnection connection) {
        return ((HttpServerConnection) connection).channelHandlerContext().channel();
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        List<String> codings = message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()) {
            boolean alone = codings.size() == 1 && codings.get(0).strip().equalsIgnoreCase("chunked");
            boolean modern = message.protocolVersion().equals(HttpVersion.HTTP_1_1);
            if (!alone || !modern || message.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
                throw new IllegalArgumentException("the body's length can be read in two ways");
            }
            chunks = new ChunkedBody();
        }
        return super.isContentAlwaysEmpty(message);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (stage == Stage.BROKEN) {
            in.skipBytes(in.readableBytes());
        } else if (stage == Stage.BODY && chunks != null) {
            chunk(context, chunks, in, out);
        } else {
            int before = out.size();
            int unread = in.readableBytes();
            super.decode(context, in, out);
            follow(out.subList(before, out.size()), in.readableBytes() < unread);
        }
    }

    private void follow(List<Object> decoded, boolean progress) {
        for (Object part : decoded) {
            if (part instanceof HttpMessage message) {
                stage = message.decoderResult().isFailure() ? Stage.BROKEN : Stage.BODY;
            }
            if (part instanceof LastHttpContent && stage == Stage.BODY) {
                stage = Stage.BETWEEN;
            }
        }
        if (stage == Stage.BETWEEN && decoded.isEmpty() && progress) {
            stage = Stage.HEAD;
        }
    }

    private void chunk(ChannelHandlerContext context, ChunkedBody body, ByteBuf in, List<Object> out) {
        try {
            if (body.read(in, out)) {
                chunks = null;
                stage = Stage.BETWEEN;
                reset();
            }
        } catch (ChunkedBody.Malformed e) {
            in.skipBytes(in.readableBytes());
            breakOff(context, Failure.invalid(e.getMessage() + "; nothing was done"));
            out.add(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    /** The request ends here, and {@link RequestBody} says why; what follows on the connection is never read. */
    private void breakOff(ChannelHandlerContext context, Failure failure) {
        stage = Stage.BROKEN;
        context.channel().attr(BROKEN).set(failure);
        stopTimer();
        timed = stage;
        timer = context.executor().schedule(() -> close(context), CLOSING_SECONDS, TimeUnit.SECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be closed is closed
    private static void close(ChannelHandlerContext context) {
        context.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (stage != timed) {
            stopTimer();
            timed = stage;
            startTimer(context);
        }
    }

    private void startTimer(ChannelHandlerContext context) {
        if (stage == Stage.HEAD) {
            timer = context.executor().schedule(() -> close(context), settings.headerSeconds(), TimeUnit.SECONDS);
        } else if (stage == Stage.BODY) {
            timer = context.executor().schedule(() -> bodyIsLate(context), settings.bodySeconds(), TimeUnit.SECONDS);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void bodyIsLate(ChannelHandlerContext context) {
        if (!context.channel().config().isAutoRead()) {
            // It waits for us: an earlier request of the connection is being answered.
            startTimer(context);
            return;
        }
        breakOff(
                context,
                new Failure(
                        FailureCode.TIMEOUT,
                        "the body did not arrive within " + settings.bodySeconds() + " seconds; nothing was done"));
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        stopTimer();
        super.channelInactive(context);
    }
}
