package io.vinculum.testing;

import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.endpoint.HttpVerticle;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.Schema;
import io.vinculum.workflow.Coordinator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** The HTTP port on top of a {@link TestDatabase}, opened at the first request, with a small client. */
public final class HttpServer {
    private final TestDatabase database;
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    private final EndpointSettings settings;

    private HttpServer(TestDatabase database, EndpointSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    public static HttpServer on(TestDatabase database) {
        return on(database, EndpointSettings.of("127.0.0.1", 0, "{ __typename }"));
    }

    public static HttpServer on(TestDatabase database, EndpointSettings settings) {
        return new HttpServer(database, settings);
    }

    private synchronized int port() {
        if (port == 0) {
            port = open();
        }
        return port;
    }

    private int open() {
        Operations operations = new Operations(
                database.vertx(),
                Schema.of(database.catalog()),
                database.query(),
                database.modules(),
                database.links(),
                new Coordinator(database.vertx(), database.database(), List.of()));
        Promise<Integer> listening = Promise.promise();
        HttpVerticle http = new HttpVerticle(
                settings, operations, Duration.ZERO, () -> database.database().ping(), listening::complete);
        TestDatabase.await(database.vertx().deployVerticle(http));
        return TestDatabase.await(listening.future());
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Posts a body of JSON. */
    public HttpResponse<String> post(String body, String... headers) {
        return postTo("/graphql", body, headers);
    }

    /** Posts a body of JSON to another address than {@code /graphql}. */
    public HttpResponse<String> postTo(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Runs an operation and answers the whole response. */
    public JsonObject run(String query, String variables) {
        JsonObject body = new JsonObject().put("query", query).put("variables", new JsonObject(variables));
        return new JsonObject(post(body.encode()).body());
    }

    /** Runs an operation that must succeed and answers its data. */
    public JsonObject data(String query, String variables) {
        JsonObject response = run(query, variables);
        if (response.containsKey("errors")) {
            throw new AssertionError(response.encodePrettily());
        }
        return response.getJsonObject("data");
    }

    public JsonObject data(String query) {
        return data(query, "{}");
    }

    /** Runs an operation that must fail and answers its first error. */
    public JsonObject error(String query, String variables) {
        JsonArray errors = run(query, variables).getJsonArray("errors");
        if (errors == null) {
            throw new AssertionError("it did not fail: " + query);
        }
        return errors.getJsonObject(0);
    }

    /** The code of an error. */
    public static String code(JsonObject error) {
        return error.getJsonObject("extensions").getString("code");
    }
}
