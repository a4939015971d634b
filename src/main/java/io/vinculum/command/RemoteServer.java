package io.vinculum.command;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.Settings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;

/** A server that runs, for commands that ask it. */
final class RemoteServer {
    private static final Duration CONNECTING = Duration.ofSeconds(5);

    private final String url;

    private RemoteServer(String url) {
        this.url = url;
    }

    /** The one that the setting {@code url} names. */
    static RemoteServer of(CommandSpec command) {
        return new RemoteServer(VinculumCommand.settings(command).get(Settings.URL));
    }

    /**
     * Asks it by GraphQL; answers the {@code data}.
     *
     * @throws Failure as the server says, and {@code UNAVAILABLE} when none answers there
     */
    JsonObject ask(String query, JsonObject variables) {
        JsonObject answer = sent(new JsonObject().put("query", query).put("variables", variables));
        JsonArray errors = answer.getJsonArray("errors");
        if (errors != null) {
            throw failure(errors.getJsonObject(0));
        }
        return answer.getJsonObject("data");
    }

    private JsonObject sent(JsonObject body) {
        String address = url.replaceFirst("/+$", "") + "/graphql";
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                    .build();
            HttpClient client =
                    HttpClient.newBuilder().connectTimeout(CONNECTING).build();
            return new JsonObject(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new Failure(
                    FailureCode.UNAVAILABLE,
                    "no server answers at " + url + "; start one with 'vinculum serve', or name it with --url");
        } catch (IllegalArgumentException | DecodeException e) {
            throw Failure.invalid("--url takes the address of a Vinculum server, as http://127.0.0.1:8080, was " + url);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(FailureCode.UNAVAILABLE, "interrupted while waiting for " + url);
        }
    }

    private static Failure failure(JsonObject error) {
        String code = error.getJsonObject("extensions", new JsonObject()).getString("code", "");
        for (FailureCode known : FailureCode.values()) {
            if (known.name().equals(code)) {
                return new Failure(known, error.getString("message"));
            }
        }
        return Failure.invalid(error.getString("message"));
    }
}
