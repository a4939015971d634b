package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.graphql.GraphiQLHandler;
import io.vertx.ext.web.handler.graphql.GraphiQLHandlerOptions;
import io.vinculum.failure.Failure;
import io.vinculum.graphql.Operations;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Listens on the HTTP port: {@code /graphql}, {@code /graphiql}, {@code /health/live} and {@code /health/ready}. */
public final class HttpVerticle extends VerticleBase {
    /** A query in an address may be as long as a page of examples. */
    private static final int MAX_LINE = 16 << 10;

    private final EndpointSettings settings;
    private final Operations operations;
    private final Supplier<Future<Void>> readiness;
    private final IntConsumer listening;

    /**
     * Makes the verticle; one for each event loop that is to answer.
     *
     * @param readiness succeeds when requests can be answered
     * @param listening is told the port that is listened on, once deployed
     */
    public HttpVerticle(
            EndpointSettings settings, Operations operations, Supplier<Future<Void>> readiness, IntConsumer listening) {
        this.settings = settings;
        this.operations = operations;
        this.readiness = readiness;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(settings.idleSeconds())
                .setMaxInitialLineLength(MAX_LINE)
                .setCompressionSupported(false)
                .setHandle100ContinueAutomatically(true);
        return vertx.createHttpServer(options)
                .requestHandler(requests())
                .listen()
                .onSuccess((HttpServer server) -> listening.accept(server.actualPort()));
    }

    /** What is asked most does not pass the router. */
    private Handler<HttpServerRequest> requests() {
        GraphqlHandler graphql = new GraphqlHandler(operations, settings.maxBodyBytes());
        Router others = router();
        return request -> {
            if ("/graphql".equals(request.path())) {
                graphql.handle(request);
            } else {
                others.handle(request);
            }
        };
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.get("/health/live").handler(context -> health(context, Future.succeededFuture()));
        router.get("/health/ready").handler(context -> health(context, readiness.get()));
        router.get("/").handler(context -> context.redirect("/graphiql/"));
        router.get("/graphiql/").handler(this::withExample);
        router.route("/graphiql*").subRouter(graphiql());
        router.errorHandler(
                404,
                context -> GraphqlHandler.refuse(
                        context.response(),
                        404,
                        "there is nothing here; see /graphql, /graphiql, /health/live and /health/ready"));
        router.errorHandler(400, context -> GraphqlHandler.refuse(context.response(), 400, "the request is malformed"));
        router.errorHandler(500, this::internal);
        return router;
    }

    /** GraphiQL shows the query of its address, so an address without one gets the examples. */
    private void withExample(RoutingContext context) {
        if (context.request().getParam("query") != null
                || settings.exampleQuery().isEmpty()) {
            context.next();
            return;
        }
        String encoded = URLEncoder.encode(settings.exampleQuery(), StandardCharsets.UTF_8)
                .replace("+", "%20");
        context.redirect("/graphiql/?query=" + encoded);
    }

    private Router graphiql() {
        GraphiQLHandlerOptions options = new GraphiQLHandlerOptions()
                .setEnabled(true)
                .setGraphQLUri("/graphql")
                .setGraphQLWSEnabled(false);
        return GraphiQLHandler.builder(vertx).with(options).build().router();
    }

    private void internal(RoutingContext context) {
        Failure failure = Failure.of(context.failure());
        if (!context.response().ended()) {
            GraphqlHandler.refuse(context.response(), FailureStatus.of(failure.code()), failure.getMessage());
        }
    }

    private static void health(RoutingContext context, Future<Void> state) {
        state.onComplete(result -> context.response()
                .setStatusCode(result.succeeded() ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .end(new JsonObject()
                        .put("status", result.succeeded() ? "up" : "down")
                        .encode()));
    }
}
