package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.graphql.Operations;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Listens on the HTTP port: {@code /graphql}, {@code /graph}, {@code /graphiql/}, {@code /health/live} and {@code
 * /health/ready}.
 */
public final class HttpVerticle extends VerticleBase {
    /** A query in an address may be as long as a page of examples. */
    private static final int MAX_LINE = 16 << 10;

    private static final String GRAPHIQL = "/graphiql/";
    /** Half an escape, or a way out of a folder; no address of ours has any. */
    private static final Pattern MALFORMED_PATH =
            Pattern.compile("%(?!\\p{XDigit}{2})|%2[eEfF]|%5[cC]|%00|/\\.\\.?(/|$)|\\\\");

    private final EndpointSettings settings;
    private final Operations operations;
    private final Duration drain;
    private final Supplier<Future<Void>> readiness;
    private final IntConsumer listening;
    private final Cors cors;
    private @Nullable HttpServer server;
    private Future<GraphiqlFiles> graphiql = Future.failedFuture("not started");

    /**
     * Makes the verticle; one for each event loop that is to answer.
     *
     * @param drain how long requests that are being answered may take once the verticle is stopped
     * @param readiness succeeds when requests can be answered
     * @param listening receives the port, once it is open
     */
    public HttpVerticle(
            EndpointSettings settings,
            Operations operations,
            Duration drain,
            Supplier<Future<Void>> readiness,
            IntConsumer listening) {
        this.settings = settings;
        this.operations = operations;
        this.drain = drain;
        this.readiness = readiness;
        this.listening = listening;
        this.cors = new Cors(settings.cors());
    }

    @Override
    public Future<?> start() {
        graphiql = vertx.executeBlocking(GraphiqlFiles::shared, false);
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(settings.idleSeconds())
                .setMaxInitialLineLength(MAX_LINE)
                .setCompressionSupported(false)
                // An upgrade would lead around the rules by which requests are read.
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true);
        RequestBody bodies = new RequestBody(vertx, settings);
        GraphqlHandler graphql = new GraphqlHandler(vertx, operations, bodies);
        GraphHandler graph = new GraphHandler(operations, bodies);
        HttpServer made = vertx.createHttpServer(options)
                .connectionHandler(connection -> RequestDecoder.install(connection, options, settings))
                .invalidRequestHandler(HttpVerticle::invalid)
                .requestHandler(request -> handle(request, graphql, graph));
        server = made;
        return made.listen().onSuccess(opened -> listening.accept(opened.actualPort()));
    }

    /** Accepts no more connections, and closes each that is there once what it asked for is answered. */
    @Override
    public Future<?> stop() {
        return server == null ? Future.succeededFuture() : server.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void invalid(HttpServerRequest request) {
        JsonObject error = Responses.error(FailureCode.INVALID_DATA, "the request is malformed");
        request.response()
                .setStatusCode(400)
                .putHeader("Content-Type", MediaTypes.JSON)
                .end(new JsonObject().put("errors", new JsonArray().add(error)).encode())
                .onComplete(sent -> request.connection().close());
    }

    private void handle(HttpServerRequest request, GraphqlHandler graphql, GraphHandler graph) {
        if (cors.answers(request)) {
            return;
        }
        switch (String.valueOf(request.path())) {
            case "/graphql" -> graphql.handle(request);
            case "/graph" -> graph.handle(request);
            default -> other(request);
        }
    }

    private void other(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        if (MALFORMED_PATH.matcher(path).find()) {
            Responses.refuse(request, 400, "the address is malformed");
        } else if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            nothing(request);
        } else if (path.equals("/health/live")) {
            health(request, Future.succeededFuture());
        } else if (path.equals("/health/ready")) {
            health(request, readiness.get());
        } else if (path.equals("/") || path.equals("/graphiql")) {
            redirect(request, GRAPHIQL);
        } else if (path.startsWith(GRAPHIQL)) {
            page(request, path.substring(GRAPHIQL.length()));
        } else {
            nothing(request);
        }
    }

    private static void nothing(HttpServerRequest request) {
        Responses.refuse(
                request,
                404,
                "there is nothing here; see /graphql, /graph, /graphiql/, /health/live and /health/ready");
    }

    private static void redirect(HttpServerRequest request, String to) {
        request.response().setStatusCode(302).putHeader("Location", to).end();
    }

    /** GraphiQL shows the query of its address, so an address without one gets the examples. */
    private void page(HttpServerRequest request, String name) {
        String query = request.query();
        boolean withoutQuery = query == null || query.isEmpty();
        if (name.isEmpty() && withoutQuery && !settings.exampleQuery().isEmpty()) {
            String encoded = URLEncoder.encode(settings.exampleQuery(), StandardCharsets.UTF_8)
                    .replace("+", "%20");
            redirect(request, GRAPHIQL + "?query=" + encoded);
            return;
        }
        graphiql.onSuccess(files -> file(request, name, files)).onFailure(cause -> {
            Failure failure = Failure.of(cause);
            Responses.refuse(request, FailureStatus.of(failure.code()), failure);
        });
    }

    private static void file(HttpServerRequest request, String name, GraphiqlFiles files) {
        GraphiqlFiles.File file = files.file(name);
        if (file == null) {
            nothing(request);
            return;
        }
        // The names of all but the page itself change with what they hold.
        request.response()
                .putHeader("Content-Type", file.type())
                .putHeader("Cache-Control", name.isEmpty() ? "no-cache" : "public, max-age=31536000, immutable")
                .end(file.bytes());
    }

    private static void health(HttpServerRequest request, Future<Void> state) {
        state.onComplete(result -> request.response()
                .setStatusCode(result.succeeded() ? 200 : 503)
                .putHeader("Content-Type", MediaTypes.JSON)
                .end(new JsonObject()
                        .put("status", result.succeeded() ? "up" : "down")
                        .encode()));
    }
}
